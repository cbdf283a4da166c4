"""Sets text in the width it is given: breaks lines, and makes the size smaller before it cuts."""

import re
from dataclasses import dataclass

from core.pdf.fonts import Typeface

LEADING = 1.3
"""Distance between two lines, as a multiple of the size."""

SMALLEST = 5.0
"""Below this size, in points, print is no longer read; text is cut instead."""

_CLOSING = "，。、；：！？）】》〉」』”’％…)]},.;:!?%"
_TOKEN = re.compile(rf"\s+|(?:[!-~\u00a1-\u024f]+|\S)[{re.escape(_CLOSING)}]*")
_STEP = 0.5


@dataclass(frozen=True, slots=True)
class Setting:
    """A text broken into lines at a size; ``whole`` is False when its end had to be cut."""

    lines: tuple[str, ...]
    size: float
    whole: bool = True


def wrap(text: str, *, face: Typeface, size: float, width: float) -> list[str]:
    """The lines a text takes in a width: broken at spaces, between Chinese characters, or by force.

    A closing mark never starts a line unless a single word is too wide. ``width`` in points.
    """
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        lines += _wrap_paragraph(paragraph, face, size, width)
    return lines


def fit(text: str, *, face: Typeface, size: float, width: float, height: float) -> Setting:
    """Set a text into a box of ``width`` × ``height`` points, at ``size`` or smaller.

    Where even the smallest size does not hold it, the last line ends with … and ``whole`` is False.
    """
    if len(text.splitlines()) < 2 and face.width(text, size) <= width:
        return Setting((text,), size)
    while True:
        lines = wrap(text, face=face, size=size, width=width)
        room = max(1, int((height + size * (LEADING - 1)) // (size * LEADING)))
        if len(lines) <= room:
            return Setting(tuple(lines), size)
        if size <= SMALLEST:
            cut = [*lines[: room - 1], _with_ellipsis(lines[room - 1], face, size, width)]
            return Setting(tuple(cut), size, whole=False)
        size = max(SMALLEST, size - _STEP)


def _wrap_paragraph(text: str, face: Typeface, size: float, width: float) -> list[str]:
    lines = [""]
    used = 0.0
    for token in _TOKEN.findall(text):
        wide = face.width(token, size)
        if used + wide <= width:
            lines[-1] += token
            used += wide
        elif token.isspace():
            used = width
        elif wide <= width:
            lines.append(token)
            used = wide
        else:
            pieces = _by_force(token, face, size, width)
            lines += pieces
            used = face.width(pieces[-1], size)
    return [line.strip() for line in lines if line.strip()] or [""]


def _by_force(word: str, face: Typeface, size: float, width: float) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and face.width(pieces[-1] + character, size) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _with_ellipsis(line: str, face: Typeface, size: float, width: float) -> str:
    while line and face.width(line + "…", size) > width:
        line = line[:-1]
    return line + "…"
