"""Lots by the end of their storage term, and documents by which goods leave the book."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from core.models import Party
from warehouse.domain.stock import INSIDE
from warehouse.domain.terms import Term, term_ends_on
from warehouse.models import BookDocument, Holding

SHOWN = 100


@dataclass(frozen=True)
class TermRow:
    """A lot that is still inside, and until when it may be."""

    lot_id: int
    lot_no: str
    product: str
    product_zh: str
    units: int
    ends_on: date
    days_left: int
    is_pressing: bool


def storage_terms(operator: Party, *, on: date) -> list[TermRow]:
    """Lots inside an operator's warehouses, the first term to end first. One query."""
    rows = (
        Holding.objects.filter(
            place__in=sorted(INSIDE),
            lot__book_item__book__pool__operator_id=operator.pk,
            lot__book_item__book__storage_months__isnull=False,
        )
        .values_list(
            "lot_id",
            "lot__number",
            "lot__product__name",
            "lot__product__name_zh",
            "lot__received_on",
            "lot__book_item__book__storage_months",
        )
        .annotate(inside=Sum("units"))
        .filter(inside__gt=0)
        .order_by("lot__received_on", "lot_id")
    )
    found = [_term(*row, on=on) for row in rows]
    return sorted(found, key=lambda row: (row.ends_on, row.lot_id))


def _term(
    lot_id: int,
    number: str,
    name: str,
    name_zh: str,
    received_on: date,
    months: int,
    units: int,
    *,
    on: date,
) -> TermRow:
    term = Term(term_ends_on(received_on, months), on)
    return TermRow(
        lot_id, number, name, name_zh, units, term.ends_on, term.days_left, term.is_pressing
    )


def papers_of(operator: Party) -> QuerySet[BookDocument]:
    """Documents of an operator's pools: the gate."""
    return BookDocument.objects.filter(pool__operator_id=operator.pk)


def paper_rows(operator: Party) -> list[BookDocument]:
    """Documents, newest first, with lot, product and owner. One query."""
    rows = papers_of(operator).select_related("lot__product", "owner")
    return list(rows.order_by("-pk")[:SHOWN])
