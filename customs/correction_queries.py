"""Withdrawals and returns in view, with the days by which things must happen."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.models import Party
from core.web.naming import named
from customs import territories
from customs.domain.corrections import GRANTED, OPEN, RETURN
from customs.domain.states import LET_GO
from customs.models import (
    Correction,
    CorrectionAnswer,
    CustomsReceipt,
    Declaration,
    DeclarationLine,
    Mending,
    TaxBill,
)

ROWS_ON_A_PAGE = 200


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """One request with how far it is and what it gave back."""

    correction_id: int
    cop_no: str
    kind: str
    state: str
    declaration_no: str
    order_no: str
    importer: str
    asked_at: datetime
    error_code: str
    value_minor: int
    tax_minor: int
    back_by: date | None
    """Last day for the goods to be back in the zone, while they are waited for."""
    days_left: int


@dataclass(frozen=True, slots=True)
class Clocks:
    """The days that count for a released declaration."""

    released_on: date
    ask_until: date
    back_until: date
    pay_from: date
    pay_until: date


def declarations_in_view(party: Party) -> QuerySet[Declaration]:
    """Declarations of batches that a broker was given or that belong to an operator's pools."""
    return Declaration.objects.filter(
        Q(batch__broker=party) | Q(batch__pool__operator=party)
    ).select_related("order__pool", "importer")


def corrections_in_view(party: Party) -> QuerySet[Correction]:
    """Requests about declarations in view."""
    return Correction.objects.filter(
        Q(declaration__batch__broker=party) | Q(declaration__batch__pool__operator=party)
    ).select_related("declaration__order__pool", "document")


def corrections(party: Party, today: date) -> list[CorrectionRow]:
    """The newest requests in view, open ones first. One query."""
    rows = corrections_in_view(party).annotate(named_importer=named("importer__"))
    found = [_row(row, today) for row in rows.order_by("-pk")[:ROWS_ON_A_PAGE]]
    return sorted(found, key=lambda row: row.state not in OPEN)


def _row(row: Correction, today: date) -> CorrectionRow:
    days = clocks(row.declaration)
    waits = row.kind == RETURN and row.state in OPEN and days is not None
    back_by = days.back_until if waits and days is not None else None
    return CorrectionRow(
        correction_id=row.pk,
        cop_no=row.cop_no,
        kind=row.kind,
        state=row.state,
        declaration_no=row.declaration.cop_no,
        order_no=row.declaration.order.order_no,
        importer=row.named_importer,  # type: ignore[attr-defined]
        asked_at=row.asked_at,
        error_code=row.error_code,
        value_minor=row.value_minor,
        tax_minor=row.tax_minor,
        back_by=back_by,
        days_left=(back_by - today).days if back_by else 0,
    )


def clocks(declaration: Declaration) -> Clocks | None:
    """The days that count for a declaration; None before its release, or where none count."""
    rules = territories.of(declaration.order.pool).corrections
    if declaration.released_at is None or declaration.state not in LET_GO or rules is None:
        return None
    released_on = timezone.localtime(declaration.released_at).date()
    terms = rules.terms(released_on)
    first, last = terms.collected(released_on)
    return Clocks(
        released_on,
        terms.last_day_to_ask(released_on),
        terms.last_day_back(released_on),
        first,
        last,
    )


def lines(declaration: Declaration) -> QuerySet[DeclarationLine]:
    """Declared lines in order, with how much of each comes back."""
    return declaration.lines.select_related("product").order_by("line_no")


def answers(correction: Correction) -> QuerySet[CorrectionAnswer]:
    """Answers of customs to a request, oldest first."""
    return correction.answers.order_by("answered_at", "pk")


def tax_bill(declaration: Declaration) -> TaxBill | None:
    """The valid tax bill of a declaration, if one came."""
    return declaration.tax_bills.exclude(status=TaxBill.Status.VOID).first()


def waiting_returns() -> list[Correction]:
    """Granted returns whose goods are still to come, of every pool; for the daily look."""
    return list(Correction.objects.filter(state=GRANTED, kind=RETURN).order_by("pk"))


def latest_refusal(declaration: Declaration) -> CustomsReceipt | None:
    """The answer by which customs refused the latest attempt. One query."""
    rows = CustomsReceipt.objects.filter(
        attempt__declaration=declaration, attempt__cop_no=declaration.cop_no, has_moved=True
    )
    return rows.select_related("attempt").order_by("answered_at", "pk").last()


def mendings(declaration: Declaration) -> list[Mending]:
    """What was changed in a declaration, newest first. One query."""
    return list(
        Mending.objects.filter(declaration=declaration).select_related("by").order_by("-pk")
    )
