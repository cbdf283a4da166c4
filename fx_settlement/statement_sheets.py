"""A statement as a workbook: every figure with the row that it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from core.domain.trade import from_minor
from core.sheets import Cell, SheetOut, write_xlsx
from fx_settlement import words
from fx_settlement.domain.paid import OwnWire, PaidDocument
from fx_settlement.domain.statement import Statement
from fx_settlement.queries import TransferRow

HOME = "CNY"


@dataclass(frozen=True)
class Behind:
    """A statement and everything that stands behind it."""

    statement: Statement
    documents: Sequence[PaidDocument]
    wires: Sequence[OwnWire]
    transfers: Sequence[TransferRow]


def workbook(made: Behind) -> bytes:
    """The workbook as a file, in the language in force; the same books give the same bytes."""
    sheets = (_lines(made), _documents(made), _wires(made), _transfers(made), _rows(made))
    return write_xlsx(sheets)


def _cny(minor: int) -> Decimal:
    return from_minor(minor, HOME)


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _lines(made: Behind) -> SheetOut:
    rows: list[Sequence[Cell]] = [
        (str(words.COMPONENTS[line.component]), _cny(line.alone_minor), _cny(line.pooled_minor),
         _cny(line.saving_minor))
        for line in made.statement.lines
    ]  # fmt: skip
    whole = made.statement
    total = (
        _("Total"),
        _cny(whole.alone.minor),
        _cny(whole.pooled_minor),
        _cny(whole.saving.minor),
    )
    headings = (_("Component"), _("Alone, CNY"), _("In the pool, CNY"), _("Difference, CNY"))
    return SheetOut(_("Statement %(year)s") % {"year": whole.year}, headings, [*rows, total])


def _documents(made: Behind) -> SheetOut:
    headings = (
        _("Order"), _("Supplier"), _("Document"), _("Currency"), _("Amount"), _("Benchmark"),
        _("Benchmark of"), _("Mid when bought"), _("Mid of"), _("Rate paid"), _("Bank"),
        _("Cost, CNY"), _("At the benchmark, CNY"), _("Drift, CNY"), _("Bank's margin, CNY"),
        _("Fee of the wire, CNY"), _("Batch"), _("Wire"), _("Paid on"), _("Customs entry"),
    )  # fmt: skip
    return SheetOut(_("Documents"), headings, [_document(row) for row in made.documents])


def _document(row: PaidDocument) -> Sequence[Cell]:
    return (
        row.order, row.supplier, str(words.DOCUMENT_KINDS[row.kind]), row.currency,
        from_minor(row.amount_minor, row.currency), row.benchmark_rate, _day(row.benchmark_on),
        row.mid, _day(row.mid_on), row.all_in, row.provider, _cny(row.cny_minor),
        _cny(row.at_benchmark_minor), _cny(row.drift_minor), _cny(row.margin_minor),
        _cny(row.fee_minor), row.batch, row.wire or "", _day(row.settled_on), row.entry_number,
    )  # fmt: skip


def _wires(made: Behind) -> SheetOut:
    headings = (
        _("Wire"), _("Supplier"), _("Paid on"), _("Documents"), _("Cost, CNY"),
        _("Your part of the fee, CNY"), _("A wire of your own, CNY"), _("Spared, CNY"),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (row.wire, row.supplier, _day(row.settled_on), row.documents, _cny(row.cost_minor),
         _cny(row.fee_minor), _cny(row.alone_minor), _cny(row.saved_minor))
        for row in made.wires
    ]  # fmt: skip
    return SheetOut(_("Wires"), headings, rows)


def _transfers(made: Behind) -> SheetOut:
    headings = (_("Day"), _("What for"), _("Line"), _("Charged, CNY"), _("Transfer"))
    rows: list[Sequence[Cell]] = [
        (_day(row.on), str(words.REASONS.get(row.code, row.code)),
         str(words.COMPONENTS[row.component]) if row.component else "", _cny(row.amount_minor),
         row.key)
        for row in made.transfers
    ]  # fmt: skip
    return SheetOut(_("Transfers"), headings, rows)


def _rows(made: Behind) -> SheetOut:
    headings = (_("Row"), _("Date"), _("Trust"), _("Source"))
    rows: list[Sequence[Cell]] = [
        (row.key, _day(row.priced_on), str(words.TRUST[row.trust]), row.source or "")
        for row in made.statement.rows
    ]
    return SheetOut(_("Rows used"), headings, rows)
