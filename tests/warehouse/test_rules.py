"""Each round is shared by its own rule, topped up as more arrives, and never takes back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core import tenancy
from core.models import Party, Score
from tests.conftest import party
from tests.warehouse import goods
from tests.warehouse.conftest import ARRIVED
from warehouse import services
from warehouse.domain.allocation import Rule, ration_by
from warehouse.domain.fefo import NotEnoughStock
from warehouse.models import AllocationShare, RoundRule
from warehouse.services import rules
from warehouse.services.rules import RuleInUse

asks = st.dictionaries(st.integers(1, 6), st.integers(0, 120), min_size=1)
weights = st.dictionaries(
    st.integers(1, 6), st.decimals(0, 4, allow_nan=False, places=2).filter(bool)
)


def delivered(pool, order_line, good):
    """A further delivery of an order line, received and shared."""
    consignment = goods.consigned(pool, [order_line], {order_line.pk: good})
    counted = goods.counted(order_line, good=good, lot_no=f"L-{consignment.pk}")
    receipt = goods.received(consignment, [counted], on=ARRIVED)
    services.allocate(receipt)
    return receipt


def got(receipt):
    rows = AllocationShare.objects.filter(receipt=receipt).order_by("owner__code")
    return [(row.owner.code, row.granted_units, row.units) for row in rows]


@given(st.sampled_from(list(Rule)), asks, weights, st.integers(0, 500), st.integers(0, 500))
def test_what_arrives_later_only_tops_up_by_any_rule(rule, asked, own, first, second):
    before = ration_by(rule, first, asked, own)
    after = ration_by(rule, first + second, asked, own)

    assert sum(after.granted.values()) == min(first + second, sum(asked.values()))
    for owner, units in asked.items():
        assert before.granted[owner] <= after.granted[owner] <= units


@given(asks, weights, st.integers(0, 500), st.integers(1, 300), st.data())
def test_asking_for_more_than_one_needs_gains_nothing_by_weight(asked, own, units, more, data):
    liar = data.draw(st.sampled_from(sorted(asked)))
    honest = ration_by(Rule.WEIGHTED, units, asked, own).granted[liar]
    lie = {**asked, liar: asked[liar] + more}

    assert min(ration_by(Rule.WEIGHTED, units, lie, own).granted[liar], asked[liar]) == honest


def test_who_weighs_twice_gets_twice():
    shared = ration_by(Rule.WEIGHTED, 60, {1: 100, 2: 100}, {1: Decimal(2)})

    assert shared.granted == {1: 40, 2: 20}
    assert shared.explanation(1).weight == Decimal(2)


def test_a_round_by_weight_counts_tier_and_accuracy_and_keeps_them(
    as_operator, account_book, pool, order_line, importer, stranger
):
    rules.set_rule(order_line.order.round, Rule.WEIGHTED)
    rules.set_tier(pool, stranger, valid_from=date(2025, 1, 1), factor=Decimal("2.00"))
    Score.objects.create(
        importer_id=importer.pk, kind="forecast", about="r", on=date(2025, 1, 1), value="0.5"
    )

    first = delivered(pool, order_line, 25)
    rules.set_tier(pool, stranger, valid_from=ARRIVED, factor=Decimal("0.01"))
    second = delivered(pool, order_line, 25)

    assert got(first) == [("kowhai", 5, 5), ("stranger", 20, 20)]
    assert got(second) == [("kowhai", 20, 15), ("stranger", 30, 10)]
    shown = AllocationShare.objects.get(receipt=second, owner_id=importer.pk).explanation
    assert (shown.is_cut, shown.weight) == (True, Decimal("0.5"))


def test_a_rule_stays_once_units_were_shared_by_it(as_operator, account_book, pool, order_line):
    delivered(pool, order_line, 10)

    with pytest.raises(RuleInUse):
        rules.set_rule(order_line.order.round, Rule.PROPORTIONAL)

    assert not RoundRule.objects.exists()


def test_a_channel_gets_only_what_lives_as_long_as_it_promises(stock_up, product, importer):
    stock_up(product, 10, lot_no="L-1", expires_on=ARRIVED + timedelta(days=100))
    stock_up(product, 10, lot_no="L-2", expires_on=ARRIVED + timedelta(days=200))
    rules.set_life(importer, "tmall", valid_from=date(2025, 1, 1), minimum_days=180)

    (picked,) = services.reserve(importer, product, 4, "o-1", channel="tmall")
    (first,) = services.reserve(importer, product, 4, "o-2", channel="shop")

    assert (picked.lot.number, first.lot.number) == ("L-2", "L-1")
    with pytest.raises(NotEnoughStock):
        services.reserve(importer, product, 7, "o-3", channel="tmall")


def test_a_request_may_be_served_in_part(stock_up, product, importer):
    stock_up(product, 10)

    first = services.reserve(importer, product, 14, "o-1", in_part=True)
    again = services.reserve(importer, product, 14, "o-1", in_part=True)

    assert [row.units for row in first] == [10]
    assert again == first
    with pytest.raises(NotEnoughStock):
        services.reserve(importer, product, 1, "o-2", in_part=True)


def test_the_operator_sets_the_rule_of_a_round_on_its_page(client, order_line, operator_user):
    client.force_login(operator_user)
    page = reverse("warehouse:rules")

    client.post(page, {"round": order_line.order.round_id, "rule": "weighted"})

    ((_, chosen),) = client.get(page).context["rows"]
    assert chosen is Rule.WEIGHTED


def test_a_weighed_share_is_explained_on_the_importers_page(
    client, as_operator, account_book, pool, order_line, importer_user
):
    rules.set_rule(order_line.order.round, Rule.WEIGHTED)
    delivered(pool, order_line, 20)
    client.force_login(importer_user)

    page = client.get(reverse("warehouse:stock"))

    assert "Asked for 60, got 10 so far: too few arrived. Your weight is 1," in page.text


def test_an_importer_promises_days_of_use_on_a_platform_and_its_page_says_so(
    client, importer, importer_user
):
    party(Party.Kind.PLATFORM, "mall", name="Example Mall")
    client.force_login(importer_user)
    address = reverse("warehouse:channels")
    told = {"channel": "mall", "valid_from": "2025-01-01", "minimum_days": "180"}

    assert "No promise yet" in client.get(address).text
    assert client.post(address, {**told, "channel": "bazaar"}).status_code == 422
    client.post(address, told)

    assert "Example Mall" in client.get(address).text
    with tenancy.acting_for(importer):
        until = services.last_day_from(importer, "mall", on=ARRIVED)
    assert until == ARRIVED + timedelta(days=180)
