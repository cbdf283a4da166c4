"""The counterfactual: what an importer would have paid for the same units without the pool."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

from core.domain.chart import TransferCode
from fx_settlement.domain.conversion import converted_minor
from fx_settlement.domain.fees import Fee
from fx_settlement.domain.statement import Component
from imports.domain.consolidation import Ask, Offer, plan_line
from imports.domain.costs import Bill, Terms, cheapest
from imports.domain.freight import EMPTY, Load
from imports.domain.tariffs import RowUsed

CM3_PER_M3 = Decimal(1_000_000)
G_PER_KG = Decimal(1_000)

CARRIED = {
    TransferCode.FREIGHT: Component.FREIGHT,
    TransferCode.INSURANCE: Component.INSURANCE,
    TransferCode.HANDLING: Component.HANDLING,
    TransferCode.AGENCY: Component.AGENCY,
}
"""Charges of a bill by the line of the statement that they stand on."""


@dataclass(frozen=True)
class Want:
    """Units of one product that the importer had from one pooled order, and what one unit is."""

    product: int
    units: int
    offer: Offer
    pool_price_minor: int
    volume_cm3: int
    gross_weight_g: int


@dataclass(frozen=True)
class OwnOrder:
    """An importer's part of one pooled order, with the rate and bank charges of that time.

    Both rates are those of the pool's own conversion: the rate is no reason to be cheaper alone
    or pooled.
    """

    currency: str
    mid: Decimal
    all_in: Decimal
    wire: Fee
    wants: tuple[Want, ...]


@dataclass(frozen=True)
class Sailing:
    """The importer's orders that the pool shipped together, and on what terms."""

    orders: tuple[OwnOrder, ...]
    terms: Terms


@dataclass
class Alone:
    """What a year alone adds up to, in fen; every figure is the sum over the sailings."""

    minor: Counter[Component] = field(default_factory=Counter)
    low_minor: int = 0
    high_minor: int = 0
    minimums_minor: int = 0
    price_tiers_minor: int = 0
    left_over_minor: int = 0
    rows: list[RowUsed] = field(default_factory=list)

    @property
    def total_minor(self) -> int:
        """The whole year."""
        return sum(self.minor.values())


@dataclass(frozen=True)
class _Left:
    """Units of a product still on the shelf, and what one of them cost in fen."""

    units: int
    order: OwnOrder
    price_minor: int

    def value_minor(self) -> int:
        return _fen(self.units * self.price_minor, self.order)


def year_alone(sailings: Iterable[Sailing]) -> Alone:
    """The same units in the same months, bought, shipped and paid by the importer itself.

    Sailings in the order of their departure. Each purchase is in whole packs, at least the
    supplier's minimum, at the tier that it reaches; units beyond the need serve the next need, so
    that an order which the shelf covers is not placed at all. What is left at the end of the year
    counts into the goods; at the low end of the range it is taken as sold on at its price.
    """
    year, shelf = Alone(), dict[int, _Left]()
    for sailing in sailings:
        load = EMPTY
        for order in sailing.orders:
            load += _buy(year, shelf, order)
        if load.weight_kg and load.volume_m3:
            _ship(year, cheapest(load, sailing.terms))
    year.left_over_minor = sum(left.value_minor() for left in shelf.values())
    year.low_minor += year.total_minor - year.left_over_minor
    year.high_minor += year.total_minor
    return year


def _buy(year: Alone, shelf: dict[int, _Left], order: OwnOrder) -> Load:
    """Buy and pay what the shelf does not hold; the load of what was bought."""
    bought = {want.product: _restock(shelf, want, order) for want in order.wants}
    year.price_tiers_minor += _tiers(shelf, order)
    paid = sum(units * shelf[product].price_minor for product, units in bought.items())
    if not paid:
        return EMPTY
    sizes = {want.product: (want.volume_cm3, want.gross_weight_g) for want in order.wants}
    return _load(bought, sizes, _pay(year, order, paid))


def _restock(shelf: dict[int, _Left], want: Want, order: OwnOrder) -> int:
    """Serve a need from the shelf and buy the rest; units bought, the shelf brought up to date."""
    left = shelf.get(want.product)
    on_shelf = left.units if left else 0
    if left and on_shelf >= want.units:
        shelf[want.product] = _Left(on_shelf - want.units, left.order, left.price_minor)
        return 0
    plan = plan_line(want.offer, {want.product: Ask(want.units - on_shelf)})
    units = on_shelf + plan.units - want.units
    shelf[want.product] = _Left(units, order, plan.unit_price_minor)
    return plan.units


def _tiers(shelf: Mapping[int, _Left], order: OwnOrder) -> int:
    """The wanted units at the tier reached alone, less the same units at the pool's."""
    dearer = (
        want.units * (shelf[want.product].price_minor - want.pool_price_minor)
        for want in order.wants
    )
    return _fen(sum(dearer), order)


def _pay(year: Alone, order: OwnOrder, paid_minor: int) -> int:
    """Convert and wire one order alone; the goods at the mid rate."""
    goods = _fen(paid_minor, order)
    cost = converted_minor(paid_minor, base=order.currency, quote="CNY", rate=order.all_in)
    year.minor[Component.GOODS] += goods
    year.minor[Component.CURRENCY] += cost - goods + order.wire.of(cost)
    year.minimums_minor += order.wire.minimum_excess(cost)
    return goods


def _ship(year: Alone, bill: Bill) -> None:
    for code, component in CARRIED.items():
        year.minor[component] += bill.minor(code)
    year.minimums_minor += bill.minimums_minor + bill.fixed_minor
    year.low_minor += bill.low_minor - bill.total_minor
    year.high_minor += bill.high_minor - bill.total_minor
    year.rows.extend(bill.rows)


def _load(bought: Mapping[int, int], sizes: Mapping[int, tuple[int, int]], goods: int) -> Load:
    volume = sum(units * sizes[product][0] for product, units in bought.items())
    weight = sum(units * sizes[product][1] for product, units in bought.items())
    return Load(volume / CM3_PER_M3, weight / G_PER_KG, goods)


def _fen(minor: int, order: OwnOrder) -> int:
    return converted_minor(minor, base=order.currency, quote="CNY", rate=order.mid)


def own_part_minor(whole_minor: int, *, share: int, of: int) -> int:
    """An importer's part of something paid in the pool, in proportion to its charges; upwards."""
    if not of:
        return 0
    return int((Decimal(whole_minor) * share / of).to_integral_value(rounding=ROUND_CEILING))
