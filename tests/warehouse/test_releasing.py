"""Unused units change hands inside the pool: kept, offered, asked for, granted and paid."""

from datetime import date

import pytest
from django.db.models import Sum
from django.urls import reverse

from core import clock, invariants, jobs, ledger
from core.domain.transitions import StepNotAllowed
from core.ledger import Overdrawn
from core.models import Notice, Party
from tests.conftest import party
from tests.warehouse.conftest import ARRIVED
from tests.warehouse.test_transferring import held, pay_in, purse
from warehouse import services
from warehouse.domain.ownership import Cause
from warehouse.domain.releasing import (
    DatesOutOfOrder,
    DiscountAboveCap,
    NoReleaseTerms,
    OfferingOwnUnits,
    ReleaseNotOpen,
    ReleaseTooEarly,
)
from warehouse.models import BookMovement, Lot, Movement, OwnershipTransfer, Release, ReleaseOffer
from warehouse.services import buying, releasing
from warehouse.services.releasing import Announcement

KEEP_BEFORE, ASK_BEFORE = date(2025, 6, 1), date(2025, 6, 10)
PRICE = 1


@pytest.fixture
def buyers(db):
    return [party(Party.Kind.IMPORTER, code, name=code) for code in ("rata", "rimu")]


@pytest.fixture
def terms(pool):
    return releasing.set_terms(pool, valid_from=date(2025, 1, 1), fee_cap_minor=30)


@pytest.fixture
def release(shelf, terms):
    return releasing.announce(wanted(shelf))


def wanted(shelf, **more):
    fields = {"keep_before": KEEP_BEFORE, "ask_before": ASK_BEFORE, **more}
    return Announcement(pool=shelf.pool, product=shelf.product, **fields)


def nothing_is_broken():
    return [law.name for law in invariants.check_all(only="warehouse.") if not law.holds] == []


def offered(release, shelf, keep=25):
    releasing.keep(release, shelf.importer, keep)
    releasing.keep(release, shelf.stranger, 30)
    with clock.at(KEEP_BEFORE):
        return releasing.offer_up(release)


def closed(release):
    with clock.at(ASK_BEFORE):
        return releasing.close(release)


def ask(release, owner, units):
    with clock.at(KEEP_BEFORE):
        return releasing.ask(release, owner, units)


def test_what_nobody_keeps_is_held_and_priced_at_what_it_cost(release, shelf):
    offer = offered(release, shelf)[0]

    assert (offer.owner_id, offer.units) == (shelf.importer.pk, 35)
    assert (offer.landed_minor, offer.price_minor) == (0, PRICE)
    assert services.reserve(shelf.importer, shelf.product, 25, "the last free ones")
    assert nothing_is_broken()


def test_thirty_five_units_pass_by_the_uniform_rule_and_are_paid_exactly(release, shelf, buyers):
    rata, rimu = buyers
    offered(release, shelf)
    for buyer in buyers:
        pay_in(buyer, shelf.pool, 1_000)
    ask(release, rata, 120)
    ask(release, rimu, 10)
    booked = BookMovement.objects.count()

    grants = closed(release)

    assert [(g.asked_units, g.granted_units, g.level_units) for g in grants] == [
        (120, 25, 25),
        (10, 10, 25),
    ]
    assert (held(rata), held(rimu), held(shelf.importer)) == (25, 10, 25)
    assert ledger.balance(purse(shelf.importer, shelf.pool)) == 35 * PRICE
    assert ledger.available(purse(rata, shelf.pool)) == 1_000 - 25 * PRICE
    assert BookMovement.objects.count() == booked
    assert set(OwnershipTransfer.objects.values_list("cause", flat=True)) == {"unused"}
    assert nothing_is_broken()


def test_a_rerun_changes_nothing(release, shelf, buyers):
    first = offered(release, shelf)
    pay_in(buyers[0], shelf.pool, 1_000)
    ask(release, buyers[0], 20)
    with clock.at(ASK_BEFORE):
        assert releasing.offer_up(release) == first
    grants = closed(release)
    moved = Movement.objects.count()

    assert closed(Release.objects.get()) == grants
    with clock.at(ASK_BEFORE):
        assert releasing.advance_all() == 0
    assert Movement.objects.count() == moved


def test_what_nobody_takes_returns_to_its_owner(release, shelf):
    offered(release, shelf)

    assert closed(release) == []

    services.reserve(shelf.importer, shelf.product, 60, "all of them")
    assert nothing_is_broken()


def test_nobody_asks_for_what_it_cannot_pay(release, shelf, buyers):
    offered(release, shelf)
    pay_in(buyers[0], shelf.pool, 10)
    ask(release, buyers[0], 10)

    with pytest.raises(Overdrawn):
        ask(release, buyers[0], 11)

    assert [grant.granted_units for grant in closed(release)] == [10]


def test_the_last_word_counts(release, shelf, buyers):
    offered(release, shelf)
    pay_in(buyers[0], shelf.pool, 35)
    ask(release, buyers[0], 35)
    ask(release, buyers[0], 5)

    assert ledger.available(purse(buyers[0], shelf.pool)) == 30
    assert [grant.granted_units for grant in closed(release)] == [5]


def test_who_gives_does_not_ask(release, shelf):
    offered(release, shelf)

    with pytest.raises(OfferingOwnUnits):
        ask(release, shelf.importer, 1)


def test_an_owner_may_take_its_offer_back_until_the_end(release, shelf, buyers):
    offer = offered(release, shelf)[0]
    pay_in(buyers[0], shelf.pool, 100)
    ask(release, buyers[0], 20)
    services.release_reservation(offer.reservation)

    assert [grant.granted_units for grant in closed(release)] == [0]
    assert nothing_is_broken()


def test_days_are_kept(release, shelf, buyers):
    with pytest.raises(ReleaseTooEarly):
        releasing.offer_up(release)
    with pytest.raises(ReleaseNotOpen):
        releasing.ask(release, buyers[0], 1)
    with clock.at(ASK_BEFORE), pytest.raises(StepNotAllowed):
        releasing.close(release)
    with clock.at(KEEP_BEFORE), pytest.raises(ReleaseNotOpen):
        releasing.keep(release, shelf.importer, 1)

    assert not ReleaseOffer.objects.exists()


def test_a_discount_beyond_the_cap_in_force_is_refused(shelf, terms, pool):
    releasing.set_terms(pool, valid_from=date(2025, 4, 1), fee_cap_minor=99)

    with pytest.raises(DiscountAboveCap) as refusal:
        releasing.announce(wanted(shelf, discount_minor=31))

    assert refusal.value.params == {"discount_minor": 31, "cap_minor": 30}
    assert not Release.objects.exists()


def test_without_terms_nothing_is_released(shelf):
    with pytest.raises(NoReleaseTerms):
        releasing.announce(wanted(shelf))


def test_days_out_of_order_are_refused(shelf, terms):
    with pytest.raises(DatesOutOfOrder):
        releasing.announce(wanted(shelf, keep_before=date(2025, 7, 1)))


def test_only_a_leavers_stock_is_released_when_it_leaves(shelf, terms):
    what = wanted(shelf, cause=Cause.LEAVING, only_owner=shelf.stranger, keep_before=ARRIVED)
    release = releasing.announce(what)

    offers = releasing.offer_up(release)

    assert [(offer.owner_id, offer.units) for offer in offers] == [(shelf.stranger.pk, 30)]


def test_the_owners_are_told_and_the_daily_job_does_the_rest(release, shelf, buyers):
    told = Notice.objects.filter(kind="warehouse.release.announced")
    assert set(told.values_list("party", flat=True)) == {shelf.importer.pk, shelf.stranger.pk}

    for day in (KEEP_BEFORE, ASK_BEFORE):
        with clock.at(day):
            jobs.order_daily()
            jobs.run_until_idle()

    assert Release.objects.get().state == "closed"
    assert ReleaseOffer.objects.aggregate(units=Sum("units")) == {"units": 90}


def test_an_importer_keeps_and_another_asks_on_their_pages(
    client, release, shelf, importer_user, stranger_user
):
    client.force_login(importer_user)
    client.post(reverse("warehouse:keep", args=[release.pk]), {"units": 25})
    client.force_login(stranger_user)
    client.post(reverse("warehouse:keep", args=[release.pk]), {"units": 30})
    pay_in(shelf.stranger, shelf.pool, 100)
    with clock.at(KEEP_BEFORE):
        releasing.offer_up(release)
        client.post(reverse("warehouse:ask", args=[release.pk]), {"units": 50})
    closed(release)

    page = client.get(reverse("warehouse:releases"))

    assert "You got 35 units" in page.text
    assert "You asked for 50, the level was 35" in page.text


def test_the_operator_announces_and_follows_releases(client, shelf, terms, operator_user):
    client.force_login(operator_user)

    page = client.post(
        reverse("warehouse:lead-releases"),
        {
            "pool": shelf.pool.pk,
            "product": shelf.product.pk,
            "cause": "unused",
            "keep_before": "2025-06-01",
            "ask_before": "2025-06-10",
            "discount": "0.30",
        },
        follow=True,
    )

    assert [row.discount_minor for row in page.context["rows"]] == [30]


def test_the_pool_buys_the_stock_of_an_importer_who_leaves_at_cost_less_what_it_may_lose(
    client, shelf, terms, operator_user
):
    client.force_login(operator_user)
    address = reverse("warehouse:buy")
    page = client.get(address)
    holding = page.context["form"].fields["holding"].queryset.get(owner_id=shelf.importer.pk)
    told = {
        "holding": holding.pk, "cause": "leaving", "units": "40", "discount": "0.30",
        "request_key": "k",
    }  # fmt: skip
    cost = buying.price_of(Lot.objects.get())

    assert "above the cap" in client.post(address, {**told, "discount": "0.31"}).text
    for _ in range(2):
        assert client.post(address, told).status_code == 302

    row = OwnershipTransfer.objects.get()
    assert (row.units, row.price_minor, row.cause) == (40, max(cost - 30, 0), "leaving")
    assert held(shelf.importer) == 20
    assert ledger.balance(purse(shelf.importer, shelf.pool)) == row.amount_minor
    assert nothing_is_broken()
    assert "importer leaves" in client.get(address).text
