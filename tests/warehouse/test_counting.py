"""A count puts the books right by what was found, however much moved meanwhile."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock, invariants, tenancy
from core.domain.errors import Refusal
from tests.warehouse.test_transferring import held
from warehouse import services
from warehouse.domain.counting import (
    CountNotOpen,
    PromisedUnitsMissing,
    Reason,
    SecondPersonNeeded,
)
from warehouse.domain.stock import Place
from warehouse.models import CountEntry, CountTask, Holding, Lot, Movement
from warehouse.services import Sale, counting


@pytest.fixture
def task(shelf):
    return counting.plan_count(Lot.objects.get())


def count(task, units, who, key=None):
    with tenancy.as_operator("count", actor=who):
        return counting.enter_count(task, units, request_key=key or f"{who}:{task.pk}")


def counted_twice(task, units):
    count(task, units, "user:1")
    return count(task, units, "user:2")


def on_the_shelves():
    return sum(Holding.objects.filter(place="bonded").values_list("units", flat=True))


def nothing_is_broken():
    return [law.name for law in invariants.check_all(only="warehouse.") if not law.holds] == []


def test_a_count_that_agrees_closes_at_once(task):
    entry = count(task, 100, "user:1")

    assert (entry.book_units, entry.difference) == (100, 0)
    assert CountTask.objects.get().state == "closed"


def test_a_difference_is_counted_again_by_somebody_else(task):
    count(task, 97, "user:1")

    with pytest.raises(SecondPersonNeeded):
        count(task, 97, "user:1", key="again")

    assert CountTask.objects.get().state == "recount"
    count(task, 100, "user:2")
    assert CountTask.objects.get().state == "closed"
    assert on_the_shelves() == 100


def test_three_missing_units_are_everybodys(task, shelf, operator):
    counted_twice(task, 97)

    counting.approve_count(task, Reason.STOLEN)

    assert [held(owner) for owner in (shelf.importer, shelf.stranger, operator)] == [58, 29, 10]
    assert on_the_shelves() == 97
    assert nothing_is_broken()


def test_what_is_found_again_returns_to_those_who_lost_it(task, shelf, operator):
    counted_twice(task, 97)
    counting.approve_count(task, Reason.MISPLACED)
    counted_twice(counting.plan_count(Lot.objects.get()), 105)

    counting.approve_count(CountTask.objects.latest("pk"), Reason.MISPLACED)

    assert [held(owner) for owner in (shelf.importer, shelf.stranger, operator)] == [60, 30, 15]
    assert nothing_is_broken()


def test_an_approval_twice_adjusts_once(task):
    counted_twice(task, 97)

    counting.approve_count(task, Reason.UNKNOWN)
    counting.approve_count(task, Reason.UNKNOWN)

    assert on_the_shelves() == 97


def test_an_entry_sent_twice_is_entered_once(task):
    assert count(task, 97, "user:1", key="k") == count(task, 97, "user:1", key="k")
    assert CountEntry.objects.count() == 1


def test_nothing_is_approved_that_did_not_differ(task):
    with pytest.raises(CountNotOpen):
        counting.approve_count(task, Reason.UNKNOWN)


def test_promised_units_stop_an_adjustment_and_nothing_is_half_done(task, shelf):
    counted_twice(task, 2)
    services.reserve(shelf.importer, shelf.product, 60, "order-1")
    moved = Movement.objects.count()

    with pytest.raises(PromisedUnitsMissing):
        counting.approve_count(task, Reason.STOLEN)

    assert Movement.objects.count() == moved
    assert CountTask.objects.get().state == "counted"


def test_a_difference_may_be_sent_back_for_a_third_count(task):
    counted_twice(task, 97)

    counting.count_again(task)
    count(task, 99, "user:3")
    counting.approve_count(task, Reason.MISCOUNTED)

    assert on_the_shelves() == 99


def test_what_moves_a_lot_is_planned_again_after_thirty_days(shelf, pool):
    assert counting.plan_counts(pool) == []
    held_units = services.reserve(shelf.importer, shelf.product, 9, "order")
    services.pick(services.dispatch(shelf.importer, "parcel", held_units))

    day = date(2025, 3, 10) + timedelta(days=23)
    with clock.at(day):
        planned = counting.plan_counts(pool)
        again = counting.plan_counts(pool)

    assert [(row.grade, row.due_on - row.planned_on) for row in planned] == [
        ("a", timedelta(days=7))
    ]
    assert again == []


MOVES = st.lists(
    st.tuples(st.sampled_from(["pick", "sell", "block", "count"]), st.integers(1, 25)), max_size=5
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(truth=st.integers(60, 130), before=MOVES, between=MOVES, after=MOVES)
def test_stock_may_move_while_it_is_counted(shelf, truth, before, between, after):
    """The shelf is a number of its own here: what is carried away comes off both sides."""
    with transaction.atomic():
        shelf_units = _Shelf(shelf, truth)
        task = counting.plan_count(Lot.objects.get())
        shelf_units.go(before)
        count(task, shelf_units.truth, "user:1")
        shelf_units.go(between)
        entries = []
        if CountTask.objects.get(pk=task.pk).state == "recount":
            entries.append(count(task, shelf_units.truth, "user:2"))
        shelf_units.go(after)
        for entry in entries:
            lot = Lot.objects.get()
            assert counting.balance_at(lot, Place.BONDED, entry.position) == entry.book_units
        if CountTask.objects.get(pk=task.pk).state == "counted":
            try:
                counting.approve_count(task, Reason.UNKNOWN)
            except PromisedUnitsMissing:
                transaction.set_rollback(True)
                return

        assert on_the_shelves() == shelf_units.truth
        assert nothing_is_broken()
        transaction.set_rollback(True)


class _NotThere(Exception):
    """Nobody carries away what does not lie there."""


class _Shelf:
    """What really lies there, beside the books."""

    def __init__(self, shelf, truth):
        self.shelf, self.truth, self.made = shelf, truth, 0

    def go(self, moves):
        for what, units in moves:
            self.made += 1
            before = on_the_shelves()
            try:
                with transaction.atomic():
                    getattr(self, what)(units)
                    self.carry(on_the_shelves() - before)
            except (Refusal, _NotThere):
                continue

    def carry(self, units):
        if self.truth + units < 0:
            raise _NotThere
        self.truth += units

    def pick(self, units):
        rows = services.reserve(self.shelf.importer, self.shelf.product, units, f"o{self.made}")
        services.pick(services.dispatch(self.shelf.importer, f"p{self.made}", rows))

    def sell(self, units):
        services.transfer_ownership(
            Sale(
                lot=Lot.objects.get(),
                seller_id=self.shelf.stranger.pk,
                buyer_id=self.shelf.importer.pk,
                units=units,
                price_minor=0,
                request_key=f"s{self.made}",
            )
        )

    def block(self, units):
        if units == 25:
            services.block_lots([Lot.objects.get()], reference=f"b{self.made}")

    def count(self, units):
        services.expire_reservations()


def test_the_operator_counts_blind_and_approves_on_its_pages(client, task, operator, operator_user):
    from_page = reverse("warehouse:count-sheet", args=[task.pk])
    client.force_login(operator_user)

    sheet = client.get(from_page)
    assert "100" not in sheet.text.replace("10000000", "")
    client.post(from_page, {"units": 98, "request_key": "k1"})
    refused = client.post(from_page, {"units": 98, "request_key": "k2"})
    assert refused.status_code == 422
    count(task, 98, "user:999")
    listed = client.get(reverse("warehouse:counts"))
    assert [row.entries[0].difference for row in listed.context["differing"]] == [-2]
    decide = reverse("warehouse:approve-count", args=[task.pk])
    client.post(decide, {"reason": ["unknown", ""]})
    assert CountTask.objects.get().state == "recount"
    count(task, 98, "user:1000")
    client.post(decide, {"reason": "unknown"})

    assert on_the_shelves() == 98
