"""Label sheets as PDF; loads the PDF library, so only what prints loads this module."""

from collections.abc import Iterable, Iterator
from itertools import islice

from core.pdf import QR, Document, Mark, Page, Panel, Paragraph, Text, Weight, render
from traceability.label_sheets import COLUMNS, HEIGHT, MARGIN, PER_SHEET, SIDE, WIDTH
from traceability.labels import Printed


def as_pdf(labels: Iterable[Printed], title: str) -> bytes:
    """Sheets of forty labels, ready to print and cut."""
    pages = tuple(Page(marks=tuple(_marks(sheet)), footer=title) for sheet in _sheets(labels))
    return render(Document(title, pages)).content


def _sheets(labels: Iterable[Printed]) -> Iterator[list[Printed]]:
    left = iter(labels)
    while sheet := list(islice(left, PER_SHEET)):
        yield sheet


def _marks(sheet: Iterable[Printed]) -> Iterator[Mark]:
    for place, each in enumerate(sheet):
        row, column = divmod(place, COLUMNS)
        yield from _label(each, MARGIN + column * WIDTH, MARGIN + row * HEIGHT)


def _label(each: Printed, x: float, y: float) -> Iterator[Mark]:
    label, left, wide = each.label, x + SIDE + 4, WIDTH - SIDE - 8
    yield Panel(x, y, WIDTH, HEIGHT, thick=0.25)
    yield QR(label.address, x + 2, y + 5, SIDE)
    yield Paragraph(label.product, left, y + 7, wide, 22, size=6.5, weight=Weight.BOLD)
    yield Text(f"LOT {label.lot_number}", left, y + 37, size=5.5)
    if label.expires_on:
        yield Text(f"EXP {label.expires_on:%Y-%m-%d}", left, y + 45, size=5.5)
    if each.pin:
        yield Panel(left, y + 50, wide, 13, thick=0.5)
        yield Text(f"PIN {each.pin}", left + 4, y + 59.5, size=8)
    yield Text(label.code_shown, x + 4, y + HEIGHT - 4.5, size=6.5)
    yield Text(str(each.number), x + WIDTH - 24, y + HEIGHT - 4.5, size=5)
