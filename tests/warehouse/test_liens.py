"""Units under a lien: two people set and lift it, and the database keeps them where they are."""

import pytest
from django.db import DatabaseError, transaction

from core import clock, facts, invariants, jobs
from core.domain.transitions import StepNotAllowed
from tests.conftest import user_of
from warehouse import services
from warehouse.domain.fefo import NotEnoughStock
from warehouse.domain.liens import HeldForLateMoney, SamePersonDecides, UnderLien
from warehouse.domain.papers import NotEnoughInPlace
from warehouse.models import Holding, Lien, Lot, Reservation
from warehouse.services import liens

BANK = {"holder": "Bank of Beilun", "reference": "LOAN-7"}


@pytest.fixture
def lot(shelf):
    return Lot.objects.get()


@pytest.fixture
def two(operator):
    return user_of(operator, "operator", "asks"), user_of(operator, "operator", "sets")


@pytest.fixture
def lien(shelf, lot, two):
    """50 of the importer's 60 units, kept for a bank."""
    asks, sets = two
    asked = liens.ask_lien(shelf.importer, lot, 50, by=asks, **BANK)
    return liens.step_lien(asked, "set", by=sets)


def held(shelf, place="bonded"):
    row = Holding.objects.get(owner_id=shelf.importer.pk, place=place)
    return row.units, row.reserved_units


def broken():
    laws = [law for law in invariants.check_all() if law.name.startswith("warehouse.")]
    return [law.name for law in laws if not law.holds]


def test_a_lien_is_set_and_lifted_by_a_second_person(shelf, lot, two):
    asks, sets = two
    asked = liens.ask_lien(shelf.importer, lot, 50, by=asks, **BANK)
    assert held(shelf) == (60, 0)
    with pytest.raises(SamePersonDecides):
        liens.step_lien(asked, "set", by=asks)
    liens.step_lien(asked, "set", by=sets)
    assert held(shelf) == (60, 50)
    liens.step_lien(asked, "ask_lift", by=sets)
    with pytest.raises(SamePersonDecides):
        liens.step_lien(asked, "lift", by=sets)
    done = liens.step_lien(asked, "lift", by=asks)
    with pytest.raises(StepNotAllowed):
        liens.step_lien(done, "lift", by=asks)

    assert (done.state, held(shelf), broken()) == ("lifted", (60, 0), [])


def test_no_more_can_be_pledged_than_is_free(shelf, lot, two, lien):
    with pytest.raises(NotEnoughInPlace):
        liens.ask_lien(shelf.importer, lot, 11, by=two[0], **BANK)


def test_units_under_a_lien_are_not_promised_sold_dispatched_or_given_back(shelf, lot, lien):
    kept = Reservation.objects.get()
    sale = services.Sale(lot, shelf.importer.pk, shelf.stranger.pk, 11, 0, "sale")
    for attempt, refusal in (
        (lambda: services.reserve(shelf.importer, shelf.product, 11, "r"), NotEnoughStock),
        (lambda: services.transfer_ownership(sale), NotEnoughInPlace),
        (lambda: services.dispatch(shelf.importer, "p", [kept]), services.NotYoursToDispatch),
        (lambda: services.release_reservation(kept), UnderLien),
    ):
        with pytest.raises(refusal):
            attempt()
    assert services.expire_reservations(clock.now()) == 0

    assert (held(shelf), len(services.reserve(shelf.importer, shelf.product, 10, "r"))) == (
        (60, 50),
        1,
    )


def test_the_database_itself_keeps_them(shelf, lien, two):
    kept, rows = Reservation.objects.filter(), Lien.objects.filter(pk=lien.pk)
    shelves = Holding.objects.filter(owner_id=shelf.importer.pk, place="bonded")
    for wrong in (
        lambda: kept.update(state="released"),
        lambda: kept.update(units=1),
        lambda: shelves.update(reserved_units=49),
        lambda: rows.update(state="declined", reservation=None),
        lambda: rows.update(state="lifted"),
        lambda: rows.update(state="lifted", lift_asked_by=two[0], lifted_by=two[0]),
        lambda: rows.update(units=1),
        lambda: rows.update(set_by=two[0]),
        lambda: rows.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            wrong()

    assert held(shelf) == (60, 50)


def test_a_recall_leaves_the_lien_and_takes_its_units_when_it_is_lifted(shelf, lot, lien, two):
    services.block_lots([lot], reference="recall:9")
    assert (held(shelf), held(shelf, "quarantine")) == ((50, 50), (10, 0))

    liens.step_lien(lien, "ask_lift", by=two[1])
    liens.step_lien(lien, "lift", by=two[0])

    assert (held(shelf), held(shelf, "quarantine"), broken()) == ((0, 0), (60, 0), [])


def late(shelf, minor, request=3, **more):
    data = {"request": request, **more, "importer": shelf.importer.pk, "pool": shelf.pool.pk}
    told = {"missing_minor": minor, "due_on": "2025-03-01"}
    facts.append("fx.funding.late", subject="x", data=data | told)


def told():
    facts.sequence()
    facts.catch_up()
    jobs.run_until_idle()


def test_late_money_holds_units_worth_it_at_cost_until_it_is_there(shelf, two):
    shelf.consignment.goods_cny_minor = 100_000
    shelf.consignment.save()
    late(shelf, 10_500)
    late(shelf, 10_500)
    told()
    kept = Lien.objects.get()
    # 1,000 fen a unit: eleven cover 10,500
    assert (kept.cause, kept.units, held(shelf)) == ("arrears", 11, (60, 11))
    with pytest.raises(HeldForLateMoney):
        liens.step_lien(kept, "ask_lift", by=two[0])

    caught_up = {"importer": shelf.importer.pk, "pool": shelf.pool.pk}
    facts.append("fx.funding.caught_up", subject="x", data=caught_up)
    told()
    kept.refresh_from_db()
    assert (kept.state, held(shelf), broken()) == ("lifted", (60, 0), [])


@pytest.mark.parametrize(
    ("more", "shown"), [({"number": "FR-2025-000007"}, "FR-2025-000007"), ({}, "request:3")]
)
def test_a_lien_for_late_money_names_the_request_by_its_number(client, shelf, two, more, shown):
    late(shelf, 10_500, **more)
    told()
    client.force_login(two[0])

    assert Lien.objects.get().reference == shown
    assert shown in client.get("/warehouse/liens/").content.decode()


def test_the_operator_asks_for_a_lien_on_its_page_and_a_colleague_sets_it(client, shelf, two):
    holding = Holding.objects.get(owner_id=shelf.importer.pk, place="bonded")
    client.force_login(two[0])
    sent = {"holding": holding.pk, "units": "5", "holder": "Bank <A>", "reference": "L-1"}
    assert client.post("/warehouse/liens/", sent).status_code == 302
    page = client.get("/warehouse/liens/").content.decode()
    assert "Bank &lt;A&gt;" in page
    assert ">Set<" not in page
    too_many = client.post("/warehouse/liens/", sent | {"units": "61"})
    assert (too_many.status_code, "units of lot" in too_many.content.decode()) == (422, True)

    client.force_login(two[1])
    assert ">Set<" in client.get("/warehouse/liens/").content.decode()
    client.post(f"/warehouse/liens/{Lien.objects.get().pk}/", {"step": "set"})
    assert held(shelf) == (60, 5)
