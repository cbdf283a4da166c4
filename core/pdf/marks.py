"""What can stand on a page, as frozen values that know how to be drawn.

Lengths are points; (x, y) is the top left corner of a thing, measured from the top left corner of
the page. Anything with a ``draw(pen)`` method is a mark, so a stage may bring its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.pdf.barcodes import QUIET_MODULES, code_128, qr_rows
from core.pdf.fonts import Weight
from core.pdf.pen import BLACK, INK, LINE, PALE, QUIET, Align, Colour, Pen
from core.pdf.text import LEADING, wrap

LABEL_SIZE = 5.5
_PAD = 3.5
_QR_QUIET_MODULES = 4


class Mark(Protocol):
    """Anything that can be drawn on a page."""

    def draw(self, pen: Pen) -> None:
        """Draw on the page that the pen holds."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text on a baseline ``y``; ``x`` is the edge that ``align`` names."""

    text: str
    x: float
    y: float
    size: float = 9
    weight: Weight = Weight.REGULAR
    align: Align = Align.LEFT
    colour: Colour = INK

    def draw(self, pen: Pen) -> None:
        """Draw the line; it is neither wrapped nor cut."""
        pen.text(
            self.text,
            self.x,
            self.y,
            size=self.size,
            weight=self.weight,
            align=self.align,
            colour=self.colour,
        )


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text wrapped in a box, made smaller and at last cut where it does not fit."""

    text: str
    x: float
    y: float
    w: float
    h: float
    size: float = 9
    weight: Weight = Weight.REGULAR
    align: Align = Align.LEFT
    colour: Colour = INK

    def draw(self, pen: Pen) -> None:
        """Draw the text inside its box."""
        pen.paragraph(
            self.text,
            self.x,
            self.y,
            width=self.w,
            height=self.h,
            size=self.size,
            weight=self.weight,
            align=self.align,
            colour=self.colour,
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    thick: float = 0.5
    colour: Colour = LINE

    def draw(self, pen: Pen) -> None:
        """Draw the line."""
        pen.line(self.x1, self.y1, self.x2, self.y2, thick=self.thick, colour=self.colour)


@dataclass(frozen=True, slots=True)
class Panel:
    """A rectangle: outlined, or filled where ``fill`` is given."""

    x: float
    y: float
    w: float
    h: float
    fill: Colour | None = None
    thick: float = 0.5
    colour: Colour = LINE

    def draw(self, pen: Pen) -> None:
        """Draw the rectangle."""
        if self.fill is not None:
            pen.fill(self.x, self.y, self.w, self.h, colour=self.fill)
        else:
            pen.frame(self.x, self.y, self.w, self.h, thick=self.thick, colour=self.colour)


@dataclass(frozen=True, slots=True)
class Slot:
    """A labelled box on a form: border and label are the form's, the value is each page's.

    ``name`` is the key of the value in ``Page.values``.
    """

    name: str
    label: str
    x: float
    y: float
    w: float
    h: float
    size: float = 8
    weight: Weight = Weight.REGULAR
    align: Align = Align.LEFT

    def draw(self, pen: Pen) -> None:
        """Draw the border and the small label."""
        pen.frame(self.x, self.y, self.w, self.h, colour=INK)
        pen.paragraph(
            self.label,
            self.x + _PAD,
            self.y + 2,
            width=self.w - 2 * _PAD,
            height=LABEL_SIZE,
            size=LABEL_SIZE,
            colour=QUIET,
        )

    def write(self, pen: Pen, value: str) -> None:
        """Write a value beneath the label."""
        top = LABEL_SIZE + 4 if self.label else 2.0
        pen.paragraph(
            value,
            self.x + _PAD,
            self.y + top,
            width=self.w - 2 * _PAD,
            height=self.h - top - 1,
            size=self.size,
            weight=self.weight,
            align=self.align,
        )


@dataclass(frozen=True, slots=True)
class Box:
    """A bordered box with its small label above its value."""

    label: str
    value: str
    x: float
    y: float
    w: float
    h: float
    size: float = 8
    weight: Weight = Weight.REGULAR
    align: Align = Align.LEFT

    def draw(self, pen: Pen) -> None:
        """Draw border, label and value."""
        slot = Slot(
            "", self.label, self.x, self.y, self.w, self.h, self.size, self.weight, self.align
        )
        slot.draw(pen)
        slot.write(pen, self.value)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its width in points, and the edge its cells keep to."""

    heading: str
    width: float
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; a row is as high as its longest cell. A cell is never cut.

    Figures are right-aligned by their column; all digits are equally wide.
    """

    x: float
    y: float
    columns: tuple[Column, ...]
    rows: tuple[Sequence[str], ...]
    size: float = 8
    total: bool = False
    """Whether the last row is a total: set bold, under a stronger line."""

    def draw(self, pen: Pen) -> None:
        """Draw headings, rows and the thin lines between them."""
        width = sum(column.width for column in self.columns)
        headings = [column.heading for column in self.columns]
        top = self.y
        high = self._height(pen, headings, Weight.BOLD)
        pen.fill(self.x, top, width, high, colour=PALE)
        self._row(pen, headings, top, Weight.BOLD)
        top += high
        for number, row in enumerate(self.rows, start=1):
            closing = self.total and number == len(self.rows)
            weight = Weight.BOLD if closing else Weight.REGULAR
            pen.line(self.x, top, self.x + width, top, colour=INK if closing else LINE)
            self._row(pen, row, top, weight)
            top += self._height(pen, row, weight)
        pen.line(self.x, top, self.x + width, top)

    def height(self, pen: Pen) -> float:
        """Height of headings and all rows, in points."""
        headings = [column.heading for column in self.columns]
        last = len(self.rows) if self.total else 0
        return self._height(pen, headings, Weight.BOLD) + sum(
            self._height(pen, row, Weight.BOLD if number == last else Weight.REGULAR)
            for number, row in enumerate(self.rows, start=1)
        )

    def _lines(self, pen: Pen, row: Sequence[str], weight: Weight) -> list[list[str]]:
        return [
            wrap(
                pen.drawable(cell, weight),
                face=pen.face(weight),
                size=self.size,
                width=column.width - 2 * _PAD,
            )
            for cell, column in zip(row, self.columns, strict=True)
        ]

    def _height(self, pen: Pen, row: Sequence[str], weight: Weight) -> float:
        most = max(map(len, self._lines(pen, row, weight)))
        return most * self.size * LEADING + 2 * _PAD

    def _row(self, pen: Pen, row: Sequence[str], top: float, weight: Weight) -> None:
        left = self.x
        for lines, column in zip(self._lines(pen, row, weight), self.columns, strict=True):
            edge = left + column.width - _PAD if column.align is Align.RIGHT else left + _PAD
            baseline = top + _PAD + self.size
            for line in lines:
                pen.text(line, edge, baseline, size=self.size, weight=weight, align=column.align)
                baseline += self.size * LEADING
            left += column.width


@dataclass(frozen=True, slots=True)
class Grid:
    """The empty ruled table of a form: headings above ``count`` rows of one fixed height."""

    x: float
    y: float
    columns: tuple[Column, ...]
    heading_height: float
    row_height: float
    count: int
    size: float = 7

    def draw(self, pen: Pen) -> None:
        """Draw headings and lines."""
        width = sum(column.width for column in self.columns)
        bottom = self.y + self.heading_height + self.count * self.row_height
        pen.frame(self.x, self.y, width, bottom - self.y, colour=INK)
        for number in range(self.count):
            top = self.y + self.heading_height + number * self.row_height
            pen.line(self.x, top, self.x + width, top, colour=INK if number == 0 else LINE)
        left = self.x
        for column in self.columns:
            if left > self.x:
                pen.line(left, self.y, left, bottom)
            pen.paragraph(
                column.heading,
                left + 2,
                self.y + 2,
                width=column.width - 4,
                height=self.heading_height - 3,
                size=self.size,
                colour=QUIET,
            )
            left += column.width

    def cells(self, rows: Sequence[Sequence[str]]) -> "Cells":
        """The values of a page's rows, to be drawn over this grid."""
        return Cells(self, tuple(rows))


@dataclass(frozen=True, slots=True)
class Cells:
    """The values written into a grid; each is fitted into its cell, and noted where it was cut."""

    grid: Grid
    rows: tuple[Sequence[str], ...]

    def draw(self, pen: Pen) -> None:
        """Write each row into the grid, from the top."""
        grid = self.grid
        top = grid.y + grid.heading_height
        for row in self.rows:
            left = grid.x
            for cell, column in zip(row, grid.columns, strict=True):
                pen.paragraph(
                    cell,
                    left + 2,
                    top + 1.5,
                    width=column.width - 4,
                    height=grid.row_height - 2,
                    size=grid.size,
                    align=column.align,
                )
                left += column.width
            top += grid.row_height


@dataclass(frozen=True, slots=True)
class Barcode:
    """A Code 128 symbol in a box, quiet zones included, with its value in print below.

    Raises when drawn: NotForABarcode.
    """

    value: str
    x: float
    y: float
    w: float
    h: float
    caption: bool = True

    def draw(self, pen: Pen) -> None:
        """Draw bars and caption."""
        bars = code_128(self.value)
        modules = bars[-1][0] + bars[-1][1] + 2 * QUIET_MODULES
        unit = self.w / modules
        high = self.h - (8 if self.caption else 0)
        pen.fill_all(
            [
                (self.x + (start + QUIET_MODULES) * unit, self.y, wide * unit, high)
                for start, wide in bars
            ],
            colour=BLACK,
        )
        if self.caption:
            middle = self.x + self.w / 2
            pen.text(self.value, middle, self.y + self.h - 1, size=6.5, align=Align.CENTRE)


@dataclass(frozen=True, slots=True)
class QR:
    """A QR symbol in a square of ``side`` points, its quiet zone of four modules included."""

    value: str
    x: float
    y: float
    side: float

    def draw(self, pen: Pen) -> None:
        """Draw the cells."""
        rows = qr_rows(self.value)
        modules = len(rows)
        unit = self.side / (modules + 2 * _QR_QUIET_MODULES)
        margin = unit * _QR_QUIET_MODULES
        pen.stamp(self.x + margin, self.y + margin, unit * modules, rows, modules)
