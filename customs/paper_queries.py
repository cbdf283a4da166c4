"""The three papers of orders in view: what each light shows, and what mends a payment."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from core import vault
from core.models import Party
from customs.domain.payment_leg import (
    UNDECLARED,
    Cause,
    Expected,
    Light,
    Pushed,
    cause_of,
    light_of,
    outcome_of,
)
from customs.domain.states import CANCELLED, LET_GO
from customs.models import ConsumerOrder, PaperAnswer, PaymentLeg, PaymentSplit, PaymentStep

ROWS_ON_A_PAGE = 100


def expected_of(order: ConsumerOrder, leg: PaymentLeg | None) -> Expected:
    """What customs compares the payment of an order with."""
    return Expected(
        order_no=order.order_no,
        transaction_no=order.payment.transaction_no,
        district=order.pool.customs_district,
        buyer=str(order.buyer_id),
        paid_minor=order.payment.amount_minor,
        refunded_minor=leg.refunded_minor if leg else 0,
    )


def pushed_of(order: ConsumerOrder, leg: PaymentLeg | None) -> Pushed:
    """What was last pushed; before anything was, the payer is the one whom the company reported."""
    if leg is None or leg.state == UNDECLARED:
        return Pushed(payer=str(order.payment.payer_id))
    return Pushed(
        state=leg.state,
        order_no=leg.pushed_order_no,
        transaction_no=leg.pushed_transaction_no,
        district=leg.pushed_district,
        payer=str(leg.pushed_payer_id or order.payment.payer_id),
        amount_minor=leg.pushed_amount_minor,
    )


def cause(order: ConsumerOrder, leg: PaymentLeg | None) -> Cause | None:
    """Why customs cannot find the payment of an order, and what mends it; None if all is well."""
    is_missed = leg.is_missed if leg else False
    return cause_of(expected_of(order, leg), pushed_of(order, leg), is_missed=is_missed)


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One order with its three lights, and what is wrong with its payment."""

    order_id: int
    order_no: str
    importer: str
    pool: str
    ordered_at: datetime
    state: str
    transaction_no: str
    waybill_no: str
    order: Light
    payment: Light
    waybill: Light
    cause: Cause | None
    pushes: int


def orders_in_view(party: Party) -> QuerySet[ConsumerOrder]:
    """Orders of the pools that a broker works for or an operator leads."""
    return ConsumerOrder.objects.filter(
        Q(pool__broker=party) | Q(pool__operator=party)
    ).select_related(
        "payment__company", "waybill", "pool", "payment_leg", "declaration", "importer"
    )


def paper_rows(
    party: Party, *, only_trouble: bool = False, before: int | None = None
) -> list[PaperRow]:
    """Orders that customs has not let go, newest first, with the light of each paper. Two queries.

    Trouble: the payment failed, was lost or is missed, or a refund left it with another amount.
    """
    rows = orders_in_view(party).exclude(declaration__state__in=sorted(LET_GO | {CANCELLED}))
    if only_trouble:
        rows = rows.filter(
            Q(payment_leg__is_missed=True)
            | Q(payment_leg__state__in=("failed", "except"))
            | Q(payment_leg__refunded_minor__gt=0)
            | Q(paper_answers__error_code__gt="")
        ).distinct()
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[:ROWS_ON_A_PAGE])
    lights = _lights(found)
    return [_row(order, lights.get(order.pk, {})) for order in found]


def leg_of(order: ConsumerOrder) -> PaymentLeg | None:
    """The payment's leg, if anything was pressed or heard yet."""
    return getattr(order, "payment_leg", None)


def paper_row(order: ConsumerOrder) -> PaperRow:
    """One order with its lights. One query."""
    return _row(order, _lights([order]).get(order.pk, {}))


def _row(order: ConsumerOrder, lights: Mapping[str, Light]) -> PaperRow:
    leg = leg_of(order)
    is_missed = leg.is_missed if leg else False
    return PaperRow(
        order_id=order.pk,
        order_no=order.order_no,
        importer=order.importer.name,
        pool=order.pool.code,
        ordered_at=order.ordered_at,
        state=order.declaration.state,
        transaction_no=order.payment.transaction_no,
        waybill_no=order.waybill.waybill_no,
        order=lights.get("order", Light.DARK),
        payment=light_of(expected_of(order, leg), pushed_of(order, leg), is_missed=is_missed),
        waybill=lights.get("waybill", Light.DARK),
        cause=cause(order, leg),
        pushes=leg.pushes if leg else 0,
    )


def _lights(orders: Iterable[ConsumerOrder]) -> dict[int, dict[str, Light]]:
    """Lights of orders and waybills by their latest answers. One query."""
    found: defaultdict[int, dict[str, Light]] = defaultdict(dict)
    rows = PaperAnswer.objects.filter(order__in=[order.pk for order in orders])
    for order_id, paper, status in rows.order_by("answered_at", "pk").values_list(
        "order_id", "paper", "status"
    ):
        found[order_id][paper] = _light(status)
    return found


def _light(status: str) -> Light:
    said = outcome_of(status)
    if said is None:
        return Light.AMBER
    return Light.GREEN if said == "succeeded" else Light.RED


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that customs compares: what the order says beside what was pushed."""

    name: str
    expected: str | int
    pushed: str | int

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.expected == self.pushed


def figures(order: ConsumerOrder) -> list[Figure]:
    """What customs compares of a payment, nothing pushed being blank; persons masked."""
    leg = leg_of(order)
    wanted, said = expected_of(order, leg), pushed_of(order, leg)
    payer = vault.masked(order.payment.payer).get("name", "")
    return [
        Figure("order", wanted.order_no, said.order_no),
        Figure("payment", wanted.transaction_no, said.transaction_no),
        Figure("district", wanted.district, said.district),
        Figure("amount", wanted.declared_minor, said.amount_minor),
        Figure("payer", vault.masked(order.buyer).get("name", ""), payer),
    ]


@dataclass(frozen=True, slots=True)
class SplitRow:
    """One payment that pays several orders: what was paid, what its parts took, and the parts."""

    company: str
    transaction_no: str
    paid_minor: int
    declared_minor: int
    parts: tuple[tuple[int, str, int], ...]
    """Order by id and number, with the amount of its part."""


def splits(party: Party) -> list[SplitRow]:
    """Split payments of orders in view, newest first. Two queries."""
    found = PaymentSplit.objects.filter(
        Q(parts__order__pool__broker=party) | Q(parts__order__pool__operator=party)
    )
    rows = found.distinct().select_related("company").order_by("-pk")[:ROWS_ON_A_PAGE]
    parts: defaultdict[int, list[tuple[int, str, int]]] = defaultdict(list)
    legs = PaymentLeg.objects.filter(split__in=list(rows)).order_by("order_id")
    for leg in legs.select_related("order"):
        part = (leg.order_id, leg.order.order_no, leg.paid_minor - leg.refunded_minor)
        parts[leg.split_id or 0].append(part)
    return [
        SplitRow(
            row.company.name,
            row.transaction_no,
            row.paid_minor,
            row.declared_minor,
            tuple(parts[row.pk]),
        )
        for row in rows
    ]


def steps(order: ConsumerOrder) -> QuerySet[PaymentStep]:
    """Every step of an order's payment, newest first."""
    return PaymentStep.objects.filter(leg__order=order).select_related("document").order_by("-pk")
