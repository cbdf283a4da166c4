"""What fills the home page of each role."""

from typing import Any

from core.models import Membership, Role
from portal.queries import books as books_queries
from portal.queries import importer as importer_queries
from portal.queries import operator as operator_queries


def context_for(membership: Membership) -> dict[str, Any]:
    """The rows of a member's home page."""
    if membership.role == Role.IMPORTER:
        return _importer(membership)
    if membership.role == Role.OPERATOR:
        return _operator()
    return {}


def _importer(membership: Membership) -> dict[str, Any]:
    me = membership.party
    plan = importer_queries.plan(me, importer_queries.year_in_view())
    return {
        "plan": plan,
        "months": [{"number": n, "units": u} for n, u in enumerate(plan.months, start=1)],
        "peak": max(plan.months) or 1,
        "stock": importer_queries.stock(me),
        "orders": importer_queries.open_orders(me),
    }


def _operator() -> dict[str, Any]:
    pool = operator_queries.pool_in_view()
    return {
        "pool": pool,
        "figures": operator_queries.figures(pool) if pool else None,
        "decisions": operator_queries.decisions(pool) if pool else [],
        "check": books_queries.last_check(),
    }
