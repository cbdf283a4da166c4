"""The pen that draws on one page: lines, filled shapes and text, as PDF operators.

Lengths are points (1/72 inch). ``x`` runs from the left edge, ``y`` from the TOP edge downwards,
as a form is read. Text stands on a baseline.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from core.pdf.barcodes import Bars
from core.pdf.embedding import EmbeddedFont, Placed
from core.pdf.fonts import Typeface, Weight, in_brackets
from core.pdf.qr import Symbol
from core.pdf.text import LEADING, fit

Colour = tuple[float, float, float]
"""Red, green, blue, each 0 to 1."""

INK: Colour = (0.1, 0.11, 0.13)
QUIET: Colour = (0.4, 0.42, 0.46)
LINE: Colour = (0.72, 0.74, 0.77)
PALE: Colour = (0.95, 0.955, 0.965)
BLACK: Colour = (0.0, 0.0, 0.0)

_AS_SPACE = str.maketrans("\t\r\n\u00a0", "    ")


class Align(StrEnum):
    """Which edge of its place a text keeps to."""

    LEFT = "left"
    RIGHT = "right"
    CENTRE = "centre"


SHARE_BEFORE = {Align.LEFT: 0.0, Align.CENTRE: 0.5, Align.RIGHT: 1.0}
"""Share of the free width that stands before a text."""


@dataclass(slots=True)
class Pen:
    """Draws on one page of ``height`` points with the fonts of its document."""

    fonts: dict[Weight, EmbeddedFont]
    height: float
    code: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    shortened: list[str] = field(default_factory=list)
    _fill: Colour | None = None
    _font: tuple[str, float] | None = None

    def face(self, weight: Weight) -> Typeface:
        """The face that a weight is drawn in, for measuring."""
        return self.fonts[weight].typeface

    def text(
        self,
        text: str,
        x: float,
        y: float,
        *,
        size: float,
        weight: Weight = Weight.REGULAR,
        align: Align = Align.LEFT,
        colour: Colour = INK,
    ) -> None:
        """One line of text whose left end, middle or right end is at ``x``, on baseline ``y``."""
        font = self.fonts[weight]
        text, unknown = _drawable(text, font)
        if text:
            self._show(font, size, colour, _line(font, text, x, self.height - y, size, align))
        self.unknown |= unknown

    def paragraph(
        self,
        text: str,
        x: float,
        y: float,
        *,
        width: float,
        height: float,
        size: float,
        weight: Weight = Weight.REGULAR,
        align: Align = Align.LEFT,
        colour: Colour = INK,
    ) -> None:
        """Text in the box whose top left corner is (x, y); made smaller, then cut, to stay inside.

        A text that was cut is noted in ``shortened``.
        """
        font = self.fonts[weight]
        key = (text, x, self.height - y, width, height, size, align)
        placed = font.placed.get(key) or _place(font, *key)
        if placed.code:
            self._show(font, placed.size, colour, placed.code)
        if placed.unknown:
            self.unknown |= placed.unknown
        if not placed.whole:
            self.shortened.append(text)

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        *,
        thick: float = 0.5,
        colour: Colour = LINE,
    ) -> None:
        """A straight line."""
        red, green, blue = colour
        self.code.append(
            f"{red:g} {green:g} {blue:g} RG {thick:g} w "
            f"{x1:.2f} {self.height - y1:.2f} m {x2:.2f} {self.height - y2:.2f} l S"
        )

    def frame(
        self, x: float, y: float, w: float, h: float, *, thick: float = 0.5, colour: Colour = LINE
    ) -> None:
        """The outline of a rectangle whose top left corner is (x, y)."""
        red, green, blue = colour
        self.code.append(
            f"{red:g} {green:g} {blue:g} RG {thick:g} w "
            f"{x:.2f} {self.height - y - h:.2f} {w:.2f} {h:.2f} re S"
        )

    def fill(self, x: float, y: float, w: float, h: float, *, colour: Colour) -> None:
        """A filled rectangle whose top left corner is (x, y)."""
        self._colour(colour)
        self.code.append(f"{x:.3f} {self.height - y - h:.3f} {w:.3f} {h:.3f} re f")

    def stamp(self, x: float, y: float, side: float, symbol: Symbol) -> None:
        """A square of black or clear cells, its top left corner at (x, y)."""
        self._colour(BLACK)
        self.code.append(
            f"q {side:.3f} 0 0 {side:.3f} {x:.3f} {self.height - y - side:.3f} cm "
            f"BI /W {symbol.modules} /H {symbol.modules} /IM true /D [1 0] /F /AHx ID "
            f"{symbol.cells.hex()}> EI Q"
        )

    def bars(self, x: float, y: float, unit: float, height: float, bars: Bars) -> None:
        """Black bars, modules ``unit`` points wide, their top left corner at (x, y)."""
        self._colour(BLACK)
        self.code.append(
            f"q {unit:.5f} 0 0 {height:.3f} {x:.3f} {self.height - y - height:.3f} cm\n{bars.code}Q"
        )

    def _show(self, font: EmbeddedFont, size: float, colour: Colour, code: str) -> None:
        self._colour(colour)
        if self._font != (font.resource, size):
            self._font = (font.resource, size)
            self.code.append(f"/{font.resource} {size:g} Tf")
        self.code.append(code)

    def _colour(self, colour: Colour) -> None:
        if self._fill != colour:
            self._fill = colour
            self.code.append("{:g} {:g} {:g} rg".format(*colour))


def _place(
    font: EmbeddedFont,
    text: str,
    x: float,
    bottom: float,
    width: float,
    height: float,
    size: float,
    align: Align,
) -> Placed:
    """A text set into its box, ``bottom`` points above the foot of the page at its top."""
    setting = fit(text, face=font.typeface, size=size, width=width, height=height)
    edge = x + width * SHARE_BEFORE[align]
    baseline = bottom - setting.size * 0.9
    lines, unknown = [], set[str]()
    for line in setting.lines:
        shown, missing = _drawable(line, font)
        unknown |= missing
        if shown:
            lines.append(_line(font, shown, edge, baseline, setting.size, align))
        baseline -= setting.size * LEADING
    placed = Placed("\n".join(lines), setting.size, frozenset(unknown), setting.whole)
    return font.remember((text, x, bottom, width, height, size, align), placed)


def _drawable(text: str, font: EmbeddedFont) -> tuple[str, set[str]]:
    """The text with what the face lacks written as codes in brackets, and what that was."""
    if font.used.issuperset(text):
        return text, set()
    text = text.translate(_AS_SPACE)
    missing = set(text) - font.typeface.known
    for character in missing:
        text = text.replace(character, in_brackets(character))
    return text, missing


def _line(font: EmbeddedFont, text: str, x: float, bottom: float, size: float, align: Align) -> str:
    if align is not Align.LEFT:
        x -= font.typeface.width(text, size) * SHARE_BEFORE[align]
    return f"BT {x:.2f} {bottom:.2f} Td {font.encode(text)} Tj ET"
