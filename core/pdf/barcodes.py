"""Code 128 symbols as PDF operators, a piece for each character that never changes."""

import re
from functools import cache
from typing import NamedTuple

from core.domain.errors import Refusal

# ISO/IEC 15417, table 1: widths of bar, space, bar, … of values 0 to 105, then of the stop.
_TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 "
    "112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 "
    "311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 "
    "112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 "
    "314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 "
    "122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 "
    "124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
WIDTHS = tuple(_TABLE.split())
"""By value of a character: how many modules its bar, its space, its next bar … take."""

_MODULES, _EXTRA_OF_STOP = 11, 2
_TO_C, _TO_B, _START_B, _START_C, _STOP = 99, 100, 104, 105, 106
_TOKEN = re.compile(r"(?:[0-9][0-9]){2,}|[ -~]")
QUIET_MODULES = 10
"""Clear modules that each side of a Code 128 symbol needs."""


class NotForABarcode(Refusal):
    """Raised when a value has characters that Code 128 cannot hold."""

    code = "not-for-a-barcode"
    reason = "“{value}” cannot be printed as a barcode: only Latin letters, digits and signs can."
    remedy = "Use Latin letters, digits and the usual signs in the number."


class Bars(NamedTuple):
    """A symbol ``modules`` wide, quiet zones not counted; ``code`` fills its bars.

    The unit is a module across and the height of the symbol upwards; the origin moves on to the
    right, so the code stands between q and Q.
    """

    modules: int
    code: str


def code_128(value: str) -> Bars:
    """The bars of a value. Even runs of four or more digits take the dense set C, all else set B.

    Raises:
        NotForABarcode: the value is empty or not printable ASCII.
    """
    codes = codes_of(value)
    pieces = _pieces()
    modules = _MODULES * len(codes) + _EXTRA_OF_STOP
    return Bars(modules, "".join([pieces[code] for code in codes]))


def codes_of(value: str) -> list[int]:
    """The values of a symbol's characters, from start to stop, check character included.

    Raises:
        NotForABarcode: the value is empty or not printable ASCII.
    """
    tokens = _TOKEN.findall(value)
    if not value or "".join(tokens) != value:
        raise NotForABarcode(value=value)
    codes = _codes(tokens)
    check = (codes[0] + sum(place * code for place, code in enumerate(codes))) % 103
    return [*codes, check, _STOP]


@cache
def _pieces() -> tuple[str, ...]:
    """By value of a character: its bars filled, and the origin moved behind it."""
    return tuple(map(_piece, WIDTHS))


def _piece(widths: str) -> str:
    bars = []
    module = 0
    for place, digit in enumerate(widths):
        if place % 2 == 0:
            bars.append(f"{module} 0 {digit} 1 re ")
        module += int(digit)
    return f"{''.join(bars)}f 1 0 0 1 {module} 0 cm\n"


def _codes(tokens: list[str]) -> list[int]:
    dense = len(tokens[0]) > 1
    codes = [_START_C if dense else _START_B]
    for token in tokens:
        if (len(token) > 1) != dense:
            dense = not dense
            codes.append(_TO_C if dense else _TO_B)
        if dense:
            codes += [int(token[place : place + 2]) for place in range(0, len(token), 2)]
        else:
            codes.append(ord(token) - ord(" "))
    return codes
