"""Tables on a page: rows that grow with their text, and the ruled grids of forms.

Lengths are points; (x, y) is the top left corner.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.pdf.fonts import Weight
from core.pdf.pen import INK, LINE, PALE, QUIET, SHARE_BEFORE, Align, Pen
from core.pdf.text import LEADING, wrap

PAD = 3.5
"""Clear points on each side of a cell's text."""


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
        top = self.y
        high = self.row_height(pen, self.headings, Weight.BOLD)
        pen.fill(self.x, top, width, high, colour=PALE)
        self._row(pen, self.headings, top, Weight.BOLD)
        top += high
        for number, row in enumerate(self.rows, start=1):
            closing = self.total and number == len(self.rows)
            weight = Weight.BOLD if closing else Weight.REGULAR
            pen.line(self.x, top, self.x + width, top, colour=INK if closing else LINE)
            self._row(pen, row, top, weight)
            top += self.row_height(pen, row, weight)
        pen.line(self.x, top, self.x + width, top)

    @property
    def headings(self) -> list[str]:
        """The headings, which are a row like any other."""
        return [column.heading for column in self.columns]

    def _lines(self, pen: Pen, row: Sequence[str], weight: Weight) -> list[list[str]]:
        return [
            wrap(
                cell,
                face=pen.face(weight),
                size=self.size,
                width=column.width - 2 * PAD,
            )
            for cell, column in zip(row, self.columns, strict=True)
        ]

    def row_height(self, pen: Pen, row: Sequence[str], weight: Weight) -> float:
        """Height that one row takes in a weight, in points."""
        most = max(map(len, self._lines(pen, row, weight)))
        return most * self.size * LEADING + 2 * PAD

    def _row(self, pen: Pen, row: Sequence[str], top: float, weight: Weight) -> None:
        left = self.x
        for lines, column in zip(self._lines(pen, row, weight), self.columns, strict=True):
            edge = left + PAD + (column.width - 2 * PAD) * SHARE_BEFORE[column.align]
            baseline = top + PAD + self.size
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
                left + 3,
                self.y + 2,
                width=column.width - 6,
                height=self.heading_height - 3,
                size=self.size,
                align=column.align,
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
                    left + 3,
                    top + 1.5,
                    width=column.width - 6,
                    height=grid.row_height - 2,
                    size=grid.size,
                    align=column.align,
                )
                left += column.width
            top += grid.row_height
