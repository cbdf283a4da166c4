"""Orders that have more in common than personal use explains: traced, found, judged, reported."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from core import clock, documents, facts, keys, sheets, tenancy, vault
from core.domain.errors import Refusal
from core.domain.trade import from_minor
from core.models import Document, Party, Person, Pool
from customs import territories
from customs.domain.guard import (
    CASE_STEPS,
    DISMISS,
    OPEN,
    REPORT,
    Counted,
    Sign,
    plain_address,
    plain_phone,
)
from customs.models import ConsumerOrder, Declaration, GuardCase, OrderTrace
from customs.services.intake import Parcel

KEPT_FOR = timedelta(days=400)
"""Traces are of no use to any sign after that, and are dropped."""

MOST_ORDERS = 500
"""Orders named by one case; a case that has more names the newest."""

NEAR_LIMIT_PERCENT = 90
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReasonForDecisionMissing(Refusal):
    """Raised when a case is decided without a word."""

    code = "reason-for-decision-missing"
    reason = "The case was decided without a reason."
    remedy = "Write in a few words what was found out."


def digest(kind: str, text: str) -> bytes:
    """The keyed hash by which something that orders have in common is compared."""
    return keys.ring().hmac("index", f"guard.{kind}:{text}".encode())


def trace(order: ConsumerOrder, parcel: Parcel, declaration: Declaration) -> None:
    """Keep what an order may have in common with others; nothing of it in clear."""
    OrderTrace.objects.create(**trace_row(order, parcel, declaration))


def trace_row(order: ConsumerOrder, parcel: Parcel, declaration: Declaration) -> dict[str, Any]:
    """The trace of an order as values by attribute."""
    on = timezone.localtime(order.ordered_at).date()
    limit = territories.of(order.pool).order_limit_minor(on)
    near = limit is not None and declaration.dutiable_minor * 100 >= limit * NEAR_LIMIT_PERCENT
    return {
        "order_id": order.pk,
        "pool_id": order.pool_id,
        "on": on,
        "buyer_id": order.buyer_id,
        "address": digest("address", plain_address(parcel.consignee_address)),
        "phone": digest("phone", plain_phone(parcel.consignee_phone)),
        "is_near_limit": near,
    }


def look(pool: Pool, on: date | None = None) -> list[GuardCase]:
    """Open a case for each group of orders that a sign in force speaks of; again: no change.

    A group that was judged before comes again only when there is more of it.
    """
    day = on or clock.today()
    with tenancy.as_operator("look for orders that are not for personal use"):
        return [
            case
            for sign in territories.of(pool).signs
            if sign.is_in_force(day)
            for key, count in _groups(pool, sign, day)
            if (case := _open(pool, sign, key, count, day)) is not None
        ]


def _window(pool: Pool, sign: Sign, on: date) -> QuerySet[OrderTrace]:
    since = on - timedelta(days=sign.days - 1)
    rows = OrderTrace.objects.filter(pool=pool, on__gte=since, on__lte=on)
    return rows.exclude(order__state=ConsumerOrder.State.CANCELLED)


def _groups(pool: Pool, sign: Sign, on: date) -> Iterator[tuple[bytes | int, int]]:
    """Keys whose orders reach a sign's figure, with the figure reached. One query."""
    rows, key = _window(pool, sign, on), sign.key.value
    if sign.counted is Counted.UNITS:
        sums = rows.values_list(key, "order__lines__product").annotate(n=Sum("order__lines__units"))
        most: dict[bytes | int, int] = {}
        for found, _, count in sums.filter(n__gte=sign.most).order_by(key):
            most[_plain(found)] = max(count, most.get(_plain(found), 0))
        yield from most.items()
        return
    if sign.counted is Counted.NEAR_LIMIT:
        rows = rows.filter(is_near_limit=True)
    counted = {
        Counted.BUYERS: "buyer",
        Counted.ADDRESSES: "address",
        Counted.NEAR_LIMIT: "order",
    }[sign.counted]
    groups = rows.values_list(key).annotate(n=Count(counted, distinct=True))
    for found, count in groups.filter(n__gte=sign.most).order_by(key):
        yield _plain(found), count


def _plain(key: bytes | memoryview | int) -> bytes | int:
    return key if isinstance(key, int) else bytes(key)


@transaction.atomic
def _open(pool: Pool, sign: Sign, key: bytes | int, count: int, on: date) -> GuardCase | None:
    digested = digest("buyer", str(key)) if isinstance(key, int) else key
    earlier = GuardCase.objects.filter(pool=pool, sign=sign.code, key=digested)
    if earlier.filter(Q(state=OPEN) | Q(count__gte=count)).exists():
        return None
    case = GuardCase.objects.create(
        pool=pool,
        sign=sign.code,
        key=digested,
        count=count,
        most=sign.most,
        days=sign.days,
        source=sign.source,
        opened_on=on,
    )
    rows = _window(pool, sign, on).filter(**{sign.key.value: key})
    if sign.counted is Counted.NEAR_LIMIT:
        rows = rows.filter(is_near_limit=True)
    newest = rows.order_by("-order_id").values_list("order_id", flat=True)
    case.orders.set(list(newest[:MOST_ORDERS]))
    _tell("opened", case)
    return case


def _tell(what: str, case: GuardCase) -> None:
    data = {"case": case.pk, "sign": case.sign, "orders": case.orders.count(), "count": case.count}
    facts.append(f"customs.guard.{what}", subject=f"pool:{case.pool_id}", data=data)


@transaction.atomic
def decide(case: GuardCase, action: str, *, by: Party, reason: str) -> GuardCase:
    """Dismiss a case or uphold it, with the reason; the same decision again is refused.

    Raises:
        ReasonForDecisionMissing, StepNotAllowed: nothing changed.
    """
    said = reason.strip()
    if not said:
        raise ReasonForDecisionMissing
    with tenancy.as_operator("judge a case of the guard"):
        current = GuardCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
        current.state = CASE_STEPS.next(current.state, action)
        current.reason, current.decided_by, current.decided_at = said[:500], by, clock.now()
        current.save()
        _tell("dismissed" if action == DISMISS else "upheld", current)
        return current


@transaction.atomic
def report(case: GuardCase) -> GuardCase:
    """Write the file that tells customs of an upheld case; people stand there in clear, sealed.

    Raises:
        StepNotAllowed: the case was not upheld, or is reported.
    """
    with tenancy.as_operator("report a case to customs"):
        current = GuardCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
        current.state = CASE_STEPS.next(current.state, REPORT)
        current.report = documents.store(
            key=f"customs.guard:{current.pk}",
            content=sheets.write_xlsx([_sheet(current)]),
            filename=f"report-{current.opened_on:%Y%m%d}-{current.pk}.xlsx",
            media_type=XLSX,
            owner=current.pool.operator,
            subject=f"pool:{current.pool_id}",
            is_sealed=True,
        )
        current.save()
        _tell("reported", current)
        return current


HEADINGS = (
    "案件编号", "线索", "依据", "处理意见", "订单编号", "清单编号", "电商企业", "下单日期",
    "订购人", "证件号码", "电话", "收货地址", "商品", "总价（元）",
)  # fmt: skip
"""The file is read by customs: Chinese, whatever the reader's language."""


def _sheet(case: GuardCase) -> sheets.SheetOut:
    orders = case.orders.select_related(
        "buyer", "importer", "declaration", "waybill__consignee"
    ).prefetch_related("declaration__lines")
    rows = [_row(case, order) for order in orders.order_by("pk")]
    return sheets.SheetOut("可疑订单", HEADINGS, rows)


def _row(case: GuardCase, order: ConsumerOrder) -> list[sheets.Cell]:
    buyer = _clear(order.buyer)
    goods = "；".join(f"{x.name_zh} × {x.units}" for x in order.declaration.lines.all())
    return [
        case.pk,
        case.sign,
        case.source,
        case.reason,
        order.order_no,
        order.declaration.invt_no,
        order.importer.name_zh or order.importer.name,
        timezone.localtime(order.ordered_at).date(),
        buyer.get("name", ""),
        buyer.get("id_number", ""),
        buyer.get("phone", ""),
        _clear(order.waybill.consignee).get("address", ""),
        goods,
        from_minor(order.goods_minor, "CNY"),
    ]


def _clear(person: Person) -> dict[str, str]:
    """A person in clear for customs; nothing of who was erased."""
    return vault.reveal(person, "report to customs") if person.erased_at is None else {}


@transaction.atomic
def hand_over_report(case: GuardCase) -> Document | None:
    """The report of a case, if it was written; who took it stands in the log."""
    if case.report is not None:
        with tenancy.as_operator("hand a report over"):
            _tell("downloaded", case)
    return case.report


@transaction.atomic
def forget(on: date | None = None) -> int:
    """Drop traces that no sign looks at any more, and those of people who were erased."""
    with tenancy.as_operator("drop old traces"):
        old = Q(on__lt=(on or clock.today()) - KEPT_FOR)
        old |= Q(buyer__erased_at__isnull=False)
        old |= Q(order__waybill__consignee__erased_at__isnull=False)
        return OrderTrace.objects.filter(old).delete()[0]
