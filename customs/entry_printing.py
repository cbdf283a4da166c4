"""Draws the entry declaration by the boxes of the shipped layout, six lines of goods a page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from core.pdf import (
    A4_LANDSCAPE,
    INK,
    LINE,
    QUIET,
    Align,
    Barcode,
    Document,
    Form,
    Mark,
    Page,
    Paragraph,
    Pdf,
    Rule,
    Slot,
    Text,
    Weight,
    merge,
)
from customs.domain.forms import Sheet
from customs.jurisdictions.cn.entry_forms import LINES_ON_A_PAGE, PAGE, TITLES, BoxSpec, boxes

_ITEM_ROW = 33.0
_DASH, _GAP = 3.0, 2.0
_RIGHT = ("quantities", "prices")
_TITLE_LINE = 46.0
_INNER = 2.0
_INLINE = 12.0
"""Height up to which a box is a line of text and has no border."""


def print_entries(sheets: Iterable[Sheet], *, title: str) -> Pdf:
    """Entry declarations in one file with an outline."""
    return merge((entry_document(sheet) for sheet in sheets), title=title)


def entry_document(sheet: Sheet) -> Document:
    """The pages of one declaration; the head stands on each, as the form has it."""
    step = LINES_ON_A_PAGE
    parts = [sheet.lines[n : n + step] for n in range(0, len(sheet.lines), step)] or [()]
    pages = tuple(
        _page(sheet, lines, f"{number}/{len(parts)}") for number, lines in enumerate(parts, 1)
    )
    return Document(sheet.outline, pages)


def _page(sheet: Sheet, lines: Sequence[Sequence[str]], number: str) -> Page:
    barcode = Barcode(sheet.number, 640, 24, 166, 30)
    values = {**sheet.values, PAGE: number}
    return Page(
        form=_form(sheet.form),
        values=values,
        marks=(barcode, *_numbers(values), *_cells(lines)),
        footer=sheet.footer,
        numbered=False,
    )


def _of(part: str) -> list[BoxSpec]:
    return [box for box in boxes() if box.part == part]


@cache
def _form(name: str) -> Form:
    """The empty form: title, boxes with their labels, the ruled table of goods, the footer."""
    boxed = [box for part in ("head", "confirmation", "footer") for box in _of(part)]
    slots = [_slot(box) for box in boxed if box.height > _INLINE]
    marks: tuple[Mark, ...] = (
        Text(
            TITLES[name],
            A4_LANDSCAPE.width / 2,
            _TITLE_LINE,
            size=16,
            weight=Weight.BOLD,
            align=Align.CENTRE,
        ),
        *_table(),
    )
    return Form(name, A4_LANDSCAPE, tuple(slots), marks)


def _slot(box: BoxSpec) -> Slot:
    return Slot(box.name, box.label, box.x, box.y, box.width, box.height, size=7.5)


def _numbers(values: Mapping[str, str]) -> Iterator[Mark]:
    """The line of numbers above the boxes: label and value side by side."""
    for box in _of("head"):
        if box.height <= _INLINE:
            yield Text(f"{box.label}：{values.get(box.name, '')}", box.x, box.y, size=8)


def _table() -> Iterator[Mark]:
    """Frame, headings and dashed rules of the goods."""
    headings, items = _of("item_heading"), _of("item")
    places = {box.name: box for box in items}
    top, bottom = headings[0].y, items[0].y + items[0].height
    left, right = 36.0, A4_LANDSCAPE.width - 36.0
    yield Rule(left, top, right, top, colour=INK)
    yield Rule(left, top + 13, right, top + 13, colour=INK)
    for x in (left, right):
        yield Rule(x, top, x, bottom, colour=INK)
    for box in headings:
        yield Paragraph(
            box.label,
            places[box.name].x + _left_pad(box),
            box.y + 2,
            places[box.name].width - 4,
            10,
            size=7,
            weight=Weight.BOLD,
            align=Align.RIGHT if box.name in _RIGHT else Align.LEFT,
        )
    for number in range(1, LINES_ON_A_PAGE):
        yield from _dashes(left, right, items[0].y + number * _ITEM_ROW)
    yield Rule(left, bottom, right, bottom, colour=INK)


def _left_pad(box: BoxSpec) -> float:
    return 0 if box.name in _RIGHT else _INNER


def _dashes(left: float, right: float, y: float) -> Iterator[Mark]:
    x = left
    while x < right:
        yield Rule(x, y, min(x + _DASH, right), y, thick=0.4, colour=LINE)
        x += _DASH + _GAP


def _cells(lines: Sequence[Sequence[str]]) -> Iterator[Mark]:
    columns = _of("item")
    for number, line in enumerate(lines):
        top = columns[0].y + number * _ITEM_ROW
        for text, box in zip(line, columns, strict=True):
            yield Paragraph(
                text,
                box.x + _left_pad(box),
                top + _INNER,
                box.width - 4,
                _ITEM_ROW - 2 * _INNER + 1,
                size=7,
                align=Align.RIGHT if box.name in _RIGHT else Align.LEFT,
                colour=INK if text else QUIET,
            )
