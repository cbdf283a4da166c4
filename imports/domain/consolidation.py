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
    """A supplier's terms for one product. The price of a tier holds for all units of the line."""

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

    def price_minor(self, units: int) -> int | None:
        """The unit price for a line of so many units; None below the first tier."""
        reached = [tier for tier in self.tiers if tier.from_units <= units]
        return max(reached, key=lambda tier: tier.from_units).price_minor if reached else None

    def in_packs(self, units: int) -> int:
        """The units rounded up to whole packs."""
        return -(-units // self.pack_units) * self.pack_units


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
    units, price = _cheapest(offer, needed)
    received, buffer = _hand_out(asks, units - asked)
    weights = {key: received[key] * asked + buffer * ask.units for key, ask in asks.items()}
    costs = split_in_proportion(units * price, weights)
    return LinePlan(
        offer=offer,
        asks=asks,
        asked_units=asked,
        units=units,
        unit_price_minor=price,
        amount_minor=units * price,
        surplus=_cause(offer, asked, needed, units),
        shares={key: Share(received[key], costs[key]) for key in asks},
        buffer_units=buffer,
    )


def choose_offer(
    offers: Iterable[Offer], asks: Mapping[K, Ask], cny_per: Mapping[str, Decimal]
) -> LinePlan[K]:
    """The plan of the offer that costs least in CNY; equal costs go to the older offer.

    ``cny_per`` gives CNY per minor unit of each currency.
    """
    plans = [plan_line(offer, asks) for offer in offers]
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


def _cheapest(offer: Offer, needed: int) -> tuple[int, int]:
    """Units and unit price: the need, or the start of a higher tier if that costs less."""
    breaks = [offer.in_packs(tier.from_units) for tier in offer.tiers]
    choices = [needed, *(units for units in breaks if units > needed)]
    priced = [
        (units * price, units, price)
        for units in choices
        if (price := offer.price_minor(units)) is not None
    ]
    if not priced:
        raise NoPriceForUnits(offer=offer.offer_id, units=needed)
    _, units, price = min(priced)
    return units, price


def _hand_out(asks: Mapping[K, Ask], surplus: int) -> tuple[dict[K, int], int]:
    """Units per importer, and what is left for the buffer: tolerances take surplus first."""
    tolerances = {key: ask.tolerance_units for key, ask in asks.items()}
    taken = min(surplus, sum(tolerances.values()))
    extra = split_with_caps(taken, tolerances, tolerances)
    return {key: ask.units + extra[key] for key, ask in asks.items()}, surplus - taken


def _cause(offer: Offer, asked: int, needed: int, units: int) -> Surplus:
    if units > needed:
        return Surplus.PRICE_TIER
    if offer.moq_units > asked:
        return Surplus.MINIMUM_ORDER
    return Surplus.PACK if needed > asked else Surplus.NONE
