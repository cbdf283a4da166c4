"""Cases of orders that have more in common than personal use explains."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from core import clock, vault
from core.domain.errors import Refusal
from core.models import Party, Pool
from customs import territories
from customs.domain.guard import OPEN
from customs.models import GuardCase, OrderTrace

CASES_ON_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case: what speaks for it, how many orders it has, and what became of it."""

    case_id: int
    pool: str
    said: Refusal | None
    sign: str
    orders: int
    opened_on: date
    state: str


@dataclass(frozen=True, slots=True)
class CaseOrder:
    """One order of a case; people masked."""

    order_id: int
    order_no: str
    importer: str
    ordered_at: datetime
    buyer: str
    consignee: str
    address: str
    phone: str
    goods: str
    goods_minor: int
    state: str


def cases_in_view(party: Party) -> QuerySet[GuardCase]:
    """Cases of the pools that a broker works for or an operator leads."""
    rows = GuardCase.objects.filter(Q(pool__broker=party) | Q(pool__operator=party))
    return rows.select_related("pool", "decided_by", "report")


def cases(party: Party) -> list[CaseRow]:
    """Cases in view, those that wait first, then the newest. One query."""
    rows = cases_in_view(party).annotate(of=Count("orders")).order_by("-opened_on", "-pk")
    found = [
        CaseRow(row.pk, row.pool.code, said(row), row.sign, row.of, row.opened_on, row.state)
        for row in rows[:CASES_ON_A_PAGE]
    ]
    return sorted(found, key=lambda row: row.state != OPEN)


def said(case: GuardCase) -> Refusal | None:
    """What speaks for a case, with the figures of the day on which it was opened."""
    for sign in territories.of(case.pool).signs:
        if sign.code == case.sign:
            return sign.refusal(count=case.count, days=case.days, most=case.most)
    return None


def orders_of(case: GuardCase) -> list[CaseOrder]:
    """Orders of a case, newest first, people masked. Three queries."""
    rows = case.orders.select_related("importer", "buyer", "waybill__consignee", "declaration")
    return [
        CaseOrder(
            order.pk,
            order.order_no,
            order.importer.name,
            order.ordered_at,
            vault.masked(order.buyer).get("name", ""),
            vault.masked(order.waybill.consignee).get("name", ""),
            vault.masked(order.waybill.consignee).get("address", ""),
            vault.masked(order.waybill.consignee).get("phone", ""),
            " · ".join(f"{line.name_zh} × {line.units}" for line in order.declaration.lines.all()),
            order.goods_minor,
            order.declaration.state,
        )
        for order in rows.prefetch_related("declaration__lines").order_by("-pk")
    ]


def pools_in_view(party: Party) -> list[Pool]:
    """Pools whose orders a party looks after. One query."""
    return list(Pool.objects.filter(Q(broker=party) | Q(operator=party)).order_by("pk"))


def pools_with_traces() -> list[Pool]:
    """Pools with orders that a sign may speak of. One query."""
    return list(
        Pool.objects.filter(pk__in=OrderTrace.objects.values("pool").distinct()).order_by("pk")
    )


def signs(party: Party) -> list[tuple[str, Refusal, str]]:
    """The signs in force for a party's pools: code, what each says, and its source. One query."""
    found = {}
    for pool in pools_in_view(party):
        for sign in territories.of(pool).signs:
            if sign.is_in_force(clock.today()):
                found[sign.code] = (sign.code, sign.said(sign.most), sign.source)
    return list(found.values())
