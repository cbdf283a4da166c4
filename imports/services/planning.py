"""A round planned: forecasts and offers become a program, and its solution everybody's shares."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from typing import Any

from core import clock, rates
from core.domain.trade import minor_units, round_half_up
from imports import queries
from imports.domain.consolidation import Ask, NoOfferInForce, NothingAsked, Offer
from imports.domain.purchase import (
    GRAINS_PER_FEN,
    BuyUp,
    Container,
    RoundProblem,
    SupplierTerms,
    buy_ups,
)
from imports.domain.round_orders import (
    Alone,
    OrderLine,
    apart,
    buy_alone,
    is_dearer_than_alone,
    order_lines,
)
from imports.domain.tariffs import Case
from imports.models import PlanningTerms, Product, Round
from imports.queries import AskRow

BUDGET_SECONDS = 8.0
"""What the purchase of a round may take while its operator waits."""

Asks = dict[int, dict[int, Ask]]


@dataclass(frozen=True)
class PlannedRound:
    """A round as it would be bought, with everything that is kept of it."""

    asked: Sequence[AskRow]
    problem: RoundProblem
    lines: list[OrderLine[int]]
    alone: Alone[int]
    buy_ups: list[BuyUp]
    figures: dict[str, Any]

    def is_current(self, round_: Round) -> bool:
        """Whether importers still ask for what was planned."""
        return queries.asks_of(round_) == self.asked

    @staticmethod
    def fen(grains: int) -> int:
        """Grains in fen, half up."""
        return round_half_up(Fraction(grains, GRAINS_PER_FEN))

    def importer_shares(self) -> Iterator[tuple[int, int, int, list[dict[str, int]]]]:
        """Importer, cost and cost alone in fen, and what it would buy alone of each product.

        A cost that rounding lifts above the cost alone is what alone costs.
        """
        costs: dict[int, int] = defaultdict(int)
        alone: dict[int, int] = defaultdict(int)
        for line in self.lines:
            for importer, held in line.shares.items():
                costs[importer] += held.cost_minor * self.problem.grains[line.offer.currency]
        lines: dict[int, list[dict[str, int]]] = defaultdict(list)
        for (product, importer), grains in self.alone.costs.items():
            alone[importer] += grains
            for offer_id, units in self.alone.bought[product, importer].items():
                bought = {"product": product, "offer": offer_id, "units": units}
                lines[importer].append({**bought, "cost": self.fen(grains)})
        for importer, grains in sorted(costs.items()):
            cost = self.fen(grains)
            yield importer, cost, max(cost, self.fen(alone[importer])), lines[importer]


def plan_purchase(
    round_: Round,
    *,
    seconds: float = BUDGET_SECONDS,
    told: Callable[[int, int], None] | None = None,
) -> PlannedRound:
    """How a round would be bought today: the cheapest purchase found, its bound, and all shares.

    ``told`` hears how many groups of products are planned, of how many.

    Raises:
        NothingAsked: nobody plans anything in these months.
        NoOfferInForce, CapacityTooLow: a product that is planned cannot be had.
    """
    day, started = clock.today(), time.monotonic()
    asked = queries.asks_of(round_)
    if not asked:
        raise NothingAsked
    terms = PlanningTerms.objects.on(round_.pool, day)
    asks = by_product(asked)
    mids, problem = problem_of(asks, day, has_containers=terms.plans_containers)
    alone = buy_alone(problem, asks)
    # named, not imported: scipy takes its time to start, and only planning needs it
    program = import_module("imports.domain.round_program")
    found = program.purchase(problem, seconds, others=[apart(alone)], told=told)
    if is_dearer_than_alone(problem, found.bought, alone):
        problem = problem.asking(problem.asked)
        found = program.purchase(problem, seconds, others=[apart(alone)], told=told)
    equal_part = Fraction(terms.equal_price_percent, 100)
    lines = order_lines(problem, asks, found.bought, alone, equal_part)
    figures = {
        "planned_on": day,
        "cost_cny_minor": PlannedRound.fen(found.cost),
        "bound_cny_minor": PlannedRound.fen(found.bound),
        "greedy_cny_minor": None if found.greedy is None else PlannedRound.fen(found.greedy),
        "alone_cny_minor": PlannedRound.fen(sum(alone.costs.values())),
        "equal_price_percent": terms.equal_price_percent,
        "rates": {key: [str(mid.rate), mid.on.isoformat()] for key, mid in mids.items()},
        "milliseconds": int((time.monotonic() - started) * 1000),
    }
    needed = {line.offer.offer_id: line.asked_units for line in lines}
    tried = buy_ups(problem, found.bought, needed)
    return PlannedRound(asked, problem, lines, alone, tried, figures)


def by_product(asked: Iterable[AskRow]) -> Asks:
    """What is asked by product and importer, products in order."""
    found: dict[int, dict[int, Ask]] = defaultdict(dict)
    for ask in asked:
        found[ask.product_id][ask.importer_id] = Ask(ask.units, ask.tolerance_units)
    return dict(sorted(found.items()))


def problem_of(
    asks: Mapping[int, Mapping[int, Ask]], on: date, *, has_containers: bool = False
) -> tuple[dict[str, rates.Mid], RoundProblem]:
    """The program of a round on a day, and the mids that make its currencies one.

    Raises:
        NoOfferInForce: a product that is planned has no supplier.
    """
    offered = queries.offers(asks, on)
    for product in sorted(set(asks) - set(offered)):
        sku = Product.objects.values_list("sku", flat=True).get(pk=product)
        raise NoOfferInForce(sku=sku, on=on)
    offers = tuple(offer for own in offered.values() for offer in own)
    mids = {
        currency: rates.mid(currency, "CNY", on)
        for currency in sorted({offer.currency for offer in offers})
    }
    problem = RoundProblem(
        asked={product: sum(ask.units for ask in own.values()) for product, own in asks.items()},
        offers=offers,
        grains={currency: grains_of(mid) for currency, mid in mids.items()},
        terms=_terms(offers, on, has_containers=has_containers),
        sizes=queries.sizes(asks),
    )
    return mids, problem


def grains_of(mid: rates.Mid) -> int:
    """Grains of CNY of one minor unit of a currency."""
    per_minor = mid.rate.scaleb(2 - minor_units(mid.base)) * GRAINS_PER_FEN
    return round_half_up(per_minor)


def _terms(offers: Sequence[Offer], on: date, *, has_containers: bool) -> dict[int, SupplierTerms]:
    suppliers = {offer.supplier_id: offer.origin_port for offer in offers}
    rebates = queries.rebates(suppliers, on)
    boxes = _containers(suppliers, on) if has_containers else {}
    return {
        supplier: SupplierTerms(rebates.get(supplier, ()), boxes.get(supplier))
        for supplier in suppliers
        if supplier in rebates or supplier in boxes
    }


def _containers(suppliers: Mapping[int, str], on: date) -> dict[int, Container]:
    """What a full container from each supplier's port holds and costs at the tariffs on record."""
    by_port = {port: _container(port, on) for port in sorted(set(suppliers.values()))}
    return {supplier: by_port[port] for supplier, port in suppliers.items()}


def _container(port: str, on: date) -> Container:
    terms = queries.terms(port, on)
    row = terms.book[terms.lane.fcl]
    fen = row.price_at(Case.LIKELY) * terms.rate(row.currency) * 100
    return Container(
        volume_cm3=int(terms.book["CAP_40HC"].price_at(Case.LIKELY) * Decimal(1_000_000)),
        weight_g=int(terms.book["CAP_40HC_KG"].price_at(Case.LIKELY) * 1000),
        cost=round_half_up(fen * GRAINS_PER_FEN),
    )
