"""What a pool owes by day, as a scenario plays it again."""

from django.db.models import Min, Sum

from core.models import Pool
from fx_settlement.domain.scenario import Owed
from fx_settlement.models import Obligation


def owed_by_day(pool: Pool) -> list[Owed]:
    """What each importer owes a supplier for one order, from the day it was received. One query.

    Credit notes are taken off; where they leave nothing to pay, there is nothing.
    """
    rows = (
        Obligation.objects.filter(order__round__pool=pool)
        .exclude(state=Obligation.State.CANCELLED)
        .values_list("order_id", "importer_id", "supplier_id", "currency")
        .annotate(on=Min("raised_on"), owed=Sum("amount_minor"))
        .order_by("on", "order_id", "importer_id")
    )
    return [
        Owed(on, importer, supplier, currency, minor)
        for _, importer, supplier, currency, on, minor in rows
        if minor > 0
    ]


def newest_pool_owing() -> Pool | None:
    """The pool whose obligations are the newest; None where nobody owes anything. One query."""
    newest = Obligation.objects.order_by("-raised_on", "-pk").first()
    return newest.order.round.pool if newest else None


def pool_by_code(code: str) -> Pool | None:
    """The pool with a code; None where there is none. One query."""
    return Pool.objects.filter(code=code).first()
