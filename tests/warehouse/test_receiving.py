"""Receiving: counted goods become lots in trust; the book takes them in when customs accepts."""

from datetime import date

import pytest

from core.models import Fact
from tests.warehouse import goods
from tests.warehouse.conftest import ARRIVED, EXPIRES
from warehouse import services
from warehouse.domain.book import BookStep, Counters
from warehouse.domain.receiving import CountDoesNotAddUp, NegativeCount, NotAnnounced
from warehouse.models import BookItem, Holding, Lot, Movement, Receipt
from warehouse.reconciling import reconciled
from warehouse.services import booking

pytestmark = pytest.mark.usefixtures("as_operator")


def holdings(lot):
    rows = Holding.objects.filter(lot=lot).values_list("owner__code", "place", "units")
    return {(owner, place): units for owner, place, units in rows}


def test_good_units_go_to_the_shelves_and_damaged_ones_to_quarantine(
    account_book, consignment, order_line
):
    count = goods.counted(order_line, good=90, damaged=4, short=6)

    receipt = services.receive(consignment, [count], on=ARRIVED)

    lot = Lot.objects.get(receipt_line__receipt=receipt)
    assert holdings(lot) == {
        ("waikato", "supplier"): -94,
        ("operator", "bonded"): 90,
        ("operator", "quarantine"): 4,
    }
    assert (lot.number, lot.expires_on, lot.origin) == ("L-1", EXPIRES, "NZ")


def test_counting_moves_nothing_in_the_account_book_until_customs_accepts(
    account_book, consignment, order_line, product
):
    count = goods.counted(order_line, good=90, damaged=4, short=6)

    services.receive(consignment, [count], on=ARRIVED)

    ((item, row),) = reconciled(BookItem.objects.all())
    assert (item.product, item.counters) == (product, Counters())
    assert (row.physical, row.arrived_not_approved, row.drift_units) == (94, 94, 0)


def test_accepted_goods_enter_the_account_book_once_and_free_what_did_not_come(
    account_book, consignment, order_line, product
):
    count = goods.counted(order_line, good=90, damaged=4, short=6)
    services.receive(consignment, [count], on=ARRIVED)

    entered = [services.accept_entry(consignment, ARRIVED) for _ in range(2)]

    item = BookItem.objects.get(product=product)
    assert entered == [94, 0]
    assert item.counters == Counters(expected_in=0, actual_in=94)
    assert list(item.movements.order_by("pk").values_list("step", "units")) == [
        ("expect_in", 100),
        ("release_in", 6),
        ("actual_in", 94),
    ]


def test_customs_may_accept_a_consignment_before_it_is_counted(
    account_book, consignment, order_line, product
):
    announced = services.expect_entry(consignment, {product.pk: 100}, ARRIVED)
    expected = BookItem.objects.get().counters
    entered = services.enter_expected(consignment, ARRIVED)

    ((item, before),) = reconciled(BookItem.objects.all())
    services.receive(consignment, [goods.counted(order_line, good=94, short=6)], on=ARRIVED)
    ((_, after),) = reconciled(BookItem.objects.all())

    assert (announced, entered) == (100, 100)
    assert (expected, item.counters) == (Counters(expected_in=100), Counters(actual_in=100))
    assert (before.approved_not_arrived, before.physical, before.drift_units) == (100, 0, 0)
    assert (after.approved_not_arrived, after.physical, after.drift_units) == (6, 94, 0)
    assert [fact.name for fact in Fact.objects.filter(name__startswith="warehouse.entry")] == [
        "warehouse.entry.expected",
        "warehouse.entry.accepted",
    ]


def test_a_list_that_customs_deletes_is_taken_back_and_may_not_be_announced_otherwise(
    account_book, consignment, order_line, product
):
    services.expect_entry(consignment, {product.pk: 100}, ARRIVED)

    with pytest.raises(services.EntryExpectedOtherwise):
        services.expect_entry(consignment, {product.pk: 99}, ARRIVED)

    assert services.expect_entry(consignment, {product.pk: 100}, ARRIVED) == 0
    assert services.take_entry_back(consignment, ARRIVED) == 100
    assert services.enter_expected(consignment, ARRIVED) == 0
    assert BookItem.objects.get().counters == Counters()


def test_units_booked_in_under_a_reference_that_nothing_bears_are_drift(received):
    item = BookItem.objects.get()
    booking.book(
        [(item, BookStep.EXPECT_IN, 7), (item, BookStep.ACTUAL_IN, 7)], reference="?", on=ARRIVED
    )

    ((_, row),) = reconciled(BookItem.objects.all())

    assert row.drift_units == 7


def test_two_lists_of_a_consignment_are_announced_and_entered_apart(
    account_book, pool, supplier, importer, product
):
    other = goods.product("9421902960024", "Goat milk powder")
    lines = goods.ordered(pool, supplier, {product: {importer: 10}, other: {importer: 5}})
    consignment = goods.consigned(pool, lines)
    services.expect_entry(consignment, {product.pk: 10}, ARRIVED, list_no="EL-1")
    services.expect_entry(consignment, {other.pk: 5}, ARRIVED, list_no="EL-2")

    first = services.enter_expected(consignment, ARRIVED, list_no="EL-1")
    freed = services.take_entry_back(consignment, ARRIVED, list_no="EL-2")

    assert (first, freed) == (10, 5)
    assert BookItem.objects.get(product=product).counters == Counters(actual_in=10)
    assert BookItem.objects.get(product=other).counters == Counters()


def test_a_list_written_anew_after_deletion_is_entered_once(
    account_book, consignment, order_line, product
):
    services.expect_entry(consignment, {product.pk: 100}, ARRIVED, list_no="EL-1")
    services.take_entry_back(consignment, ARRIVED, list_no="EL-1")
    services.expect_entry(consignment, {product.pk: 94}, ARRIVED, list_no="EL-2")

    entered = [
        services.enter_expected(consignment, ARRIVED, list_no=number)
        for number in ("EL-1", "EL-2", "EL-2", "EL-1")
    ]

    assert entered == [0, 94, 0, 0]
    assert BookItem.objects.get().counters == Counters(actual_in=94)
    movements = BookItem.objects.get().movements.order_by("pk")
    assert [row.reference.partition("/")[2] for row in movements] == ["EL-1", "EL-1", "EL-2", ""]


def test_goods_accepted_on_paper_close_what_a_list_had_announced(
    account_book, consignment, order_line, product
):
    services.expect_entry(consignment, {product.pk: 100}, ARRIVED, list_no="EL-1")
    services.receive(consignment, [goods.counted(order_line, good=94, short=6)], on=ARRIVED)

    entered = services.accept_entry(consignment, ARRIVED)

    assert entered == 94
    assert BookItem.objects.get().counters == Counters(actual_in=94)


def test_nothing_is_accepted_that_nobody_counted(account_book, consignment, order_line):
    with pytest.raises(services.NotCountedYet):
        services.accept_entry(consignment, ARRIVED)


def test_an_order_line_may_come_in_several_lots(account_book, consignment, order_line):
    early = goods.counted(order_line, good=60, lot_no="A", expires_on=date(2026, 3, 1))
    late = goods.counted(order_line, good=40, lot_no="B", expires_on=date(2026, 9, 1))

    services.receive(consignment, [early, late], on=ARRIVED)

    assert list(Lot.objects.order_by("pk").values_list("number", "expires_on")) == [
        ("A", date(2026, 3, 1)),
        ("B", date(2026, 9, 1)),
    ]


def test_a_line_of_which_nothing_arrived_makes_no_lot(account_book, consignment, order_line):
    services.receive(consignment, [goods.counted(order_line, good=0, short=100)], on=ARRIVED)

    assert not Lot.objects.exists()
    assert not Movement.objects.exists()
    assert BookItem.objects.get().counters == Counters()


def test_the_log_tells_of_each_lot_with_ids_and_dates_only(received, consignment, product):
    fact = Fact.objects.get(name="warehouse.lot.received")

    lot = Lot.objects.get()
    assert fact.subject == f"lot:{lot.pk}"
    assert fact.data == {
        "lot": lot.pk,
        "product": product.pk,
        "gtin": product.gtin,
        "lot_no": "L-1",
        "consignment": consignment.pk,
        "good": 100,
        "damaged": 0,
        "short": 0,
        "quarantined": 0,
        "over": 0,
        "expires_on": "2026-09-30",
        "produced_on": "2024-10-01",
        "origin": "NZ",
    }


def test_the_same_count_delivered_twice_is_received_once(received, consignment, order_line):
    again = services.receive(consignment, [goods.counted(order_line, good=100)], on=ARRIVED)

    assert again == received
    assert Movement.objects.count() == 1
    assert BookItem.objects.get().actual_in == 100


def test_another_count_of_a_received_consignment_is_refused(received, consignment, order_line):
    with pytest.raises(services.AlreadyReceived) as refusal:
        services.receive(consignment, [goods.counted(order_line, good=99, short=1)], on=ARRIVED)

    assert refusal.value.params == {"consignment": consignment.number}
    assert BookItem.objects.get().actual_in == 100


@pytest.mark.parametrize(
    ("count", "refused"),
    [
        ({"good": 99}, CountDoesNotAddUp),
        ({"good": 101}, CountDoesNotAddUp),
        ({"good": 101, "short": -1}, NegativeCount),
    ],
)
def test_a_count_that_does_not_account_for_every_unit_changes_nothing(
    account_book, consignment, order_line, count, refused
):
    with pytest.raises(refused):
        services.receive(consignment, [goods.counted(order_line, **count)], on=ARRIVED)

    assert not Receipt.objects.exists()
    assert not BookItem.objects.exists()


def test_goods_that_the_consignment_does_not_carry_are_refused(
    account_book, pool, supplier, importer, consignment, order_line
):
    other = goods.ordered(
        pool, supplier, {goods.product("9421902960024", "Goat milk powder"): {importer: 5}}
    )[0]
    counts = [goods.counted(order_line, good=100), goods.counted(other, good=5)]

    with pytest.raises(NotAnnounced) as refusal:
        services.receive(consignment, counts, on=ARRIVED)

    assert refusal.value.params == {"order_line": other.pk}


def test_without_an_account_book_in_force_nothing_is_received(consignment, order_line, pool):
    with pytest.raises(services.NoAccountBook) as refusal:
        services.receive(consignment, [goods.counted(order_line, good=100)], on=ARRIVED)

    assert refusal.value.params == {
        "pool": pool.code,
        "kind": "general",
        "on": "2025-03-10",
    }
    assert not Receipt.objects.exists()


def test_goods_under_trade_measures_are_kept_in_a_book_of_their_own(
    account_book, pool, supplier, importer, product
):
    special = services.open_book(
        pool=pool,
        number="T3105W000002",
        kind="trade_measure",
        cycle_from=date(2025, 1, 1),
        cycle_before=date(2026, 1, 1),
    )
    listed = goods.product("9421902960031", "Wine", is_trade_measure=True)
    lines = goods.ordered(pool, supplier, {product: {importer: 10}, listed: {importer: 5}})
    consignment = goods.consigned(pool, lines)

    services.receive(
        consignment,
        [goods.counted(lines[0], good=10), goods.counted(lines[1], good=5)],
        on=ARRIVED,
    )

    assert BookItem.objects.get(product=listed).book == special
    assert BookItem.objects.get(product=product).book == account_book
