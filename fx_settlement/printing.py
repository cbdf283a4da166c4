"""Draws an importer's statement: the saving first, then what it is made of and rests on."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from core.pdf import (
    A4,
    INK,
    MARGIN,
    PALE,
    QUIET,
    Align,
    Colour,
    Column,
    Document,
    Mark,
    Page,
    Panel,
    Paragraph,
    Pdf,
    Table,
    Text,
    Weight,
    render,
)
from core.web import locale
from fx_settlement import words
from fx_settlement.domain.paid import OwnWire, PaidDocument
from fx_settlement.domain.statement import Component, Statement
from fx_settlement.paid_printing import pages_behind
from imports.domain.tariffs import RowUsed

WIDTH = A4.width - 2 * MARGIN
ROWS_PER_PAGE = 22
BAR_LEFT = 74.0
GAP = 6.0

COLOURS: dict[Component, Colour] = {
    Component.GOODS: (0.16, 0.33, 0.56),
    Component.FREIGHT: (0.30, 0.58, 0.80),
    Component.INSURANCE: (0.55, 0.76, 0.72),
    Component.HANDLING: (0.21, 0.56, 0.49),
    Component.AGENCY: (0.62, 0.70, 0.31),
    Component.STORAGE: (0.86, 0.68, 0.28),
    Component.CURRENCY: (0.83, 0.49, 0.27),
    Component.OPERATOR_FEE: (0.60, 0.35, 0.47),
    Component.LATE_CHARGES: (0.45, 0.45, 0.45),
}


def print_statement(
    statement: Statement,
    documents: Sequence[PaidDocument] = (),
    wires: Sequence[OwnWire] = (),
) -> Pdf:
    """A statement as a file with what stands behind it, in the language in force."""
    title = _("Statement %(year)s") % {"year": statement.year}
    name = f"{title} · {words.name_of(statement)}"
    chunks = [
        statement.rows[start : start + ROWS_PER_PAGE]
        for start in range(0, len(statement.rows), ROWS_PER_PAGE)
    ]
    footer = _("Made on %(day)s from the books of the pool") % {"day": locale.day(statement.as_of)}
    behind = pages_behind(documents, wires)
    marks = [
        _front(title, statement),
        *behind,
        *(tuple(_rows_used(chunk)) for chunk in chunks),
    ]
    pages = (Page(marks=tuple(each), header=name, footer=footer) for each in marks)
    return render(Document(name, tuple(pages)))


def _front(title: str, made: Statement) -> tuple[Mark, ...]:
    return (
        Text(title, MARGIN, 64, size=20, weight=Weight.BOLD),
        Text(words.name_of(made), MARGIN, 82, size=11, colour=QUIET),
        Text(words.headline(made), MARGIN, 116, size=13, weight=Weight.BOLD),
        Text(words.range_line(made), MARGIN, 131, size=8, colour=QUIET),
        *_figures(made, 144),
        *_bars(made, 204),
        _components(made, 302),
        Text(_("Where the difference comes from"), MARGIN, 536, size=11, weight=Weight.BOLD),
        _reasons(made, 544),
        *_notes(made, 634),
    )


def _figures(made: Statement, top: float) -> Iterable[Mark]:
    figures = (
        (_("Cost alone"), locale.money(made.alone.minor, made.currency)),
        (_("Cost in the pool, fee included"), locale.money(made.pooled_minor, made.currency)),
        (_("Difference"), locale.money(made.saving.minor, made.currency)),
        (_("Units"), locale.number(made.units)),
    )
    pitch = (WIDTH + GAP) / len(figures)
    for place, (label, value) in enumerate(figures):
        left = MARGIN + place * pitch
        yield Panel(left, top, pitch - GAP, 44, fill=PALE)
        yield Text(label, left + 8, top + 15, size=7.5, colour=QUIET)
        yield Text(value, left + 8, top + 34, size=14, weight=Weight.BOLD)


def _bars(made: Statement, top: float) -> Iterable[Mark]:
    """Alone above pooled, each made of its components, on one scale."""
    alone = {line.component: line.alone_minor for line in made.lines}
    pooled = {line.component: line.pooled_minor for line in made.lines}
    most = max(sum(alone.values()), sum(pooled.values()), 1)
    for label, parts, y in ((_("Alone"), alone, top), (_("In the pool"), pooled, top + 28)):
        yield Text(label, MARGIN, y + 14, size=9)
        yield from _bar(parts, most, y)
    yield from _legend(made, top + 60)


def _bar(parts: dict[Component, int], most: int, top: float) -> Iterable[Mark]:
    left = MARGIN + BAR_LEFT
    for component, minor in parts.items():
        width = (WIDTH - BAR_LEFT) * max(minor, 0) / most
        if width:
            yield Panel(left, top, width, 20, fill=COLOURS[component])
            left += width


def _legend(made: Statement, top: float) -> Iterable[Mark]:
    width = (WIDTH - BAR_LEFT) / 4
    for place, line in enumerate(made.lines):
        left = MARGIN + BAR_LEFT + place % 4 * width
        y = top + place // 4 * 13
        yield Panel(left, y, 8, 8, fill=COLOURS[line.component])
        yield Text(str(words.COMPONENTS[line.component]), left + 12, y + 7.5, size=7.5)


def _components(made: Statement, top: float) -> Table:
    rows: list[Sequence[str]] = [
        (
            str(words.COMPONENTS[line.component]),
            locale.money(line.alone_minor, made.currency),
            locale.money(line.pooled_minor, made.currency),
            locale.money(line.saving_minor, made.currency),
        )
        for line in made.lines
    ]
    total = (
        _("Total"),
        locale.money(made.alone.minor, made.currency),
        locale.money(made.pooled_minor, made.currency),
        locale.money(made.saving.minor, made.currency),
    )
    headings = (_("Component"), _("Alone"), _("In the pool"), _("Difference"))
    return _money_table(headings, (*rows, total), top, total=True)


def _reasons(made: Statement, top: float) -> Table:
    rows = [
        (str(label), locale.money(minor, made.currency)) for label, minor in words.reasons_of(made)
    ]
    return _money_table((_("Part of the difference"), _("Amount")), rows, top)


def _money_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], top: float, *, total: bool = False
) -> Table:
    first = WIDTH - 110 * (len(headings) - 1)
    columns = (
        Column(headings[0], first),
        *(Column(heading, 110, Align.RIGHT) for heading in headings[1:]),
    )
    return Table(MARGIN, top, columns, tuple(rows), size=9, total=total)


def _notes(made: Statement, top: float) -> Iterable[Mark]:
    for number, text in enumerate(words.notes_of(made)):
        yield Paragraph(text, MARGIN, top + number * 27, WIDTH, 44, size=8, colour=QUIET)


def _rows_used(rows: Sequence[RowUsed]) -> Iterable[Mark]:
    yield Text(_("Rows used"), MARGIN, 60, size=13, weight=Weight.BOLD, colour=INK)
    columns = (
        Column(_("Row"), 138),
        Column(_("Date"), 92),
        Column(_("Trust"), 78),
        Column(_("Source"), WIDTH - 308),
    )
    yield Table(MARGIN, 70, columns, tuple(_row_cells(row) for row in rows), size=7.5)


def _row_cells(row: RowUsed) -> Sequence[str]:
    day = f"{locale.day(row.priced_on)} ({row.date_kind})"
    if row.is_stale:
        day = _("%(day)s, old") % {"day": day}
    return (row.key, day, str(words.TRUST[row.trust]), row.source or "–")
