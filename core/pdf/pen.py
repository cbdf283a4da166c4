"""The pen that draws on one page: lines, filled shapes and text, as PDF operators.

Lengths are points (1/72 inch). ``x`` runs from the left edge, ``y`` from the TOP edge downwards,
as a form is read. Text stands on a baseline.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from core.pdf.embedding import EmbeddedFont
from core.pdf.fonts import Typeface, Weight, in_brackets
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

    def drawable(self, text: str, weight: Weight) -> str:
        """The text with every character that the face lacks written as its code in brackets."""
        font = self.fonts[weight]
        if font.used.issuperset(text):
            return text
        text = text.translate(_AS_SPACE)
        missing = set(text) - font.typeface.known
        for character in missing:
            text = text.replace(character, in_brackets(character))
        self.unknown |= missing
        return text

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
        text = self.drawable(text, weight)
        if not text:
            return
        if align is not Align.LEFT:
            x -= self.face(weight).width(text, size) * SHARE_BEFORE[align]
        font = self.fonts[weight]
        self._colour(colour)
        show = f"{x:.2f} {self.height - y:.2f} Td <{font.encode(text)}> Tj ET"
        if self._font != (font.resource, size):
            self._font = (font.resource, size)
            show = f"/{font.resource} {size:g} Tf {show}"
        self.code.append(f"BT {show}")

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
        setting = fit(text, face=self.face(weight), size=size, width=width, height=height)
        if not setting.whole:
            self.shortened.append(text)
        edge = x + width * SHARE_BEFORE[align]
        baseline = y + setting.size * 0.9
        for line in setting.lines:
            self.text(
                line, edge, baseline, size=setting.size, weight=weight, align=align, colour=colour
            )
            baseline += setting.size * LEADING

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
        self.fill_all([(x, y, w, h)], colour=colour)

    def fill_all(
        self, rectangles: list[tuple[float, float, float, float]], *, colour: Colour
    ) -> None:
        """Many filled rectangles (x, y, w, h) as one shape, so that no seam shows between them."""
        self._colour(colour)
        bottom = self.height
        self.code += [
            f"{x:.3f} {bottom - y - h:.3f} {w:.3f} {h:.3f} re" for x, y, w, h in rectangles
        ]
        self.code.append("f")

    def stamp(self, x: float, y: float, side: float, rows: list[bytes], modules: int) -> None:
        """A square of ``modules`` × ``modules`` black or clear cells, top left corner at (x, y).

        Each row is its cells as bits, most significant first; a set bit is black.
        """
        self._colour(BLACK)
        self.code.append(
            f"q {side:.3f} 0 0 {side:.3f} {x:.3f} {self.height - y - side:.3f} cm "
            f"BI /W {modules} /H {modules} /IM true /D [1 0] /F /AHx ID "
            f"{b''.join(rows).hex()}> EI Q"
        )

    def _colour(self, colour: Colour) -> None:
        if self._fill != colour:
            self._fill = colour
            self.code.append("{:g} {:g} {:g} rg".format(*colour))
