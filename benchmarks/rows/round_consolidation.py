"""A round of many importers bought, shared among them, and beside everybody's cost alone."""

import random
from collections import defaultdict
from fractions import Fraction

from benchmarks.ways import Way, Ways
from core.domain.shares import split_in_proportion
from imports.domain.consolidation import Ask, Offer, Tier, plan_line
from imports.domain.purchase import RoundProblem
from imports.domain.round_orders import OrderLine, apart, buy_alone, order_lines
from imports.domain.round_program import Purchase, purchase

LINES_PER_IMPORTER = 40
MOST_PRODUCTS = 2_000
SUPPLIERS = 20
GRAINS = 7_000_000
PLAIN = 20_000
SECONDS = 60.0

Asks = dict[int, dict[int, Ask]]


def offers(products: int) -> list[Offer]:
    """One offer of every product, two of every fourth: packs, minimum orders, three tiers."""
    draw, made = random.Random(3), []  # noqa: S311  sizes, not secrets
    for product in range(products):
        for number in range(2 if product % 4 == 0 else 1):
            price, start = draw.randrange(300, 9_000), draw.randrange(50, 5_000)
            tiers = (
                Tier(1, price),
                Tier(start, price * 93 // 100),
                Tier(start * 4, price * 9 // 10),
            )
            made.append(
                Offer(
                    offer_id=len(made) + 1,
                    supplier_id=(product + 7 * number) % SUPPLIERS,
                    product_id=product,
                    currency="USD",
                    incoterm="FOB",
                    moq_units=draw.choice((1, 12, 120)),
                    pack_units=draw.choice((1, 6, 12, 24)),
                    tiers=tiers,
                )
            )
    return made


def asked(lines: int) -> Asks:
    """What importers ask for, by product: forty products each, few units of most."""
    draw = random.Random(5)  # noqa: S311
    importers = max(2, lines // LINES_PER_IMPORTER)
    products = max(LINES_PER_IMPORTER, min(MOST_PRODUCTS, lines // 100))
    found: Asks = defaultdict(dict)
    for importer in range(importers):
        for product in draw.sample(range(products), LINES_PER_IMPORTER):
            units = 1 + int(draw.paretovariate(1.2)) % 400
            found[product][importer] = Ask(units, units // 10)
    return dict(sorted(found.items()))


def problem_of(asks: Asks) -> RoundProblem:
    """The program of a round; every currency is the dollar."""
    known = [offer for offer in offers(max(asks) + 1) if offer.product_id in asks]
    sums = {product: sum(ask.units for ask in own.values()) for product, own in asks.items()}
    return RoundProblem(asked=sums, offers=tuple(known), grains={"USD": GRAINS})


def consolidate(asks: Asks) -> tuple[Purchase, list[OrderLine[int]]]:
    """The purchase with its bound, and every line with everybody's units and cost."""
    problem = problem_of(asks)
    alone = buy_alone(problem, asks)
    found = purchase(problem, SECONDS, others=[apart(alone)])
    return found, order_lines(problem, asks, found.bought, alone, Fraction(1, 2))


def plain_consolidate(asks: Asks) -> list[tuple[int, dict[int, int]]]:
    """Each product at its cheapest offer, its amount split by the units asked; nobody's alone."""
    by_product: dict[int, list[Offer]] = defaultdict(list)
    for offer in offers(max(asks) + 1):
        by_product[offer.product_id].append(offer)
    made = []
    for product, own in asks.items():
        plans = [plan_line(offer, own) for offer in by_product[product]]
        best = min(plans, key=lambda plan: plan.amount_minor)
        weights = {importer: ask.units for importer, ask in own.items()}
        made.append((best.amount_minor, split_in_proportion(best.amount_minor, weights)))
    return made


def ways(size: int) -> Ways:
    """The same asks, the plain way at fewer of them."""
    asks, few = asked(size), asked(min(size, PLAIN))

    def ours() -> dict[str, float]:
        found, lines = consolidate(asks)
        buffer = sum(line.buffer_units for line in lines)
        return {"gap": (found.cost - found.bound) / found.cost, "buffer_units": float(buffer)}

    def plain() -> None:
        plain_consolidate(few)

    def limit() -> None:
        for own in asks.values():
            total = sum(ask.units for ask in own.values())
            _ = [total * ask.units // total for ask in own.values()]

    return {
        "ours": Way(ours, _lines(asks)),
        "plain": Way(plain, _lines(few)),
        "limit": Way(limit, _lines(asks)),
    }


def _lines(asks: Asks) -> int:
    return sum(len(own) for own in asks.values())
