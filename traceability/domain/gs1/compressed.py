"""Compressed GS1 Digital Links, read back: a base64url segment that packs AIs and values in bits.

Source: GS1 Digital Link Standard, Compression; code points of the predefined sequences and the
widths of lengths as in the reference toolkit (github gs1/GS1DigitalLinkToolkit.js, Apache-2.0).
"""

import math
import re
import string
from dataclasses import dataclass
from functools import cache

from traceability.domain.gs1.elements import BadElement, Elements, Part, table

SEGMENT = re.compile(r"[A-Za-z0-9_-]{3,400}")
_SAFE_64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_SEQUENCES = {
    "0A": "01 22", "0B": "01 10", "0C": "01 21", "0D": "01 17", "0E": "01 7003", "0F": "01 30",
    "1A": "01 10 21 17", "1B": "01 15", "1C": "01 11", "1D": "01 16", "1E": "01 91",
    "1F": "01 10 15", "9A": "8010 8011", "9B": "8017 8019", "9C": "8018 8019", "9D": "414 254",
} | {f"2{chr(65 + n)}": f"01 310{n}" for n in range(6)} \
  | {f"3{chr(65 + n)}": f"01 320{n}" for n in range(6)} \
  | {f"A{n}": f"01 392{n}" for n in range(10)} \
  | {f"C{n}": f"255 390{n}" for n in range(10)} \
  | {f"C{chr(65 + n)}": f"255 394{n}" for n in range(4)}  # fmt: skip
"""Sequences of AIs that one byte stands for."""


@dataclass
class _Bits:
    """The bits of a segment, read from the front."""

    left: str

    def take(self, count: int) -> int:
        """The next bits as a number."""
        if len(self.left) < count:
            raise BadElement(place="compressed part", why="it ends too early")
        taken, self.left = self.left[:count], self.left[count:]
        return int(taken, 2) if taken else 0


def decompress(segment: str) -> Elements:
    """The elements that a compressed segment packs, in their order; values are not checked.

    Raises:
        BadElement: no base64url, an unknown AI, or bits that end too early.
    """
    if not SEGMENT.fullmatch(segment):
        raise BadElement(place=segment[:60], why="not a compressed part")
    bits = _Bits("".join(f"{_SAFE_64.index(each):06b}" for each in segment))
    found: Elements = []
    while (len(bits.left) >= 8 and "1" in bits.left) or not found:
        for ai in _next_identifiers(bits):
            if value := _value(ai, bits):
                found.append((ai, value))
    return found


def _next_identifiers(bits: _Bits) -> list[str]:
    first = f"{bits.take(8):02X}"
    if first in _SEQUENCES:
        return _SEQUENCES[first].split()
    ai = first
    while ai not in table():
        if not ai.isdigit() or len(ai) == 4:
            raise BadElement(place=f"({ai})", why="no application identifier starts here")
        ai += f"{bits.take(4):X}"
    return [ai]


@cache
def _components(ai: str) -> tuple[tuple[bool, bool, int], ...]:
    """Whether numeric, whether fixed, and the most characters of each part of an AI's value.

    Adjacent parts of one kind and fixed length are one.
    """
    joined: list[tuple[bool, bool, int]] = []
    for part in table()[ai].parts:
        numeric, fixed = part.shape == "N", _is_fixed(part)
        if joined and fixed and joined[-1][:2] == (numeric, True):
            joined[-1] = (numeric, True, joined[-1][2] + part.most)
        else:
            joined.append((numeric, fixed, part.most))
    return tuple(joined)


def _is_fixed(part: Part) -> bool:
    return part.least == part.most and not part.optional


def _value(ai: str, bits: _Bits) -> str:
    read = ""
    for numeric, fixed, most in _components(ai):
        if numeric:
            count = most if fixed else bits.take(most.bit_length())
            read += _digits(bits, count)
        else:
            read += _text(bits, most, fixed=fixed)
    return read


def _digits(bits: _Bits, count: int) -> str:
    if not count:
        return ""
    text = str(bits.take(math.ceil(count * math.log2(10) + 0.01))).zfill(count)
    if len(text) > count:
        raise BadElement(place="compressed part", why="a number has too many digits")
    return text


def _text(bits: _Bits, most: int, *, fixed: bool) -> str:
    """Characters in the encoding that three bits name: digits, hex in two cases, 64 safe, ASCII."""
    encoding = bits.take(3)
    count = most if fixed else bits.take(most.bit_length())
    if encoding == 0:
        return _digits(bits, count)
    if encoding in (1, 2):
        text = "".join(f"{bits.take(4):x}" for _ in range(count))
        return text if encoding == 1 else text.upper()
    if encoding == 3:
        return "".join(_SAFE_64[bits.take(6)] for _ in range(count))
    if encoding == 4:
        return "".join(chr(bits.take(7)) for _ in range(count))
    raise BadElement(place="compressed part", why="an encoding is not defined")
