"""The two faces that every PDF is set in: what they hold and how wide it is."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FONT_DIR = Path(__file__).resolve().parent


class Weight(StrEnum):
    """The face a text is set in; the value is the file's stem."""

    REGULAR = "NotoSansSC-Regular"
    BOLD = "NotoSansSC-Bold"


@dataclass(frozen=True, eq=False)
class Typeface:
    """One face: its outlines and the advance of each character in thousandths of the size."""

    name: str
    face: Any
    advance: "Advances"
    known: frozenset[str]

    def width(self, text: str, size: float) -> float:
        """Width of a text in points, characters that the face lacks written as their codes."""
        return sum(map(self.advance.__getitem__, text)) * size / 1000


class Advances(dict[str, float]):
    """Advance by character; a character that is not held is as wide as its code in brackets."""

    def __missing__(self, character: str) -> float:
        return sum(self[part] for part in in_brackets(character))


@cache
def typeface(weight: Weight) -> Typeface:
    """The face of a weight, read from its file and made known to the PDF library once."""
    font = TTFont(weight.value, str(FONT_DIR / f"{weight.value}.ttf"))
    pdfmetrics.registerFont(font)
    face = font.face
    face.get_table = cache(face.get_table)  # the library copies the outlines for every file
    codes = (code for code in face.charToGlyph if code >= ord(" "))
    advance = Advances({chr(code): face.charWidths[code] for code in codes})
    return Typeface(weight.value, face, advance, frozenset(advance))


def in_brackets(character: str) -> str:
    """How a character that no face holds is written instead: 𠮷 becomes [U+20BB7]."""
    return f"[U+{ord(character):04X}]"
