"""One round's purchase: packs, minimum orders, price tiers, and everybody's exact share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic

from core.domain.errors import Refusal
from core.domain.shares import K, split_in_proportion, split_with_caps


class NothingAsked(Refusal):
    """Raised when a purchase is planned for which nobody asked."""

    code = "nothing-asked"
    reason = "Nobody asked for units in the months of this round."
    remedy = "Upload forecasts for these months, or choose other months."


class NoPriceForUnits(Refusal):
    """Raised when an offer has no price tier at all."""

    code = "no-price-for-units"
    reason = "Offer {offer} has no price for {units} units."
    remedy = "Add a price tier to the supplier's offer."


class NoOfferInForce(Refusal):
    """Raised when no supplier offers a product that importers asked for."""

    code = "no-offer-in-force"
    reason = "No supplier's offer for product {sku} is in force on {on}."
    remedy = "Record an offer with its prices, or ask the importers to take {sku} out of the plan."


class Surplus(StrEnum):
    """Why more is bought than was asked for."""

    NONE = "none"
    PACK = "pack"
    MINIMUM_ORDER = "minimum_order"
    PRICE_TIER = "price_tier"
    SUPPLIER_TIER = "supplier_tier"


@dataclass(frozen=True)
class Ask:
    """Units that an importer asked for, and further units that it would accept."""

    units: int
    tolerance_units: int = 0


@dataclass(frozen=True)
class Tier:
    """A unit price, in minor units of the offer's currency, from so many units on."""

    from_units: int
    price_minor: int


@dataclass(frozen=True)
class Offer:
    """A supplier's terms for one product.

    The price of a tier holds for all units of the line; with ``is_incremental`` only for the units
    beyond its start: C(Q) = C(b) + p (Q - b). ``pack_units`` is what one orders in: packs, or
    whole pallets.
    """

    offer_id: int
    supplier_id: int
    product_id: int
    currency: str
    incoterm: str
    moq_units: int
    pack_units: int
    tiers: tuple[Tier, ...]
    lead_time_days: int = 0
    origin_port: str = ""
    is_incremental: bool = False
    capacity_units: int | None = None

    def price_minor(self, units: int) -> int | None:
        """The unit price for a line of so many units; None below the first tier."""
        reached = [tier for tier in self.tiers if tier.from_units <= units]
        return max(reached, key=lambda tier: tier.from_units).price_minor if reached else None

    def in_packs(self, units: int) -> int:
        """The units rounded up to whole packs."""
        return -(-units // self.pack_units) * self.pack_units

    def amount_minor(self, units: int) -> int | None:
        """What a line of so many units costs; None below the first tier or above the capacity."""
        price = self.price_minor(units)
        is_too_much = self.capacity_units is not None and units > self.capacity_units
        if price is None or is_too_much:
            return None
        if not self.is_incremental:
            return units * price
        starts = [0, *(tier.from_units for tier in self.tiers[1:])]
        spans = zip(self.tiers, starts, [*starts[1:], units], strict=True)
        return sum(tier.price_minor * max(0, min(end, units) - start) for tier, start, end in spans)

    def least_units(self, units: int) -> int:
        """The fewest units that may be bought to cover ``units``: packs, minimum, first tier."""
        first = min((tier.from_units for tier in self.tiers), default=0)
        return self.in_packs(max(units, self.moq_units, first))

    def cheapest(self, units: int) -> tuple[int, int] | None:
        """Amount and units of the cheapest line that covers ``units``; None where none is sold."""
        least = self.least_units(units)
        breaks = [self.in_packs(tier.from_units) for tier in self.tiers]
        choices = [least, *(each for each in breaks if each > least)]
        priced = [
            (amount, each) for each in choices if (amount := self.amount_minor(each)) is not None
        ]
        return min(priced, default=None)


@dataclass(frozen=True)
class Share:
    """An importer's part of an order line."""

    units: int
    cost_minor: int


@dataclass(frozen=True)
class LinePlan(Generic[K]):
    """What is bought of one offer, and whose it is.

    ``buffer_units`` belong to the operator and cost it nothing: the importers bear them in
    proportion to what they asked, and the operator credits their later sale.
    """

    offer: Offer
    asks: Mapping[K, Ask]
    asked_units: int
    units: int
    unit_price_minor: int
    """The amount by its units, rounded down."""
    amount_minor: int
    surplus: Surplus
    shares: Mapping[K, Share]
    buffer_units: int

    @property
    def surplus_units(self) -> int:
        """Units bought beyond what was asked, whoever takes them."""
        return self.units - self.asked_units


def plan_line(offer: Offer, asks: Mapping[K, Ask]) -> LinePlan[K]:
    """The cheapest purchase of an offer that gives everybody at least what they asked.

    Units are whole packs and no fewer than the minimum order. When the next price tier makes
    the whole line cheaper, it is bought up to. With a single importer this is the purchase alone.

    Raises:
        NothingAsked: nobody asked for a unit.
        NoPriceForUnits: the offer has no price tiers.
    """
    asked = sum(ask.units for ask in asks.values())
    if not asked:
        raise NothingAsked
    needed = offer.in_packs(max(asked, offer.moq_units))
    found = offer.cheapest(asked)
    if found is None:
        raise NoPriceForUnits(offer=offer.offer_id, units=needed)
    amount, units = found
    received, buffer = hand_out(asks, units - asked)
    weights = {key: received[key] * asked + buffer * ask.units for key, ask in asks.items()}
    costs = split_in_proportion(amount, weights)
    return LinePlan(
        offer=offer,
        asks=asks,
        asked_units=asked,
        units=units,
        unit_price_minor=amount // units,
        amount_minor=amount,
        surplus=cause(offer, asked, needed, units),
        shares={key: Share(received[key], costs[key]) for key in asks},
        buffer_units=buffer,
    )


def choose_offer(
    offers: Iterable[Offer], asks: Mapping[K, Ask], cny_per: Mapping[str, Decimal]
) -> LinePlan[K]:
    """The plan of the offer that costs least in CNY; equal costs go to the older offer.

    ``cny_per`` gives CNY per minor unit of each currency.
    """
    asked = sum(ask.units for ask in asks.values())
    found = list(offers)
    able = [offer for offer in found if offer.cheapest(asked) is not None]
    plans = [plan_line(offer, asks) for offer in able or found[:1]]
    return min(
        plans,
        key=lambda plan: (
            plan.amount_minor * cny_per[plan.offer.currency],
            plan.offer.offer_id,
        ),
    )


def asked_units(months: Mapping[date, int], *, first: date, last: date) -> int:
    """Units forecast for the months from ``first`` to ``last``, both included."""
    return sum(units for month, units in months.items() if first <= month <= last)


def hand_out(asks: Mapping[K, Ask], surplus: int) -> tuple[dict[K, int], int]:
    """Units per importer, and what is left for the buffer: tolerances take surplus first."""
    tolerances = {key: ask.tolerance_units for key, ask in asks.items()}
    taken = min(surplus, sum(tolerances.values()))
    extra = split_with_caps(taken, tolerances, tolerances)
    return {key: ask.units + extra[key] for key, ask in asks.items()}, surplus - taken


def cause(offer: Offer, asked: int, needed: int, units: int) -> Surplus:
    """Why more is bought of an offer than was asked of it."""
    if units > needed:
        return Surplus.PRICE_TIER
    if offer.moq_units > asked:
        return Surplus.MINIMUM_ORDER
    return Surplus.PACK if needed > asked else Surplus.NONE
