"""What lies where and until when, what it costs, and what is becoming too old. Few queries each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.db.models import F, QuerySet, Sum

from core.domain.trade import round_half_up
from core.models import Party, Pool
from warehouse.domain import ageing
from warehouse.domain.ageing import KeepingTerms, PricedExit, Urgency
from warehouse.domain.charges import CM3_PER_M3, ChargeKind, LotSize
from warehouse.domain.stock import INSIDE, Place
from warehouse.models import ChargeRate, Holding, KeepingTerm, Location, Stowage
from warehouse.queries.charging import lot_sizes
from warehouse.queries.receipts import ReceiptRow, receipts


@dataclass(frozen=True)
class KeptRow:
    """An owner's units of one lot: how many where, until when, at what cost, and the ways out."""

    owner_id: int
    owner: str
    pool_id: int
    product_id: int
    gtin: str
    product: str
    product_zh: str
    lot_id: int
    lot_no: str
    received_on: date
    expires_on: date | None
    units: int
    bonded_units: int
    reserved_units: int
    quarantine_units: int
    last_safe_on: date | None
    urgency: Urgency
    age_days: int
    cost_per_day_fen: int
    worth_fen: int
    exits: tuple[PricedExit, ...]
    cover_days: int | None = None

    @property
    def free_units(self) -> int:
        """Units on the shelves that are not promised."""
        return self.bonded_units - self.reserved_units

    @property
    def packed_units(self) -> int:
        """Units on the packing table, in parcels that have not left."""
        return self.units - self.bonded_units - self.quarantine_units


def terms_of(pool_ids: Iterable[int], on: date) -> dict[int, KeepingTerms]:
    """The keeping terms in force of pools; the product's own where a pool has none. One query."""
    found: dict[int, KeepingTerms] = defaultdict(KeepingTerms)
    rows = KeepingTerm.objects.filter(pool_id__in=set(pool_ids), valid_from__lte=on)
    for row in rows.order_by("valid_from"):
        found[row.pool_id] = row.as_terms
    return found


def kept(holdings: QuerySet[Holding], on: date) -> list[KeptRow]:
    """Owners' units inside by lot, what must go first before the rest. Five queries."""
    held = _held(holdings)
    pools = {row.pool_id for row in held}
    terms = terms_of(pools, on)
    sizes = lot_sizes(row.lot_id for row in held)
    prices = daily_prices(pools, on)
    found = [
        _kept(row, at, terms[row.pool_id], sizes[row.lot_id], prices[row.pool_id], on)
        for row, at in held.items()
    ]
    return sorted(found, key=lambda row: (row.expires_on or date.max, row.product, row.lot_id))


POOL = "lot__receipt_line__receipt__consignment__pool"
_ABOUT = (
    "owner_id",
    "owner__name",
    f"{POOL}_id",
    "lot__product_id",
    "lot__product__gtin",
    "lot__product__name",
    "lot__product__name_zh",
    "lot_id",
    "lot__number",
    "lot__received_on",
    "lot__expires_on",
)


class _About(NamedTuple):
    """Whose units of which lot."""

    owner_id: int
    owner: str
    pool_id: int
    product_id: int
    gtin: str
    product: str
    product_zh: str
    lot_id: int
    lot_no: str
    received_on: date
    expires_on: date | None


def _held(holdings: QuerySet[Holding]) -> dict[_About, Counter[str]]:
    """Units by place, and those promised, of each owner and lot. One query."""
    at: dict[_About, Counter[str]] = defaultdict(Counter)
    rows = holdings.filter(place__in=sorted(INSIDE), units__gt=0).order_by("lot_id", "owner_id")
    for *about, place, units, reserved in rows.values_list(
        *_ABOUT, "place", "units", "reserved_units"
    ):
        spot = at[_About(*about)]
        spot[place] += units
        spot[_RESERVED] += reserved
    return at


_RESERVED = "reserved"


def _kept(
    row: _About, at: Counter[str], terms: KeepingTerms, size: LotSize, daily: "Daily", on: date
) -> KeptRow:
    units = at.total() - at[_RESERVED]
    state = ageing.urgency(row.expires_on, terms, on)
    age = (on - row.received_on).days
    return KeptRow(
        **row._asdict(),
        units=units,
        bonded_units=at[Place.BONDED],
        reserved_units=at[_RESERVED],
        quarantine_units=at[Place.QUARANTINE],
        last_safe_on=ageing.last_safe_sale(row.expires_on, terms) if row.expires_on else None,
        urgency=state,
        age_days=age,
        cost_per_day_fen=daily.of(size, units, age + 1),
        worth_fen=units * size.unit_value_fen,
        exits=_exits(state, units, size, terms),
    )


def _exits(
    state: Urgency, units: int, size: LotSize, terms: KeepingTerms
) -> tuple[PricedExit, ...]:
    """The ways out, where it is time to think of them."""
    if state is Urgency.FINE:
        return ()
    may_offer = state is Urgency.WARNED
    return ageing.priced_exits(
        units, size.unit_value_fen, size.unit_cm3, terms, may_offer=may_offer
    )


@dataclass(frozen=True)
class Daily:
    """A pool's prices by the day: storage by age, and a share of the goods' worth."""

    storage: Sequence[tuple[int, Decimal]]
    percent: Decimal

    def of(self, size: LotSize, units: int, age: int) -> int:
        """What keeping units of a lot costs on a day, in fen, halves up."""
        price = next((price for from_day, price in self.storage if from_day <= age), Decimal(0))
        room = Fraction(units * size.unit_cm3, CM3_PER_M3)
        worth = Fraction(units * size.unit_value_fen)
        return round_half_up(room * Fraction(price) * 100 + worth * Fraction(self.percent) / 36500)


def daily_prices(pool_ids: set[int], on: date) -> dict[int, Daily]:
    storage: dict[int, dict[int, Decimal]] = defaultdict(dict)
    percent: defaultdict[int, Decimal] = defaultdict(Decimal)
    rows = ChargeRate.objects.filter(pool_id__in=pool_ids, valid_from__lte=on).exclude(
        valid_before__lte=on
    )
    for row in rows.order_by("valid_from"):
        if row.kind == ChargeKind.STORAGE:
            storage[row.pool_id][row.from_day] = row.price
        elif row.kind in (ChargeKind.INSURANCE, ChargeKind.CAPITAL):
            percent[row.pool_id] += row.price
    return {
        pool_id: Daily(sorted(storage[pool_id].items(), reverse=True), percent[pool_id])
        for pool_id in pool_ids
    }


@dataclass(frozen=True)
class OccupiedRow:
    """A zone: its locations, how many hold something, and the room taken of what there is."""

    warehouse: str
    zone: str
    place: str
    locations: int
    used: int
    taken_cm3: int
    room_cm3: int


def occupancy(operator: Party) -> list[OccupiedRow]:
    """How full each zone of an operator's warehouses is. Two queries."""
    taken: Counter[int] = Counter()
    stowed = Stowage.objects.filter(
        units__gt=0, location__zone__warehouse__pool__operator_id=operator.pk
    ).order_by()
    rows = stowed.values_list("location_id").annotate(
        taken=Sum(F("units") * F("lot__product__volume_cm3"))
    )
    for location_id, cm3 in rows:
        taken[location_id] = int(cm3)
    zones: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    places = Location.objects.filter(zone__warehouse__pool__operator_id=operator.pk)
    for pk, room, *zone in places.order_by("zone__warehouse__code", "zone__code").values_list(
        "pk", "room_cm3", "zone__warehouse__code", "zone__code", "zone__place"
    ):
        zones[tuple(zone)].append((taken[pk], room or 0))  # type: ignore[index]
    return [
        OccupiedRow(
            *zone,
            locations=len(each),
            used=sum(cm3 > 0 for cm3, _ in each),
            taken_cm3=sum(cm3 for cm3, _ in each),
            room_cm3=sum(room for _, room in each),
        )
        for zone, each in zones.items()
    ]


def short_receipts(operator: Party) -> list[ReceiptRow]:
    """Receipts where units were short or damaged, newest first. One query."""
    return [row for row in receipts(operator) if row.short or row.damaged]


def pools_led(operator: Party) -> list[Pool]:
    """The pools that an operator leads, the newest first. One query."""
    return list(Pool.objects.filter(operator_id=operator.pk).order_by("-year", "code"))
