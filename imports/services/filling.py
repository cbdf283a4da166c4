"""What an open round still misses, and who could top up."""

from dataclasses import dataclass

from core import clock, rates
from core.domain.trade import minor_units
from imports import queries
from imports.domain.consolidation import choose_offer
from imports.domain.filling import Filling, TopUp, filling
from imports.models import Round
from imports.services.planning import by_product


@dataclass(frozen=True)
class FillRow:
    """A product of an open round, what is missing, and who could top up by how much."""

    sku: str
    name: str
    name_zh: str
    filling: Filling[int]
    top_ups: tuple[tuple[str, TopUp[int]], ...]


def fill_of(round_: Round) -> list[FillRow]:
    """What is missing to the next pack and price tier of each product of an open round.

    As each product would be bought today by itself; those without an offer are left out. By SKU.
    """
    asked = queries.asks_of(round_)
    offered = queries.offers({ask.product_id for ask in asked}, clock.today())
    asks = by_product(ask for ask in asked if ask.product_id in offered)
    offers = [offer for own in offered.values() for offer in own]
    cny_per = {
        currency: rates.mid(currency, "CNY", clock.today()).rate.scaleb(-minor_units(currency))
        for currency in sorted({offer.currency for offer in offers})
    }
    plans = [choose_offer(offered[product], own, cny_per) for product, own in asks.items()]
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
    return sorted(rows, key=lambda row: row.sku)
