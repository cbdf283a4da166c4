"""Returns as the operator sees them, the most pressing clock first."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, IntegerField, QuerySet, Value, When

from core.models import Party
from warehouse.models import DispatchLine, ReturnCase

SHOWN = 100


@dataclass(frozen=True)
class ReturnRow:
    """One return with its clocks."""

    return_id: int
    number: str
    parcel: str
    importer: str
    product: str
    product_zh: str
    lot_no: str
    units: int
    state: str
    condition: str
    apply_until: date
    arrive_until: date
    urgency: str
    is_approved: bool
    voided_codes: int
    fee_minor: int


def returns_of(operator: Party) -> QuerySet[ReturnCase]:
    """Returns into an operator's pools: the gate."""
    rows: QuerySet[ReturnCase] = ReturnCase.objects.filter(
        dispatch_line__lot__receipt_line__receipt__consignment__pool__operator_id=operator.pk
    )
    return rows


def shipped_lines_of(operator: Party) -> QuerySet[DispatchLine]:
    """Lines of parcels that left an operator's pools: what may come back."""
    return DispatchLine.objects.filter(
        order__state="shipped",
        lot__receipt_line__receipt__consignment__pool__operator_id=operator.pk,
    )


def return_rows(operator: Party, *, on: date) -> list[ReturnRow]:
    """Returns, open ones first and by their clock. One query."""
    is_done = Case(
        When(state__in=("announced", "arrived"), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = returns_of(operator).select_related(
        "importer", "dispatch_line__order", "dispatch_line__product", "dispatch_line__lot"
    )
    return [_row(case, on) for case in rows.order_by(is_done, "released_on", "pk")[:SHOWN]]


def _row(case: ReturnCase, on: date) -> ReturnRow:
    line = case.dispatch_line
    return ReturnRow(
        return_id=case.pk,
        number=case.number,
        parcel=line.order.number,
        importer=case.importer.name,
        product=line.product.name,
        product_zh=line.product.name_zh,
        lot_no=line.lot.number,
        units=case.units,
        state=case.state,
        condition=case.condition,
        apply_until=case.clocks.apply_until,
        arrive_until=case.clocks.arrive_until,
        urgency=case.clocks.urgency(on) if case.state == "announced" else "in_time",
        is_approved=case.approved_on is not None,
        voided_codes=case.voided_codes,
        fee_minor=case.fee_minor,
    )
