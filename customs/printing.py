"""Draws filled customs forms: one file for one declaration, or one file for many."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial

from core.domain.shares import split_in_proportion
from core.pdf import (
    A4,
    A4_LANDSCAPE,
    INK,
    MARGIN,
    QUIET,
    Align,
    Barcode,
    Column,
    Document,
    Form,
    Grid,
    Mark,
    Page,
    Paper,
    Paragraph,
    Pdf,
    Slot,
    Text,
    Weight,
    merge_from,
    render,
)
from customs.domain.forms import FieldSpec, FormSpec, Sheet

TOP = 84.0
ROW = 27.0
HEADING = 16.0
GAP = 6.0
SIGN_ROW = 76.0
BARCODE_WIDTH = 168.0


def print_sheet(spec: FormSpec, sheet: Sheet) -> Pdf:
    """One declaration as a file of its own."""
    return render(document(spec, sheet))


def print_sheets(
    spec: FormSpec, sheets: Iterable[Sheet], *, title: str, cover: Document | None = None
) -> Pdf:
    """Many declarations in one file with an outline, drawn in one go so that it stays small."""
    covers = (cover,) if cover is not None else ()
    return merge_from(sheets, partial(document, spec), title=title, first=covers)


def document(spec: FormSpec, sheet: Sheet) -> Document:
    """The pages of one declaration; taxes stand on the last of them."""
    form, grid = _form(spec)
    chunks = _chunks(sheet.lines, spec.lines_per_page)
    pages = tuple(
        _page(spec, form, grid, sheet, lines, is_last=number == len(chunks))
        for number, lines in enumerate(chunks, start=1)
    )
    return Document(sheet.outline, pages)


def _chunks(lines: Sequence[Sequence[str]], size: int) -> list[Sequence[Sequence[str]]]:
    return [lines[start : start + size] for start in range(0, len(lines), size)] or [()]


def _page(
    spec: FormSpec,
    form: Form,
    grid: Grid,
    sheet: Sheet,
    lines: Sequence[Sequence[str]],
    *,
    is_last: bool,
) -> Page:
    taxes = {field.name for row in spec.tax_rows for field in row}
    values = {name: value for name, value in sheet.values.items() if is_last or name not in taxes}
    edge = _paper(spec).width - MARGIN
    barcode = Barcode(sheet.number, edge - BARCODE_WIDTH, 38, BARCODE_WIDTH, 34)
    return Page(form=form, values=values, marks=(barcode, grid.cells(lines)), footer=sheet.footer)


@cache
def _form(spec: FormSpec) -> tuple[Form, Grid]:
    """What every page of the form shows, and its empty table."""
    width = _width(spec)
    slots, below = _slots(spec.rows, width, TOP, ROW)
    grid = _grid(spec, below + GAP)
    under_lines = grid.y + HEADING + spec.lines_per_page * spec.line_height + GAP
    tax_slots, under_taxes = _slots(spec.tax_rows, width, under_lines, ROW, align=Align.RIGHT)
    closing, _ = _slots(spec.closing_rows, width, under_taxes + 18, SIGN_ROW)
    marks: tuple[Mark, ...] = (
        Text(spec.title, MARGIN, 62, size=14, weight=Weight.BOLD, colour=INK),
        grid,
        Paragraph(spec.statement, MARGIN, under_taxes + 4, width, 12, size=7, colour=QUIET),
    )
    return Form(spec.name, _paper(spec), (*slots, *tax_slots, *closing), marks), grid


def _slots(
    rows: Sequence[Sequence[FieldSpec]],
    across: int,
    top: float,
    height: float,
    *,
    align: Align = Align.LEFT,
) -> tuple[list[Slot], float]:
    """Boxes of rows of fields, and where they end."""
    slots = []
    for row in rows:
        left = MARGIN
        for field, width in zip(row, _widths(row, across), strict=True):
            slots.append(Slot(field.name, field.label, left, top, width, height, align=align))
            left += width
        top += height
    return slots, top


def _paper(spec: FormSpec) -> Paper:
    return A4_LANDSCAPE if spec.is_landscape else A4


def _width(spec: FormSpec) -> int:
    return int(_paper(spec).width - 2 * MARGIN)


def _widths(row: Sequence[FieldSpec], across: int) -> list[int]:
    weights = {number: field.share for number, field in enumerate(row)}
    return list(split_in_proportion(across, weights, tie_break=int).values())


def _grid(spec: FormSpec, top: float) -> Grid:
    shares: Mapping[int, int] = {n: column.share for n, column in enumerate(spec.columns)}
    widths = split_in_proportion(_width(spec), shares, tie_break=int)
    columns = tuple(
        Column(column.heading, widths[n], Align.RIGHT if column.is_number else Align.LEFT)
        for n, column in enumerate(spec.columns)
    )
    return Grid(MARGIN, top, columns, HEADING, spec.line_height, spec.lines_per_page)
