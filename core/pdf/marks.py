"""What can stand on a page, as frozen values that know how to be drawn.

Lengths are points; (x, y) is the top left corner of a thing, measured from the top left corner of
the page. Anything with a ``draw(pen)`` method is a mark, so a stage may bring its own.
"""

from dataclasses import dataclass
from typing import Protocol

from core.pdf.barcodes import QUIET_MODULES, code_128
from core.pdf.fonts import Weight
from core.pdf.pen import INK, LINE, QUIET, Align, Colour, Pen
from core.pdf.qr import symbol

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
        unit = self.w / (bars.modules + 2 * QUIET_MODULES)
        high = self.h - (8 if self.caption else 0)
        pen.bars(self.x + QUIET_MODULES * unit, self.y, unit, high, bars)
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
        cells = symbol(self.value)
        unit = self.side / (cells.modules + 2 * _QR_QUIET_MODULES)
        margin = unit * _QR_QUIET_MODULES
        pen.stamp(self.x + margin, self.y + margin, unit * cells.modules, cells)
