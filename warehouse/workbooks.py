"""The warehouse's views as workbooks: the rows of a page, a heading for each column."""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core import clock, sheets
from core.domain.trade import from_minor
from core.sheets import Cell, SheetOut
from core.web import locale
from warehouse import words
from warehouse.queries import ClaimRow

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Column = tuple[str, Callable[[Any], Cell]]


def is_wanted(request: HttpRequest) -> bool:
    """Whether the page is asked for as a workbook."""
    return request.GET.get("format") == "xlsx"


def answer(name: str, pages: Sequence[SheetOut]) -> HttpResponse:
    """A workbook to download, named after the view and the day."""
    found = HttpResponse(sheets.write_xlsx(pages), content_type=XLSX)
    found["Content-Disposition"] = f'attachment; filename="{name}-{clock.today()}.xlsx"'
    return found


def _sheet(title: str, rows: Iterable[Any], columns: Sequence[Column]) -> SheetOut:
    told = [[tell(row) for _, tell in columns] for row in rows]
    return SheetOut(title, [heading for heading, _ in columns], told)


def _product(row: Any) -> str:
    """A product's name in the reader's language."""
    name = getattr(row, "product", "") or getattr(row, "name", "")
    chinese = getattr(row, "product_zh", "") or getattr(row, "name_zh", "")
    return str(chinese if locale.language() == "zh-hans" and chinese else name)


def _word(names: Any, field: str) -> Callable[[Any], Cell]:
    """A column that says in words what a field holds."""
    return lambda row: str(names.get(getattr(row, field), getattr(row, field)))


def _all(*columns: tuple[str, str]) -> list[Column]:
    return [(heading, attrgetter(name)) for heading, name in columns]


def positions(rows: Iterable[Any]) -> SheetOut:
    """What an importer owns by lot."""
    columns = [
        *_all((_("GTIN"), "gtin")), (_("Product"), _product),
        *_all(
            (_("Lot"), "lot_no"), (_("Use by"), "expires_on"), (_("Owned"), "owned_units"),
            (_("Bonded"), "bonded_units"), (_("Reserved"), "reserved_units"),
            (_("Packed"), "packed_units"), (_("Quarantine"), "quarantine_units"),
            (_("Free"), "free_units"),
        ),
    ]  # fmt: skip
    return _sheet(_("Stock"), rows, columns)


def shares(rows: Iterable[Any]) -> SheetOut:
    """An importer's shares of deliveries, with the numbers behind each."""
    columns = [
        *_all((_("Received"), "received_on"), (_("Consignment"), "consignment")),
        (_("Product"), _product),
        *_all(
            (_("Units"), "units"), (_("Asked"), "explanation.asked_units"),
            (_("So far"), "explanation.granted_units"), (_("Level"), "explanation.level_units"),
        ),
    ]  # fmt: skip
    return _sheet(_("Deliveries and your share"), rows, columns)


def history(rows: Iterable[Any]) -> SheetOut:
    """A lot's movements as its reader may see them."""
    columns = [
        *_all((_("Day"), "moved_on")), (_("What happened"), _word(words.KINDS, "kind")),
        *_all((_("Units"), "units"), (_("From"), "from_owner")),
        (_("Place"), _word(words.PLACES, "from_place")), *_all((_("To"), "to_owner")),
        (_("Place"), _word(words.PLACES, "to_place")), *_all((_("Reference"), "reference")),
    ]  # fmt: skip
    return _sheet(_("Movements"), rows, columns)


def receipts(rows: Iterable[Any]) -> SheetOut:
    """What was counted at the door."""
    columns = _all(
        (_("Consignment"), "consignment"), (_("Received"), "received_on"),
        (_("Expected"), "expected"), (_("Good"), "good"), (_("Damaged"), "damaged"),
        (_("Short"), "short"), (_("Shared out"), "is_allocated"),
    )  # fmt: skip
    return _sheet(_("Receipts"), rows, columns)


def claims(rows: Iterable[ClaimRow]) -> SheetOut:
    """What was claimed of whom, and granted."""
    columns = [
        *_all((_("Claim"), "number"), (_("Made"), "made_on"), (_("Consignment"), "consignment")),
        (_("Product"), _product), *_all((_("Of whom"), "party")),
        (_("Cause"), _word(words.CAUSES, "cause")),
        *_all((_("Units"), "units"), (_("Currency"), "currency")),
        (_("Claimed"), lambda row: from_minor(row.amount_minor, row.currency)),
        (_("Granted"), _granted), *_all((_("State"), "state")),
    ]  # fmt: skip
    return _sheet(_("Claims"), rows, columns)


def _granted(row: ClaimRow) -> Cell:
    minor = row.accepted_minor
    return None if minor is None else from_minor(minor, row.currency)


def book(rows: Iterable[Any]) -> SheetOut:
    """Each item of the account book beside the shelves."""
    columns = [
        *_all((_("Book"), "book"), (_("Item"), "item_no"), (_("GTIN"), "gtin")),
        (_("Product"), _product),
        *_all(
            (_("Expected in"), "counters.expected_in"), (_("Actual in"), "counters.actual_in"),
            (_("Expected out"), "counters.expected_out"),
            (_("Actual out"), "counters.actual_out"),
            (_("Surplus"), "counters.surplus_units"),
            (_("In the warehouse"), "reconciliation.physical"),
            (_("of it quarantine"), "reconciliation.quarantine"),
            (_("Left, not written off"), "reconciliation.left_not_written_off"),
            (_("Written off, not left"), "reconciliation.written_off_not_left"),
            (_("Gone, not approved"), "reconciliation.gone_not_written_off"),
            (_("Missing"), "reconciliation.missing"),
            (_("Unexplained"), "reconciliation.drift_units"),
        ),
    ]  # fmt: skip
    return _sheet(_("Account book"), rows, columns)


def terms(rows: Iterable[Any]) -> SheetOut:
    """Until when lots may stay."""
    columns = [
        *_all((_("Lot"), "lot_no")), (_("Product"), _product),
        *_all((_("Units"), "units"), (_("Until"), "ends_on"), (_("Days left"), "days_left")),
    ]  # fmt: skip
    return _sheet(_("How long goods may stay"), rows, columns)


def counts(rows: Iterable[Any]) -> SheetOut:
    """Closed counts, and what they put right."""
    columns = [
        *_all((_("Due"), "due_on"), (_("Lot"), "lot_no"), (_("GTIN"), "gtin")),
        (_("Product"), _product),
        *_all((_("Class"), "grade"), (_("Closed"), "closed_on")),
        *_all((_("Put right"), "adjusted_units")),
        (_("Reason"), _word(words.REASONS, "reason")),
    ]  # fmt: skip
    return _sheet(_("Stock counts"), rows, columns)


def returns(rows: Iterable[Any]) -> SheetOut:
    """What came back into the zone."""
    columns = [
        *_all((_("Return"), "number"), (_("Parcel"), "parcel"), (_("Importer"), "importer")),
        (_("Product"), _product),
        *_all(
            (_("Lot"), "lot_no"), (_("Units"), "units"), (_("State"), "state"),
            (_("In the zone by"), "arrive_until"),
        ),
        (_("Fee, CNY"), lambda row: from_minor(row.fee_minor, "CNY")),
    ]  # fmt: skip
    return _sheet(_("Returns"), rows, columns)


def papers(rows: Iterable[Any]) -> SheetOut:
    """Documents by which goods leave the book."""
    columns = [
        *_all((_("Document"), "number")), (_("Kind"), _word(words.PAPERS, "kind")),
        *_all(
            (_("Lot"), "lot.number"), (_("Product"), "lot.product.name"),
            (_("Owner"), "owner.name"), (_("Units"), "units"), (_("Reason"), "reason"),
            (_("Drawn up"), "drawn_on"), (_("Gone"), "executed_on"),
            (_("Approved"), "approved_on"), (_("Withdrawn"), "withdrawn_on"),
        ),
    ]  # fmt: skip
    return _sheet(_("Ways out of the book"), rows, columns)


def disposals(rows: Iterable[Any]) -> SheetOut:
    """Goods that must go, and what was done."""
    columns = [
        *_all((_("Case"), "number"), (_("Opened"), "opened_on")),
        (_("Reason"), _word(words.DISPOSAL_REASONS, "reason")),
        *_all(
            (_("Lot"), "lot.number"), (_("Product"), "lot.product.name"),
            (_("Owner"), "owner.name"), (_("Units"), "units"),
        ),
        (_("Way out"), _word(words.WAYS, "way")),
        *_all(
            (_("State"), "state"), (_("Done by"), "execute_by"), (_("Done"), "executed_on"),
            (_("Papers due"), "papers_by"), (_("Filed"), "filed_on"),
        ),
    ]  # fmt: skip
    return _sheet(_("Disposal"), rows, columns)


def unbilled(rows: Iterable[tuple[Any, Any]]) -> SheetOut:
    """Handling that no rate covers."""
    told = [[str(word), row.touches, row.units, row.first_on, row.last_on] for word, row in rows]
    headings = [_("Kind"), _("Times"), _("Units"), _("From"), _("Until")]
    return SheetOut(_("Without a rate"), headings, told)
