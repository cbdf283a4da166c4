"""Draws the warehouse's papers: claims, filings of the account book, plans of disposal."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from core.pdf import Align, Column, Facts, Heading, Pdf, Prose, Rows, flow, render
from core.pdf.flow import Block
from core.sheets import Cell, SheetOut
from core.web import locale
from warehouse import words
from warehouse.models import BookClose, Claim
from warehouse.queries.charging import yuan
from warehouse.queries.closing import CloseRow, ListRow, LossRow


def claim_paper(claim: Claim, photos: int) -> Pdf:
    """A claim as a letter with its figures, in the language in force."""
    line = claim.receipt_line
    bought = line.order_line
    consignment = line.receipt.consignment
    title = _("Claim %(number)s") % {"number": claim.number}
    blocks: list[Block] = [
        Heading(title, size=18),
        Prose(f"{claim.party.name} · {locale.day(claim.made_on)}"),
        Facts(
            (
                (_("Amount claimed"), locale.money(claim.amount_minor, claim.currency)),
                (_("Units"), locale.number(claim.units)),
                (_("Cause"), str(words.CAUSES[claim.cause])),
                (_("Price per unit"), locale.money(bought.unit_price_minor, claim.currency)),
            )
        ),
        Heading(_("What was counted")),
        Facts(
            (
                (_("Product"), bought.product.name),
                (_("GTIN"), bought.product.gtin),
                (_("Order"), bought.order.number),
                (_("Consignment"), consignment.number),
                (_("Received"), locale.day(line.receipt.received_on)),
                (_("Expected"), locale.number(line.expected)),
                (_("Good"), locale.number(line.good)),
                (_("Damaged"), locale.number(line.damaged)),
                (_("Held back"), locale.number(line.quarantined)),
                (_("Short"), locale.number(line.short)),
                (_("Over"), locale.number(line.over)),
                (_("Photos kept"), locale.number(photos)),
            )
        ),
        Prose(
            _(
                "Please credit the amount or answer with your findings. The photos are kept and "
                "are sent on request."
            )
        ),
    ]
    return render(flow(title, blocks, footer=claim.number))


def close_paper(
    close: BookClose, rows: Sequence[CloseRow], lists: int, losses: Sequence[LossRow]
) -> Pdf:
    """The filing of an account book's close: figures first, then item by item with the causes."""
    book = close.book
    title = _("Write-off close of account book %(number)s") % {"number": book.number}
    differing = [row for row in rows if row.difference]
    blocks: list[Block] = [
        Heading(title, size=16),
        Prose(f"{book.keeper.name} · {book.pool.zone_name}"),
        Facts(
            (
                (_("Cycle"), f"{locale.day(book.cycle_from)} – {locale.day(book.cycle_before)}"),
                (_("Counted"), _shown_day(close.counted_on)),
                (_("Filed"), _shown_day(close.filed_on)),
                (_("To be filed by"), locale.day(close.file_by)),
                (_("Items"), locale.number(len(rows))),
                (_("Lists of the cycle"), locale.number(lists)),
                (_("Items that differ"), locale.number(len(differing))),
                (_("Tax on shortage"), locale.money(sum(r.tax_minor or 0 for r in rows), "CNY")),
            )
        ),
        Heading(_("Closing stock")),
        Rows(_close_columns(), [_close_cells(row) for row in rows]),
    ]
    if differing:
        blocks += [Heading(_("What is behind the differences")), _causes(differing)]
    if losses:
        blocks += [Heading(_("Destroyed in the cycle")), _losses(losses)]
    return render(flow(title, blocks, footer=book.number))


def _shown_day(day: date | None) -> str:
    return locale.day(day) if day else "–"


def _close_columns() -> tuple[Column, ...]:
    return (
        Column(_("Item"), 1, Align.RIGHT),
        Column(_("Product"), 5),
        Column(_("Book"), 2, Align.RIGHT),
        Column(_("Counted"), 2, Align.RIGHT),
        Column(_("Difference"), 2, Align.RIGHT),
        Column(_("Result"), 2),
        Column(_("Reason"), 4),
        Column(_("Tax"), 2, Align.RIGHT),
    )


def _close_cells(row: CloseRow) -> list[str]:
    return [
        str(row.item_no),
        f"{row.product} {row.gtin}",
        locale.number(row.book_units or 0),
        locale.number(row.counted_units or 0),
        locale.number(row.difference),
        str(words.OUTCOMES[row.outcome]),
        row.reason,
        locale.money(row.tax_minor, "CNY") if row.tax_minor else "",
    ]


def _causes(rows: Sequence[CloseRow]) -> Rows:
    columns = (
        Column(_("Item"), 1, Align.RIGHT),
        Column(_("Since"), 2),
        Column(_("What happened"), 4),
        Column(_("Reference"), 4),
        Column(_("Movement"), 2, Align.RIGHT),
        Column(_("Units"), 1, Align.RIGHT),
    )
    cells = [
        [
            str(row.item_no),
            locale.day(cause.on),
            str(words.CLOSE_CAUSES[cause.kind]),
            cause.reference,
            str(cause.movement_id or ""),
            locale.number(cause.units),
        ]
        for row in rows
        for cause in row.causes
    ]
    return Rows(columns, cells)


def _losses(losses: Sequence[LossRow]) -> Rows:
    columns = (
        Column(_("Item"), 1, Align.RIGHT),
        Column(_("Destroyed"), 2),
        Column(_("Document"), 3),
        Column(_("Reason"), 4),
        Column(_("Units"), 1, Align.RIGHT),
    )
    cells = [
        [str(row.item_no), _shown_day(row.on), row.number, row.reason, locale.number(row.units)]
        for row in losses
    ]
    return Rows(columns, cells)


def close_sheets(
    rows: Sequence[CloseRow], lists: Sequence[ListRow], losses: Sequence[LossRow]
) -> list[SheetOut]:
    """The workbook that goes with a filing: stock, causes, every list, what was destroyed."""
    stock: list[list[Cell]] = [
        [row.item_no, row.gtin, row.product, row.book_units, row.counted_units, row.difference,
         str(words.OUTCOMES[row.outcome]), row.reason, yuan(row.tax_minor or 0)]
        for row in rows
    ]  # fmt: skip
    causes: list[list[Cell]] = [
        [row.item_no, row.gtin, cause.on, str(words.CLOSE_CAUSES[cause.kind]), cause.reference,
         cause.movement_id, cause.units]
        for row in rows
        for cause in row.causes
    ]  # fmt: skip
    moved: list[list[Cell]] = [
        [row.on, row.reference, row.item_no, row.gtin, row.step, row.units] for row in lists
    ]
    gone: list[list[Cell]] = [
        [row.on, row.number, row.item_no, row.gtin, row.units, row.reason] for row in losses
    ]
    item, gtin, units, reason = _("Item"), _("GTIN"), _("Units"), _("Reason")
    return [
        SheetOut(
            _("Closing stock"),
            [item, gtin, _("Product"), _("Book"), _("Counted"), _("Difference"), _("Result"),
             reason, _("Tax, CNY")],
            stock,
        ),
        SheetOut(
            _("Differences"),
            [item, gtin, _("Since"), _("What happened"), _("Reference"), _("Movement"), units],
            causes,
        ),
        SheetOut(
            _("Lists of the cycle"), [_("Day"), _("List"), item, gtin, _("Step"), units], moved
        ),
        SheetOut(
            _("Destroyed"), [_("Day"), _("Document"), item, gtin, units, reason], gone
        ),
    ]  # fmt: skip
