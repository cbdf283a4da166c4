"""Whatever is asked of the warehouse, in whatever order, every law holds afterwards."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from core import invariants
from core.domain.errors import Refusal
from tests.warehouse.test_dispatching import code
from warehouse import services
from warehouse.models import DispatchOrder, Lot, Reservation

NOON = datetime(2025, 3, 10, 4, tzinfo=UTC)

STEPS = ("reserve", "dispatch", "pick", "ship", "expect", "write_off", "code") * 2 + (
    "release",
    "cancel",
    "give_back",
    "expire",
)

steps = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 3), st.integers(0, 40)),
    min_size=10,
    max_size=30,
)


TWO_PARCELS = (("code", 0, 30), *(("reserve", 3, 2), ("dispatch", 0, 0)) * 2)
"""Where each walk starts, so that it soon gets to packing and shipping."""


class Walk:
    """A warehouse of which one thing after the other is asked; refusals are fine."""

    def __init__(self, shelf):
        self.shelf = shelf
        self.importers = [shelf.importer, shelf.stranger]
        self.codes = iter(range(1, 10_000))
        self.asked = 0

    def ask(self, step, which, units):
        self.asked += 1
        try:
            getattr(self, step)(which, units)
        except Refusal:
            return

    def orders(self, which, *states):
        """One order, of those in some states on most days, of all on others."""
        rows = DispatchOrder.objects.order_by("pk")
        found = list(rows.filter(state__in=states) if states and which else rows)
        return found[which % len(found) :][:1] if found else []

    def reserve(self, which, units):
        until = NOON + timedelta(hours=which - 1)
        services.reserve(
            self.importers[which % 2],
            self.shelf.product,
            units,
            f"request-{self.asked - which}",
            expires_at=until,
        )

    def release(self, which, units):
        for row in Reservation.objects.order_by("pk")[which : which + 1]:
            services.release_reservation(row)

    def dispatch(self, which, units):
        held = list(Reservation.objects.filter(state="held").order_by("pk")[which : which + 1])
        if held:
            services.dispatch(held[0].importer, f"parcel-{held[0].pk}", held)

    def pick(self, which, units):
        for order in self.orders(which, "open"):
            total = sum(order.lines.values_list("units", flat=True))
            coded = Lot.objects.get().identities.filter(state="applied", dispatch_line=None)
            scanned = [bytes(unit.code_hmac) for unit in coded[:total]]
            services.pick(order, scanned if units % 2 else ())

    def ship(self, which, units):
        for order in self.orders(which, "picked"):
            services.ship(order)

    def cancel(self, which, units):
        for order in self.orders(which):
            services.cancel_dispatch(order)

    def expect(self, which, units):
        for order in self.orders(which):
            total = sum(order.lines.values_list("units", flat=True))
            services.book_expect_out(self.shelf.product, total, order.reference)

    def write_off(self, which, units):
        for order in self.orders(which):
            services.book_actual_out(self.shelf.product, max(1, units // 2), order.reference)

    def give_back(self, which, units):
        for order in self.orders(which):
            services.book_release_out(self.shelf.product, max(1, units // 2), order.reference)

    def expire(self, which, units):
        services.expire_reservations(NOON + timedelta(hours=which - 2))

    def code(self, which, units):
        services.commission_units(Lot.objects.get(), [code(next(self.codes)) for _ in range(units)])


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(asked=steps)
def test_no_order_of_steps_breaks_a_law(shelf, asked):
    with transaction.atomic():
        walk = Walk(shelf)
        for step in (*TWO_PARCELS, *asked):
            walk.ask(*step)

        for state in DispatchOrder.objects.values_list("state", flat=True):
            event(f"a parcel is {state}")
        broken = [law for law in invariants.check_all(only="warehouse.") if not law.holds]
        transaction.set_rollback(True)

    assert broken == []
