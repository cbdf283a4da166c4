"""Sets blocks one below the other over as many pages as they need: statements, lists, covers.

A heading is never left alone at the foot of a page; a table that goes on repeats its headings.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from core.pdf.document import A4, MARGIN, Document, Page, Paper
from core.pdf.embedding import EmbeddedFont
from core.pdf.fonts import Weight, typeface
from core.pdf.marks import Box, Mark, Text
from core.pdf.pen import INK, Colour, Pen
from core.pdf.tables import Column, Table
from core.pdf.text import LEADING, wrap

_GAP = 8.0
_BOX_HEIGHT = 26.0


class Block(Protocol):
    """Anything that can be set into a flow."""

    def set_into(self, flow: "_Flow") -> None:
        """Add marks at the flow's ``y`` and move it down, over pages where needed."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A title, kept together with what follows it."""

    text: str
    size: float = 13

    def set_into(self, flow: "_Flow") -> None:
        """Set the line, on a new page if less than a few lines would follow."""
        flow.need(self.size * 2 + 60)
        flow.y += self.size * 1.3
        flow.marks.append(Text(self.text, MARGIN, flow.y, self.size, Weight.BOLD))
        flow.y += _GAP


@dataclass(frozen=True, slots=True)
class Prose:
    """Running text, wrapped to the width of the page."""

    text: str
    size: float = 9
    weight: Weight = Weight.REGULAR
    colour: Colour = INK

    def set_into(self, flow: "_Flow") -> None:
        """Set line by line, so that long text runs over pages."""
        face = flow.ruler.face(self.weight)
        for line in wrap(self.text, face=face, size=self.size, width=flow.width):
            flow.need(self.size * LEADING)
            flow.y += self.size * LEADING
            flow.marks.append(
                Text(line, MARGIN, flow.y, self.size, self.weight, colour=self.colour)
            )
        flow.y += _GAP


@dataclass(frozen=True, slots=True)
class Facts:
    """Labelled values in boxes, so many to a row."""

    items: Sequence[tuple[str, str]]
    columns: int = 4

    def set_into(self, flow: "_Flow") -> None:
        """Set row by row."""
        wide = flow.width / self.columns
        for start in range(0, len(self.items), self.columns):
            flow.need(_BOX_HEIGHT)
            for place, (label, value) in enumerate(self.items[start : start + self.columns]):
                flow.marks.append(
                    Box(label, value, MARGIN + place * wide, flow.y, wide, _BOX_HEIGHT)
                )
            flow.y += _BOX_HEIGHT
        flow.y += _GAP


@dataclass(frozen=True, slots=True)
class Rows:
    """A table over the width of the page; the widths of its columns are shares of it."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    size: float = 8
    total: bool = False

    def set_into(self, flow: "_Flow") -> None:
        """Set as many rows as a page holds, then go on below repeated headings."""
        shares = sum(column.width for column in self.columns)
        columns = tuple(
            replace(column, width=column.width * flow.width / shares) for column in self.columns
        )
        table = Table(MARGIN, flow.y, columns, (), self.size)
        rest = list(self.rows)
        while True:
            count, high = self._that_fit(table, rest, flow)
            last = count == len(rest)
            flow.marks.append(
                replace(table, y=flow.y, rows=tuple(rest[:count]), total=self.total and last)
            )
            flow.y += high
            rest = rest[count:]
            if last:
                break
            flow.turn()
        flow.y += _GAP * 1.5

    def _that_fit(
        self, table: Table, rest: Sequence[Sequence[str]], flow: "_Flow"
    ) -> tuple[int, float]:
        """How many of the rows fit below the headings, at least one, and the height of all."""
        high = table.row_height(flow.ruler, table.headings, Weight.BOLD)
        if rest:
            flow.need(high + table.row_height(flow.ruler, rest[0], Weight.BOLD))
        for count, row in enumerate(rest):
            closing = self.total and count == len(rest) - 1
            more = table.row_height(flow.ruler, row, Weight.BOLD if closing else Weight.REGULAR)
            if count and flow.y + high + more > flow.bottom:
                return count, high
            high += more
        return len(rest), high


@dataclass(frozen=True, slots=True)
class Drawing:
    """Marks of one's own: ``make`` gets left edge, top and width, in points."""

    height: float
    make: Callable[[float, float, float], Sequence[Mark]]

    def set_into(self, flow: "_Flow") -> None:
        """Set the marks where they all fit."""
        flow.need(self.height)
        flow.marks.extend(self.make(MARGIN, flow.y, flow.width))
        flow.y += self.height + _GAP


@dataclass(frozen=True, slots=True)
class Space:
    """Clear paper."""

    height: float = 12

    def set_into(self, flow: "_Flow") -> None:
        """Move down."""
        flow.y += self.height


def flow(
    title: str,
    blocks: Sequence[Block],
    *,
    paper: Paper = A4,
    header: str = "",
    footer: str = "",
) -> Document:
    """The blocks as a document, each page with the header, the footer and its number."""
    state = _Flow(paper)
    for block in blocks:
        block.set_into(state)
    state.turn()
    pages = (
        Page(marks=tuple(marks), paper=paper, header=header, footer=footer) for marks in state.pages
    )
    return Document(title, tuple(pages))


def _ruler(height: float) -> Pen:
    return Pen({weight: EmbeddedFont(typeface(weight), "") for weight in Weight}, height)


@dataclass(slots=True)
class _Flow:
    """Where the next block goes."""

    paper: Paper
    ruler: Pen = field(init=False)
    y: float = MARGIN
    marks: list[Mark] = field(default_factory=list)
    pages: list[list[Mark]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ruler = _ruler(self.paper.height)

    @property
    def width(self) -> float:
        return self.paper.width - 2 * MARGIN

    @property
    def bottom(self) -> float:
        return self.paper.height - MARGIN

    def need(self, height: float) -> None:
        """Turn the page if less than ``height`` is left on one that is not empty."""
        if self.marks and self.y + height > self.bottom:
            self.turn()

    def turn(self) -> None:
        """Go on at the top of a new page."""
        self.pages.append(self.marks)
        self.marks = []
        self.y = MARGIN
