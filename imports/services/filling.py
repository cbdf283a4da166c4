"""What an open round still misses, and who could top up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core import clock, rates
from core.domain.trade import minor_units
from core.models import Party
from imports import queries
from imports.domain.consolidation import LinePlan, choose_offer
from imports.domain.costs import CARRIAGE, Mode, Terms, cheapest
from imports.domain.filling import ContainerFill, Filling, TopUp, container_fill, filling
from imports.domain.freight import Load
from imports.domain.lanes import NoLane
from imports.domain.tariffs import Case, TariffMissing
from imports.models import Round
from imports.queries import AskRow
from imports.services.planning import by_product


@dataclass(frozen=True)
class FillRow:
    """A product of an open round, what is missing, and who could top up by how much."""

    sku: str
    name: str
    name_zh: str
    filling: Filling[int]
    top_ups: tuple[tuple[str, TopUp[int]], ...]

    @property
    def takers(self) -> list[tuple[str, TopUp[int]]]:
        """Who could take more within its tolerance."""
        return [(name, one) for name, one in self.top_ups if one.open_units]

    @property
    def open_units(self) -> int:
        """Units that importers could still take within their tolerances."""
        return sum(one.open_units for _, one in self.top_ups)

    @property
    def is_within_reach(self) -> bool:
        """Whether open tolerances are enough for the next tier, or for what nobody takes yet."""
        missing = self.filling.tier_missing_units or self.filling.pack_missing_units
        return bool(missing) and self.open_units >= missing


@dataclass(frozen=True)
class ContainerRow:
    """A supplier's containers of an open round, and who would gain by filling them."""

    supplier: str
    fill: ContainerFill[int]
    gains: tuple[tuple[str, int], ...]

    @property
    def free_m3(self) -> Decimal:
        """Room that is left, in cubic metres."""
        return (Decimal(self.fill.free_cm3) / 1_000_000).quantize(Decimal("0.1"))


def fill_of(round_: Round) -> list[FillRow]:
    """What is missing to the next pack and price tier of each product of an open round.

    As each product would be bought today by itself; those without an offer are left out. What is
    within reach of open tolerances comes first, then by SKU.
    """
    return _rows(line_plans(queries.asks_of(round_)))


def _rows(plans: Sequence[LinePlan[int]]) -> list[FillRow]:
    fillings = [filling(plan) for plan in plans]
    names = queries.names_of(
        {plan.offer.product_id for plan in plans}, {key for plan in plans for key in plan.asks}
    )
    rows = [
        FillRow(
            *names.products[each.plan.offer.product_id],
            filling=each,
            top_ups=tuple((names.parties[one.importer], one) for one in each.top_ups),
        )
        for each in fillings
    ]
    return sorted(rows, key=lambda row: (not row.is_within_reach, row.sku))


def line_plans(asked: Iterable[AskRow]) -> list[LinePlan[int]]:
    """How each product would be bought today by itself, those with an offer, by product."""
    rows, today = list(asked), clock.today()
    offered = queries.offers({ask.product_id for ask in rows}, today)
    asks = by_product(ask for ask in rows if ask.product_id in offered)
    offers = [offer for own in offered.values() for offer in own]
    cny_per = {
        currency: rates.mid(currency, "CNY", today).rate.scaleb(-minor_units(currency))
        for currency in sorted({offer.currency for offer in offers})
    }
    return [choose_offer(offered[product], own, cny_per) for product, own in asks.items()]


def missing_units(round_: Round, product_id: int) -> int:
    """Units of a product that somebody could take to bring its line nearer to a pack or tier."""
    asked = [ask for ask in queries.asks_of(round_) if ask.product_id == product_id]
    return max((filling(plan).missing_units for plan in line_plans(asked)), default=0)


def containers_of(round_: Round) -> list[ContainerRow]:
    """The containers that an open round would fill, of suppliers whose goods travel in full ones.

    At the tariffs on record and the rates of today; empty where a lane has none.
    """
    plans = line_plans(queries.asks_of(round_))
    by_supplier: dict[tuple[int, str], list[LinePlan[int]]] = defaultdict(list)
    for plan in plans:
        by_supplier[plan.offer.supplier_id, plan.offer.origin_port].append(plan)
    fills = [_fill(key, own) for key, own in sorted(by_supplier.items())]
    found = [each for each in fills if each]
    names = queries.names_of(
        (), {each.supplier_id for each in found} | {key for each in found for key in each.gains}
    ).parties
    return [
        ContainerRow(
            names[each.supplier_id],
            each,
            tuple((names[key], gain) for key, gain in _most_first(each.gains)),
        )
        for each in found
    ]


def _most_first(gains: Mapping[int, int]) -> list[tuple[int, int]]:
    return sorted(gains.items(), key=lambda each: (-each[1], each[0]))


def _fill(key: tuple[int, str], plans: Sequence[LinePlan[int]]) -> ContainerFill[int] | None:
    """How full a supplier's containers would be; None where goods travel in another way."""
    supplier, port = key
    try:
        terms = queries.terms(port, clock.today())
    except (TariffMissing, NoLane, rates.RateTooOld):
        return None
    sizes = queries.sizes(plan.offer.product_id for plan in plans)
    volumes: dict[int, int] = defaultdict(int)
    weight = 0
    for plan in plans:
        size = sizes[plan.offer.product_id]
        weight += plan.units * size.weight_g
        for importer, share in plan.shares.items():
            volumes[importer] += share.units * size.volume_cm3
    load = Load(Decimal(sum(volumes.values())) / 1_000_000, Decimal(weight) / 1_000)
    return _in_containers(supplier, volumes, load, terms)


def _in_containers(
    supplier: int, volumes: dict[int, int], load: Load, terms: Terms
) -> ContainerFill[int] | None:
    bill = cheapest(load, terms, modes=(Mode.FCL, Mode.LCL, Mode.AIR))
    if bill.mode is not Mode.FCL:
        return None
    return container_fill(
        supplier,
        volumes,
        containers=bill.containers,
        capacity_cm3=int(terms.book["CAP_40HC"].price_at(Case.LIKELY) * 1_000_000),
        carriage_minor=bill.minor(*CARRIAGE),
    )


def own_fillings(round_: Round, importer: Party) -> dict[int, tuple[Filling[int], int]]:
    """What the pool misses of each product that an importer asks for, and its own gain.

    The gain is in minor units of the offer, once the next tier is reached. Empty while there is
    no rate of today by which offers could be compared.
    """
    found: dict[int, tuple[Filling[int], int]] = {}
    try:
        plans = line_plans(queries.asks_of(round_))
    except rates.RateTooOld:
        return found
    for plan in plans:
        if importer.pk in plan.asks:
            made = filling(plan)
            gains = {each.importer: each.gain_minor for each in made.top_ups}
            found[plan.offer.product_id] = made, gains.get(importer.pk, 0)
    return found
