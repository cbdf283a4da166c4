"""What was paid for an importer and by which transfers, row by row; nobody else's is found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from core.models import Account, Party, Transfer
from fx_settlement.domain.paid import OwnWire, PaidDocument
from fx_settlement.domain.statement import Component
from fx_settlement.models import FeeRow, Obligation, Payment
from fx_settlement.queries.pooled import COMPONENT_OF, accounts_of, pools_of

_DONE = [Transfer.Kind.SINGLE, Transfer.Kind.POST]


@dataclass(frozen=True)
class TransferRow:
    """A transfer on an importer's account: above zero it was charged, below it came back."""

    transfer_id: int
    on: date
    code: str
    amount_minor: int
    key: str
    component: Component | None


@dataclass(frozen=True)
class Side:
    """An account that a transfer touched; ``is_own``: the importer's."""

    code: str
    is_own: bool


@dataclass(frozen=True)
class TransferDetail:
    """A transfer with its two sides, and the other transfers of its group on own accounts."""

    transfer_id: int
    key: str
    group: str
    on: date
    made_at: datetime
    code: str
    kind: str
    currency: str
    amount_minor: int
    debit: Side
    credit: Side
    others: tuple[TransferRow, ...]


def documents_of(importer: Party, year: int) -> list[PaidDocument]:
    """The documents of an importer's pools of a year whose currency was bought. Three queries."""
    bought = Obligation.objects.filter(
        importer_id=importer.pk,
        conversion__isnull=False,
        conversion__batch__pool__in=pools_of(importer, year),
    )
    ordered = bought.order_by("conversion__converted_at", "pk")
    rows: Iterable[tuple[Any, ...]] = ordered.values_list(
        "pk", "kind", "order__number", "supplier__name", "currency", "amount_minor",
        "benchmark_rate", "benchmark_on", "conversion__quote__mid", "conversion__quote__mid_on",
        "conversion__quote__all_in", "conversion__quote__provider", "cny_minor", "margin_minor",
        "fee_minor", "conversion__batch_id", "conversion__batch__number", "payment_id",
        "payment__reference", "payment__settled_on", "entry_number",
    )  # fmt: skip
    return [_document(row) for row in rows]


def _document(row: tuple[Any, ...]) -> PaidDocument:
    """A row as the domain reads it; a fee that is not shared yet is none."""
    return PaidDocument(*row[:14], row[14] or 0, *row[15:])  # type: ignore[call-arg]


def own_wires(documents: Iterable[PaidDocument]) -> list[OwnWire]:
    """An importer's part of each settled wire, beside its own wire's fee. Two queries."""
    by_wire: dict[int, list[PaidDocument]] = {}
    for row in documents:
        if row.wire_id is not None and row.settled_on is not None:
            by_wire.setdefault(row.wire_id, []).append(row)
    wires = Payment.objects.filter(pk__in=by_wire).order_by("settled_on", "pk")
    fees = FeeRow.objects.in_bulk()
    found = []
    for wire in wires:
        own = by_wire[wire.pk]
        cost = sum(row.cny_minor for row in own)
        fee = fees[wire.fee_row_id].rule().fee if wire.fee_row_id else None
        found.append(
            OwnWire(
                wire=wire.reference,
                supplier=own[0].supplier,
                settled_on=wire.settled_on,
                documents=len(own),
                cost_minor=cost,
                fee_minor=sum(row.fee_minor for row in own),
                alone_minor=fee.at_most(cost) if fee else 0,
            )
        )
    return found


def transfers_of(
    importer: Party, year: int, component: Component | None = None
) -> list[TransferRow]:
    """The transfers behind a statement's figures, or behind one of its lines. Five queries.

    Of a component they add up to its line, to the fen. What only passes from one of the importer's
    accounts to another is not among them: it was charged before.
    """
    own = set(accounts_of(importer, pools_of(importer, year)).values_list("pk", flat=True))
    debited, credited = Q(debit__in=own), Q(credit__in=own)
    rows = Transfer.objects.filter(debited & ~credited | credited & ~debited, kind__in=_DONE)
    if component is not None:
        rows = rows.filter(code__in=[code for code, of in COMPONENT_OF.items() if of is component])
    return _rows(rows, own)


def _rows(rows: "QuerySet[Transfer]", own: set[int]) -> list[TransferRow]:
    return [
        TransferRow(
            row.pk,
            row.on,
            row.code,
            row.amount_minor if row.debit_id in own else -row.amount_minor,
            row.key,
            COMPONENT_OF.get(row.code),  # type: ignore[call-overload]
        )
        for row in rows.order_by("on", "pk")
    ]


def transfer_of(importer: Party, pk: int) -> TransferDetail | None:
    """A transfer that touched an account of an importer, else nothing. Four queries."""
    own = set(Account.objects.filter(owner_id=importer.pk).values_list("pk", flat=True))
    touching = Q(debit__in=own) | Q(credit__in=own)
    rows = Transfer.objects.filter(touching).select_related("debit", "credit")
    row = rows.filter(pk=pk).first()
    if row is None:
        return None
    others = Transfer.objects.filter(touching, group=row.group, kind__in=_DONE).exclude(pk=row.pk)
    return TransferDetail(
        transfer_id=row.pk,
        key=row.key,
        group=row.group,
        on=row.on,
        made_at=row.made_at,
        code=row.code,
        kind=row.kind,
        currency=row.currency,
        amount_minor=row.amount_minor,
        debit=Side(row.debit.code, row.debit_id in own),
        credit=Side(row.credit.code, row.credit_id in own),
        others=tuple(_rows(others, own)) if row.group else (),
    )
