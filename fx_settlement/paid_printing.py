"""Draws what stands behind a statement: documents with their rates, and wires beside own ones."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from core.pdf import A4, INK, MARGIN, QUIET, Align, Column, Mark, Paragraph, Table, Text, Weight
from core.web import locale
from fx_settlement import words
from fx_settlement.domain.paid import OwnWire, PaidDocument, totals

HOME = "CNY"
WIDTH = A4.width - 2 * MARGIN
DOCUMENTS_PER_PAGE = 24
WIRES_PER_PAGE = 30


def pages_behind(
    documents: Sequence[PaidDocument], wires: Sequence[OwnWire]
) -> Iterable[tuple[Mark, ...]]:
    """One tuple of marks a page; none where nothing was bought."""
    for start in range(0, len(documents), DOCUMENTS_PER_PAGE):
        is_last = start + DOCUMENTS_PER_PAGE >= len(documents)
        chunk = documents[start : start + DOCUMENTS_PER_PAGE]
        yield tuple(_documents(chunk, documents if is_last else (), wires))
    for start in range(0, len(wires), WIRES_PER_PAGE):
        yield tuple(_wires(wires[start : start + WIRES_PER_PAGE]))


def _documents(
    chunk: Sequence[PaidDocument], all_of_them: Sequence[PaidDocument], wires: Sequence[OwnWire]
) -> Iterable[Mark]:
    """A page of documents; ``all_of_them`` on the last one, for the totals."""
    title = _("What was paid, and at which rate")
    yield Text(title, MARGIN, 60, size=13, weight=Weight.BOLD, colour=INK)
    note = _(
        "Rates read 1 unit of the currency in CNY; the benchmark is the ECB mid of the order's "
        "day. The drift is the move of the mid since: luck, never added to what was spared."
    )
    yield Paragraph(note, MARGIN, 70, WIDTH, 24, size=7.5, colour=QUIET)
    right = Align.RIGHT
    columns = (
        Column(_("Document"), 104), Column(_("Amount"), 66, right),
        Column(_("Benchmark"), 62, right), Column(_("Rate paid"), 62, right),
        Column(_("Cost"), 66, right), Column(_("Margin"), 50, right),
        Column(_("Drift"), 52, right), Column(_("Fee"), WIDTH - 462, right),
    )  # fmt: skip
    rows = [_document(row) for row in chunk]
    if all_of_them:
        rows.append(_total(all_of_them, wires))
    yield Table(MARGIN, 98, columns, tuple(rows), size=6.8, total=bool(all_of_them))


def _document(row: PaidDocument) -> Sequence[str]:
    return (
        f"{row.order} · {words.DOCUMENT_KINDS[row.kind]}",
        locale.money(row.amount_minor, row.currency),
        f"{row.benchmark_rate:.6f} {row.benchmark_on.isoformat()}",
        f"{row.all_in:.6f} {row.mid_on.isoformat()}",
        locale.money(row.cny_minor, HOME),
        locale.money(row.margin_minor, HOME),
        locale.money(row.drift_minor, HOME),
        locale.money(row.fee_minor, HOME),
    )


def _total(rows: Sequence[PaidDocument], wires: Sequence[OwnWire]) -> Sequence[str]:
    whole = totals(rows, wires)
    sums = (whole.cny_minor, whole.margin_minor, whole.drift_minor, whole.fee_minor)
    return (_("Total"), "", "", "", *(locale.money(minor, HOME) for minor in sums))


def _wires(rows: Sequence[OwnWire]) -> Iterable[Mark]:
    yield Text(_("Wires"), MARGIN, 60, size=13, weight=Weight.BOLD, colour=INK)
    right = Align.RIGHT
    columns = (
        Column(_("Wire"), 104), Column(_("Supplier"), 112), Column(_("Paid"), 76),
        Column(_("Your part of the fee"), 76, right), Column(_("A wire of your own"), 76, right),
        Column(_("Spared"), WIDTH - 444, right),
    )  # fmt: skip
    yield Table(MARGIN, 74, columns, tuple(_wire(row) for row in rows), size=7.5)


def _wire(row: OwnWire) -> Sequence[str]:
    return (
        row.wire,
        row.supplier,
        locale.day(row.settled_on) if row.settled_on else "–",
        locale.money(row.fee_minor, HOME),
        locale.money(row.alone_minor, HOME),
        locale.money(row.saved_minor, HOME),
    )
