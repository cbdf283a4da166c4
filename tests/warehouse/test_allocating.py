"""Allocation: from the operator's trust to those who ordered, with the reason kept."""

from datetime import date

import pytest

from core import tenancy
from core.models import Fact
from tests.warehouse import goods
from tests.warehouse.conftest import ARRIVED
from warehouse import queries, services
from warehouse.domain.allocation import Explanation, Rule
from warehouse.models import AllocationShare, Holding, Movement

pytestmark = pytest.mark.usefixtures("as_operator")


def owned():
    rows = Holding.objects.filter(place="bonded").exclude(units=0)
    found = {}
    for code, units in rows.values_list("owner__code", "units"):
        found[code] = found.get(code, 0) + units
    return found


def receive_and_allocate(pool, line, units, **count):
    consignment = goods.consigned(pool, [line], {line.pk: units})
    receipt = goods.received(consignment, [goods.counted(line, **count)], on=ARRIVED)
    services.allocate(receipt)
    return receipt


def test_each_importer_gets_its_order_share_and_the_buffer_stays_with_the_operator(shelf):
    assert owned() == {"kowhai": 60, "stranger": 30, "operator": 10}


def test_the_buffer_makes_up_for_missing_units_before_any_importer_is_cut(
    account_book, pool, order_line
):
    receive_and_allocate(pool, order_line, 100, good=93, damaged=2, short=5)

    assert owned() == {"kowhai": 60, "stranger": 30, "operator": 3}


def test_a_short_delivery_is_shared_by_the_uniform_rule_and_each_share_is_explained(
    account_book, pool, order_line, importer, stranger
):
    receipt = receive_and_allocate(pool, order_line, 100, good=70, short=30)

    assert owned() == {"kowhai": 40, "stranger": 30}
    assert AllocationShare.objects.get(owner=importer).explanation == Explanation(
        rule=Rule.UNIFORM, asked_units=60, granted_units=40, level_units=40
    )
    shares = queries.allocation_shares(receipt)[order_line.pk]
    assert [(row.owner, row.units, row.explanation.is_cut) for row in shares] == [
        ("Kowhai Trading", 40, True),
        ("Other Seller", 30, False),
    ]


def test_a_later_delivery_tops_up_and_takes_nothing_back(account_book, pool, order_line):
    receive_and_allocate(pool, order_line, 40, good=40)
    assert owned() == {"kowhai": 20, "stranger": 20}

    receive_and_allocate(pool, order_line, 60, good=60, lot_no="L-2")

    assert owned() == {"kowhai": 60, "stranger": 30, "operator": 10}


def test_deliveries_allocated_in_the_other_order_give_the_same(account_book, pool, order_line):
    receipts = []
    for number, good in (("A", 40), ("B", 30)):
        consignment = goods.consigned(pool, [order_line], {order_line.pk: good})
        count = goods.counted(order_line, good=good, lot_no=number)
        receipts.append(goods.received(consignment, [count], on=ARRIVED))

    for receipt in reversed(receipts):
        services.allocate(receipt)

    assert owned() == {"kowhai": 40, "stranger": 30}


def test_lots_that_expire_early_and_late_are_shared_alike(
    account_book, consignment, order_line, importer
):
    early = goods.counted(order_line, good=50, lot_no="A", expires_on=date(2026, 3, 1))
    late = goods.counted(order_line, good=50, lot_no="B", expires_on=date(2026, 9, 1))
    receipt = goods.received(consignment, [early, late], on=ARRIVED)

    services.allocate(receipt)

    rows = Holding.objects.filter(owner=importer, place="bonded")
    assert dict(rows.values_list("lot__number", "units")) == {"A": 33, "B": 27}


def test_an_importer_who_got_nothing_can_read_why(account_book, pool, order_line, stranger):
    receive_and_allocate(pool, order_line, 100, good=0, short=100)

    assert AllocationShare.objects.get(owner=stranger).explanation == Explanation(
        rule=Rule.UNIFORM, asked_units=30, granted_units=0, level_units=0
    )


def test_a_receipt_is_allocated_once_however_often_it_is_asked(shelf):
    again = services.allocate(shelf.receipt)

    assert [(row.to_owner.code, row.units) for row in again] == [("kowhai", 60), ("stranger", 30)]
    assert Movement.objects.filter(kind="allocate").count() == 2
    assert Fact.objects.filter(name="warehouse.lot.allocated").count() == 2


def test_an_importer_sees_its_own_share_only(shelf):
    with tenancy.acting_for(shelf.importer):
        shares = queries.allocation_shares(shelf.receipt)[shelf.order_line.pk]

    assert [row.owner for row in shares] == ["Kowhai Trading"]
