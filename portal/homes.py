"""What fills the home page of each role."""

from typing import Any

from django.utils.translation import gettext as _

from core import clock
from core.models import Membership, Party, Role
from core.web import charts, locale
from customs import queries as customs_queries
from fx_settlement import services as settlement
from fx_settlement.domain.statement import Statement
from fx_settlement.words import COMPONENTS
from imports import queries as imports_queries
from portal.queries import books as books_queries
from portal.queries import importer as importer_queries
from portal.queries import operator as operator_queries
from portal.queries.decisions import decisions
from portal.queries.exits import departure_of

SHOWN = 5
"""Rows of a list on a home page; the list's own page has all."""


def context_for(membership: Membership) -> dict[str, Any]:
    """The rows of a member's home page."""
    if membership.role == Role.IMPORTER:
        return _importer(membership.party)
    if membership.role == Role.OPERATOR:
        return _operator(membership.party)
    return _broker(membership.party)


def _importer(me: Party) -> dict[str, Any]:
    plan = importer_queries.plan(me, importer_queries.year_in_view())
    return {
        "plan": plan,
        "plan_chart": _plan_chart(plan) if plan.total_units else "",
        "departure": departure_of(me.pk, seen_by=me),
        "kept": imports_queries.plan_kept(me, clock.today()),
        "stock": importer_queries.stock(me),
        "orders": importer_queries.open_orders(me),
        "consumer_orders": customs_queries.order_figures(me),
        "latest": customs_queries.orders(me)[:SHOWN],
    }


def saving(me: Party) -> dict[str, Any]:
    """The year alone beside pooled. Reckons every consignment anew: about a second."""
    statement = settlement.statement(me, importer_queries.year_in_view())
    if not statement.units:
        return {"statement": None}
    bars = _cost_bars(statement)
    return {
        "statement": statement,
        "cost_chart": _cost_chart(statement, bars),
        "legend": charts.legend(charts.part_names(bars)),
    }


def _plan_chart(plan: importer_queries.Plan) -> str:
    title = _("Plan of {year} by month").format(year=plan.year)
    return charts.grouped_bars(
        title,
        _("Units planned in each month, {units} in the year.").format(
            units=locale.number(plan.total_units)
        ),
        [locale.month_name(month) for month in range(1, 13)],
        [charts.Series(_("Plan"), plan.months)],
        show=locale.number,
    )


def _cost_bars(statement: Statement) -> list[charts.Bar]:
    alone = {str(COMPONENTS[row.component]): row.alone_minor for row in statement.lines}
    pooled = {str(COMPONENTS[row.component]): row.pooled_minor for row in statement.lines}
    return [charts.Bar(_("Alone"), _parts(alone)), charts.Bar(_("Pooled"), _parts(pooled))]


def _cost_chart(statement: Statement, bars: list[charts.Bar]) -> str:
    return charts.stacked_bars(
        _("Cost of {year}, alone and pooled").format(year=statement.year),
        _("Two bars, each the sum of its parts in {currency}.").format(currency=statement.currency),
        bars,
        show=lambda minor: locale.money(minor, statement.currency),
    )


def _parts(amounts: dict[str, int]) -> dict[str, int]:
    return {name: minor for name, minor in amounts.items() if minor}


def _operator(me: Party) -> dict[str, Any]:
    pool = operator_queries.pool_in_view(me)
    return {
        "pool": pool,
        "figures": operator_queries.figures(pool) if pool else None,
        "decisions": decisions(me),
        "check": books_queries.last_check(),
    }


def _broker(me: Party) -> dict[str, Any]:
    batches = customs_queries.batches(me)
    waiting = customs_queries.waiting(me)
    return {
        "batches": batches[: 2 * SHOWN],
        "waiting": waiting,
        "to_declare": sum(row.orders for row in waiting),
        "with_customs": sum(row.waiting for row in batches),
        "released": sum(row.released for row in batches),
        "refused": sum(row.refused for row in batches),
    }
