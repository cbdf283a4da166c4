"""Orders received and what their suppliers bill for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from core.models import Party
from fx_settlement.models import Obligation, SupplierInvoiceLine
from imports.models import PurchaseOrder, PurchaseOrderLine

LATEST = 200


@dataclass(frozen=True)
class InvoiceRow:
    """An order for which something is owed, with its invoice where there is one."""

    order_id: int
    order: str
    supplier: str
    currency: str
    ordered_minor: int
    number: str | None
    billed_minor: int | None
    due_on: date | None
    state: str | None


@dataclass(frozen=True)
class LineRow:
    """An order's line beside the invoice's."""

    line_id: int
    product: str
    units: int
    amount_minor: int
    billed_units: int | None
    billed_minor: int | None


def orders_of(operator: Party) -> "QuerySet[PurchaseOrder]":
    """The orders of an operator's pools for which something is owed."""
    owed = Obligation.objects.filter(order__round__pool__operator=operator)
    return PurchaseOrder.objects.filter(pk__in=owed.values("order_id"))


def invoice_rows(operator: Party) -> list[InvoiceRow]:
    """Orders received, newest first. One query."""
    return [
        InvoiceRow(*row)
        for row in orders_of(operator)
        .order_by("-pk")
        .values_list(
            "pk",
            "number",
            "supplier__name",
            "currency",
            "total_minor",
            "invoice__number",
            "invoice__amount_minor",
            "invoice__due_on",
            "invoice__state",
        )[:LATEST]
    ]


def line_rows(order: PurchaseOrder, billed: Mapping[int, tuple[int, int]]) -> list[LineRow]:
    """An order's lines with what is billed for each. One query."""
    rows = PurchaseOrderLine.objects.filter(order=order).order_by("pk")
    return [
        LineRow(pk, name, units, minor, *billed.get(pk, (None, None)))
        for pk, name, units, minor in rows.values_list(
            "pk", "product__name", "units", "amount_minor"
        )
    ]


def billed_lines(order: PurchaseOrder) -> dict[int, tuple[int, int]]:
    """Units and amounts that an order's invoice bills, by order line. One query."""
    rows = SupplierInvoiceLine.objects.filter(invoice__order=order)
    return {
        line: (units, minor)
        for line, units, minor in rows.values_list("order_line_id", "units", "amount_minor")
    }
