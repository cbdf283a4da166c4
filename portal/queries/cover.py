"""How long an importer's own stock lasts against its own plan, with what is on its way."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from core.models import Party
from imports import queries as imports_queries
from imports.domain.shipping import Arrival, Cover, cover
from warehouse import queries as warehouse_queries


@dataclass(frozen=True)
class CoverRow:
    """A product that the importer plans: stock, what comes when, how long it lasts."""

    product_id: int
    sku: str
    name: str
    name_zh: str
    free_units: int
    coming: tuple[tuple[str, Arrival], ...]
    cover: Cover


def covers(importer: Party, today: date) -> list[CoverRow]:
    """Cover of every planned product, the first to run out first; ten queries at most."""
    free: dict[int, int] = defaultdict(int)
    for row in warehouse_queries.positions(importer):
        free[row.product_id] += row.free_units
    coming = defaultdict(list)
    for one in imports_queries.coming_to(importer):
        coming[one.product_id].append((one.number, one.arrival))
    plans: dict[int, dict[tuple[int, int], int]] = defaultdict(dict)
    named = {}
    for year in (today.year, today.year + 1):
        for plan in imports_queries.plan_of(importer, year):
            named[plan.product_id] = plan
            plans[plan.product_id] |= {(year, n): u for n, u in enumerate(plan.months, start=1)}
    rows = [
        CoverRow(
            product_id=pk,
            sku=plan.sku,
            name=plan.name,
            name_zh=plan.name_zh,
            free_units=free[pk],
            coming=tuple(coming[pk]),
            cover=cover(free[pk], plans[pk], [a for _, a in coming[pk]], today=today),
        )
        for pk, plan in named.items()
    ]
    return sorted(rows, key=lambda row: (row.cover.days, row.sku))
