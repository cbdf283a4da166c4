"""What a change of one line does to the pool, shown before it is saved."""

from dataclasses import dataclass, replace
from fractions import Fraction
from importlib import import_module

from core import clock
from core.models import Party
from imports import queries
from imports.domain.consolidation import Ask, NothingAsked
from imports.domain.filling import filling
from imports.domain.purchase import RoundProblem
from imports.domain.round_orders import apart, buy_alone, groups, order_lines
from imports.models import PlanningTerms, Round
from imports.queries import AskRow
from imports.services.filling import line_plans
from imports.services.planning import PlannedRound, by_product, problem_of

SECONDS = 2.0


@dataclass(frozen=True)
class Standing:
    """A product as the pool would buy it: units, and costs in fen for all and for one importer."""

    units: int
    buffer_units: int
    cost_minor: int
    own_minor: int
    missing_units: int

    @property
    def others_minor(self) -> int:
        """What the other importers pay."""
        return self.cost_minor - self.own_minor


@dataclass(frozen=True)
class Effect:
    """A product of a round as things stand, and after a change."""

    before: Standing
    after: Standing

    @property
    def others_save_minor(self) -> int:
        """What the change saves the other importers; negative where it costs them."""
        return self.before.others_minor - self.after.others_minor


def effect_of(
    round_: Round, importer: Party, product_id: int, *, units: int, tolerance_units: int
) -> Effect:
    """What the pool would buy of a product now, and after an importer changed its line.

    With the other products that a supplier's rebate brings together.

    Raises:
        NoOfferInForce: nobody sells the product.
    """
    asked = queries.asks_of(round_)
    changed = AskRow(importer.pk, product_id, units, tolerance_units)
    others = [
        ask for ask in asked if (ask.importer_id, ask.product_id) != (importer.pk, product_id)
    ]
    terms = PlanningTerms.objects.on(round_.pool, clock.today())
    part = Fraction(terms.equal_price_percent, 100)
    now = _standing(asked, importer.pk, product_id, part)
    later = [*others, changed] if units else others
    return Effect(now, _standing(later, importer.pk, product_id, part))


def _standing(
    asked: list[AskRow], importer_id: int, product_id: int, equal_part: Fraction
) -> Standing:
    rows = [ask for ask in asked if ask.product_id == product_id]
    if not rows:
        return Standing(0, 0, 0, 0, 0)
    problem, asks = _with_its_group(asked, product_id)
    alone = buy_alone(problem, asks)
    # named, not imported: scipy takes its time to start, and only planning needs it
    program = import_module("imports.domain.round_program")
    found = program.purchase(problem, SECONDS, others=[apart(alone)])
    lines = order_lines(problem, asks, found.bought, alone, equal_part)
    own = [line for line in lines if line.offer.product_id == product_id]
    plans = line_plans(rows)
    return Standing(
        units=sum(line.units for line in own),
        buffer_units=sum(line.buffer_units for line in own),
        cost_minor=PlannedRound.fen(
            sum(line.amount_minor * problem.grains[line.offer.currency] for line in lines)
        ),
        own_minor=PlannedRound.fen(
            sum(
                line.shares[importer_id].cost_minor * problem.grains[line.offer.currency]
                for line in lines
                if importer_id in line.shares
            )
        ),
        missing_units=max(filling(plan).missing_units for plan in plans),
    )


def _with_its_group(
    asked: list[AskRow], product_id: int
) -> tuple[RoundProblem, dict[int, dict[int, Ask]]]:
    """The program of a product and of those that it is bought together with."""
    offered = queries.offers({ask.product_id for ask in asked}, clock.today())
    sold = [ask for ask in asked if ask.product_id in offered or ask.product_id == product_id]
    asks = by_product(sold)
    if not asks:
        raise NothingAsked
    _, whole = problem_of(asks, clock.today())
    group = groups(whole)
    own = {key: each for key, each in asks.items() if group[key] == group[product_id]}
    wanted = {key: whole.asked[key] for key in own}
    offers = tuple(offer for offer in whole.offers if offer.product_id in own)
    return replace(whole, asked=wanted, offers=offers), own
