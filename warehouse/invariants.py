"""The warehouse's laws, each proven from two independent sides."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet, Sum

from core.domain.trade import round_half_up
from core.invariants import invariant
from warehouse.domain.book import EFFECTS, BookStep, Counters
from warehouse.domain.charges import SCALE
from warehouse.domain.stock import INSIDE, OUTSIDE, Place
from warehouse.models import (
    BookItem,
    BookMovement,
    ChargeLine,
    DispatchOrder,
    Holding,
    Lot,
    LotAtPlace,
    Movement,
    Reservation,
    Stowage,
    StowMove,
    UnitIdentity,
)
from warehouse.models.receipts import ARRIVED
from warehouse.reconciling import reconciled

_Spot = tuple[int, int, str]


@invariant(
    "warehouse.owners_equal_physical",
    "Per lot, the units of all owners inside are those counted in less those that left.",
)
def owners_equal_physical() -> Iterator[str]:
    """Holdings inside against receipt lines, less movements out, plus those back. Four queries."""
    owned = dict(
        Holding.objects.filter(place__in=sorted(INSIDE))
        .values_list("lot_id")
        .annotate(Sum("units"))
        .order_by()
    )
    left = dict(
        Movement.objects.filter(to_place__in=sorted(OUTSIDE))
        .values_list("lot_id")
        .annotate(Sum("units"))
        .order_by()
    )
    back = dict(
        Movement.objects.filter(from_place__in=sorted(OUTSIDE - {Place.SUPPLIER}))
        .values_list("lot_id")
        .annotate(Sum("units"))
        .order_by()
    )
    counted = Lot.objects.annotate(arrived=ARRIVED).values_list("pk", "arrived")
    for lot_id, arrived in counted.order_by("pk"):
        physical = arrived - left.get(lot_id, 0) + back.get(lot_id, 0)
        if owned.get(lot_id, 0) != physical:
            yield f"lot {lot_id}: owners have {owned.get(lot_id, 0)} units, {physical} are there"


@invariant(
    "warehouse.holdings_equal_movements",
    "Each holding is the sum of the movements to it less those from it.",
)
def holdings_equal_movements() -> Iterator[str]:
    """Holdings against the fold of movements. Three queries."""
    folded: Counter[_Spot] = Counter()
    for side, sign in (("to", 1), ("from", -1)):
        rows = Movement.objects.values_list("lot_id", f"{side}_owner_id", f"{side}_place")
        for *spot, units in rows.annotate(Sum("units")).order_by():
            folded[tuple(spot)] += sign * units
    held = {
        (lot_id, owner_id, place): units
        for lot_id, owner_id, place, units in Holding.objects.values_list(
            "lot_id", "owner_id", "place", "units"
        )
    }
    for spot in sorted(folded.keys() | held.keys()):
        if folded[spot] != held.get(spot, 0):
            yield f"holding {spot}: {held.get(spot, 0)} units, movements give {folded[spot]}"


@invariant(
    "warehouse.reserved_equals_reservations",
    "The promised units of each holding are those of its held reservations.",
)
def reserved_equals_reservations() -> Iterator[str]:
    """Reserved units against held reservations. Two queries."""
    promised: Counter[_Spot] = Counter()
    held = Reservation.objects.filter(state=Reservation.State.HELD)
    rows = held.values_list("lot_id", "importer_id").annotate(Sum("units")).order_by()
    for lot_id, importer_id, units in rows:
        promised[lot_id, importer_id, Place.BONDED] = units
    counted = {
        (lot_id, owner_id, place): units
        for lot_id, owner_id, place, units in Holding.objects.exclude(reserved_units=0).values_list(
            "lot_id", "owner_id", "place", "reserved_units"
        )
    }
    for spot in sorted(promised.keys() | counted.keys()):
        if promised[spot] != counted.get(spot, 0):
            yield f"holding {spot}: {counted.get(spot, 0)} promised, held are {promised[spot]}"


@invariant(
    "warehouse.counters_equal_book_movements",
    "The four counters of each item of the account book are the sum of its movements.",
)
def counters_equal_book_movements() -> Iterator[str]:
    """Counters against the fold of book movements by the domain's own table. Two queries."""
    folded: dict[int, Counter[str]] = {}
    rows = BookMovement.objects.values_list("item_id", "step").annotate(Sum("units")).order_by()
    for item_id, step, units in rows:
        effect = EFFECTS[BookStep(step)]
        sums = folded.setdefault(item_id, Counter())
        for name in ("expected_in", "actual_in", "expected_out", "actual_out"):
            sums[name] += getattr(effect, name) * units
    for item in BookItem.objects.order_by("pk"):
        expected = Counters(**folded.get(item.pk, Counter()))
        if item.counters != expected:
            yield f"book item {item.pk}: {item.counters}, movements give {expected}"


@invariant(
    "warehouse.book_equals_shelves",
    "The account book is what is on the shelves, plus or minus named positions.",
)
def book_equals_shelves() -> Iterator[str]:
    """Items whose drift no named position explains. Four queries."""
    for item, row in reconciled(BookItem.objects.order_by("pk")):
        if row.drift_units:
            yield (
                f"book item {item.pk}: the book has {row.counters.on_hand_units} units, "
                f"{row.explained_units} are explained"
            )


@invariant(
    "warehouse.released_units_left",
    "A unit is released if, and only if, its parcel has left.",
)
def released_units_left() -> Iterator[str]:
    """Identities that contradict the state of their dispatch order. One query."""
    shipped = DispatchOrder.State.SHIPPED
    released = UnitIdentity.State.RELEASED
    rows = UnitIdentity.objects.filter(dispatch_line__isnull=False).exclude(
        state__in=[UnitIdentity.State.RECALLED, UnitIdentity.State.VOID]
    )
    wrong = rows.filter(state=released).exclude(dispatch_line__order__state=shipped) | rows.filter(
        dispatch_line__order__state=shipped
    ).exclude(state=released)
    for unit_id, state, order_state in wrong.order_by("pk").values_list(
        "pk", "state", "dispatch_line__order__state"
    ):
        yield f"unit {unit_id} is {state}, its parcel is {order_state}"


@invariant(
    "warehouse.shelves_equal_holdings",
    "Per lot and place, the physical units are those of all owners.",
)
def shelves_equal_holdings() -> Iterator[str]:
    """Physical totals against holdings. Two queries."""
    owned = _units_by_place(Holding.objects.filter(place__in=sorted(INSIDE)), "place", "units")
    there = _units_by_place(LotAtPlace.objects.all(), "place", "units")
    for spot in sorted(owned.keys() | there.keys()):
        if owned.get(spot, 0) != there.get(spot, 0):
            yield f"{spot}: owners have {owned.get(spot, 0)} units, {there.get(spot, 0)} are there"


@invariant(
    "warehouse.stowed_equals_moves",
    "Per lot and place, what is stowed lies in locations, each the sum of its moves.",
)
def stowed_equals_moves() -> Iterator[str]:
    """Stowed totals against stowage, and stowage against its moves. Five queries."""
    stowed = _units_by_place(LotAtPlace.objects.all(), "place", "stowed_units")
    lying = _units_by_place(Stowage.objects.all(), "location__zone__place", "units")
    for spot in sorted(stowed.keys() | lying.keys()):
        if stowed.get(spot, 0) != lying.get(spot, 0):
            yield f"{spot}: {stowed.get(spot, 0)} units stowed, {lying.get(spot, 0)} in locations"
    carried: Counter[tuple[int, int]] = Counter()
    for side, sign in (("to", 1), ("from", -1)):
        moves = StowMove.objects.exclude(**{f"{side}_location": None})
        for spot, units in _units_by_place(moves, f"{side}_location_id", "units").items():
            carried[spot] += sign * units
    there = _units_by_place(Stowage.objects.all(), "location_id", "units")
    for spot in sorted(carried.keys() | there.keys()):
        if carried[spot] != there.get(spot, 0):
            yield f"lot and location {spot}: {there.get(spot, 0)} units, moves give {carried[spot]}"


@invariant(
    "warehouse.bills_are_their_lines",
    "What an owner was billed of a kind is the exact sum of its lines, rounded once; no month's "
    "bill is below nothing.",
)
def bills_are_their_lines() -> Iterator[str]:
    """Whole fen of all months against exact lines, and each month's sum. Two queries."""
    lines = ChargeLine.objects.order_by()
    sums = lines.values_list("period__pool_id", "owner_id", "rate__kind").annotate(
        Sum("exact"), Sum("amount_minor")
    )
    for *bill, exact, minor in sums.order_by("period__pool_id", "owner_id", "rate__kind"):
        if minor != round_half_up(Fraction(exact, SCALE)):
            yield f"bill {tuple(bill)}: {minor} fen, its lines are {exact} parts of a fen"
    months = lines.values_list("period_id", "owner_id", "rate__kind").annotate(
        minor=Sum("amount_minor")
    )
    for *bill, minor in months.filter(minor__lt=0).order_by("period_id"):
        yield f"bill {tuple(bill)} of a month is {minor} fen"


def _units_by_place(rows: QuerySet[Any], place: str, units: str) -> dict[tuple[int, Any], int]:
    sums = rows.order_by().values_list("lot_id", place).annotate(Sum(units))
    return {(lot_id, where): total for lot_id, where, total in sums if total}
