"""QR symbols, error correction M, as the packed cells that a pen draws.

With version, level and mask fixed, a symbol is an affine function of its data bits over GF(2): the
symbol of one text, exclusive-ored with what each half byte of another text changes. Texts in ASCII
of up to 106 characters go that way, in microseconds; the rest through the library.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import segno

MASK = 2
"""Readers accept every mask; trying all eight for the fairest takes four fifths of the time."""

_BLOCKS = {
    1: (1, 16, 10),
    2: (1, 28, 16),
    3: (1, 44, 26),
    4: (2, 32, 18),
    5: (2, 43, 24),
    6: (4, 27, 16),
}
"""Blocks of a version, data and correction codewords in each. Source: ISO/IEC 18004, table 9."""

_DENSE = re.compile(r"[0-9A-Z $%*+./:\-]*")
"""Texts for which the standard has denser modes than bytes."""

_PAD = "00" + "ec11" * 64
"""What fills a symbol up; the library begins with noughts, and readers stop before them."""


class Symbol(NamedTuple):
    """A square of ``modules`` × ``modules`` cells; ``cells`` are its rows as bits, the first most
    significant, each row filled up to whole bytes; a set bit is black."""

    modules: int
    cells: bytes


def symbol(text: str) -> Symbol:
    """The symbol of a text, in the smallest version that holds it."""
    if not text.isascii() or _DENSE.fullmatch(text) or len(text) > _room(max(_BLOCKS)):
        return drawn_by_library(text)
    version = next(version for version in _BLOCKS if len(text) <= _room(version))
    cells, changes = _tables(version)
    for change, digit in zip(changes, _codewords(version, text), strict=True):
        cells ^= change[digit]
    modules = _modules(version)
    return Symbol(modules, cells.to_bytes(modules * _row_bytes(modules), "big"))


@lru_cache(maxsize=1024)
def drawn_by_library(text: str, version: int | None = None) -> Symbol:
    """The same symbol the plain way: what every symbol here has to equal."""
    code = segno.make_qr(text, error="m", mask=MASK, boost_error=False, version=version)
    return Symbol(len(code.matrix), b"".join(map(_packed, code.matrix)))


def _packed(row: bytearray) -> bytes:
    length = _row_bytes(len(row))
    bits = int("".join("01"[cell & 1] for cell in row), 2) << (length * 8 - len(row))
    return bits.to_bytes(length, "big")


def _modules(version: int) -> int:
    return 17 + 4 * version


def _row_bytes(modules: int) -> int:
    return (modules + 7) // 8


def _room(version: int) -> int:
    """Characters that a version holds beside mode, length and terminator."""
    blocks, data, _ = _BLOCKS[version]
    return blocks * data - 2


def _codewords(version: int, text: str) -> str:
    """The data codewords in hexadecimal: mode of bytes, length, text, terminator, padding."""
    digits = f"4{len(text):02x}{text.encode('ascii').hex()}0"
    return digits + _PAD[: 2 * (_room(version) + 2) - len(digits)]


@cache
def _tables(version: int) -> tuple[int, Sequence[Mapping[str, int]]]:
    """The symbol of no data at all, and by half byte of data what each digit changes in it."""
    changes = [_by_digit([_placed(version, word) for word in bits]) for bits in _words(version)]
    cells = int.from_bytes(drawn_by_library("a", version).cells, "big")
    for change, digit in zip(changes, _codewords(version, "a"), strict=True):
        cells ^= change[digit]
    return cells, changes


def _by_digit(changes: Sequence[int]) -> Mapping[str, int]:
    """What each hexadecimal digit changes, from what its four bits do, the least first."""
    sums = [0]
    for change in changes:
        sums += [change ^ each for each in sums]
    return dict(zip("0123456789abcdef", sums, strict=True))


def _words(version: int) -> Iterator[list[dict[int, int]]]:
    """By half byte of data and bit, the least first: the codewords with that bit alone set.

    A codeword's key is its place in the symbol, where the blocks' codewords take turns.
    """
    blocks, data, correction = _BLOCKS[version]
    rests = _rests(data, correction)
    for block in range(blocks):
        for place in range(data):
            for bits in (range(4, 8), range(4)):
                yield [
                    {place * blocks + block: 1 << bit}
                    | {
                        (data + n) * blocks + block: _times(word, 1 << bit)
                        for n, word in enumerate(rests[place])
                    }
                    for bit in bits
                ]


def _rests(data: int, correction: int) -> list[list[int]]:
    """Correction codewords of a block in which one data codeword is 1, the first place first."""
    generator = [1]
    root = 1
    for _ in range(correction):
        shifted = [*generator, 0]
        generator = [a ^ _times(b, root) for a, b in zip(shifted, [0, *generator], strict=True)]
        root = _times(root, 2)
    step = generator[1:]
    rests = [step]
    while len(rests) < data:
        first, *others = rests[-1]
        rests.append([a ^ _times(b, first) for a, b in zip([*others, 0], step, strict=True)])
    return rests[::-1]


def _times(a: int, b: int) -> int:
    """Product in the field of 256 elements that the standard uses."""
    product = 0
    while b:
        product ^= a * (b & 1)
        a = a << 1 ^ 0x11D * (a >> 7)
        b >>= 1
    return product


def _placed(version: int, words: Mapping[int, int]) -> int:
    """The cells that codewords at their places blacken, mask and fixed patterns left out."""
    path = _path(version)
    cells = 0
    for place, word in words.items():
        for bit in range(8):
            if word >> 7 - bit & 1:
                cells |= path[8 * place + bit]
    return cells


@cache
def _path(version: int) -> Sequence[int]:
    """The cell of each bit in turn: pairs of columns from the right, up and down by turns."""
    modules = _modules(version)
    stride = 8 * _row_bytes(modules)
    return [
        1 << (modules - row) * stride - 1 - column
        for number, right in enumerate([*range(modules - 1, 6, -2), 5, 3, 1])
        for row in (range(modules) if number % 2 else reversed(range(modules)))
        for column in (right, right - 1)
        if not _is_fixed(version, row, column)
    ]


def _is_fixed(version: int, row: int, column: int) -> bool:
    """Whether a cell belongs to a finder, a timing line, the format or the alignment pattern."""
    far = _modules(version) - 8
    in_corner = (row < 9 and (column < 9 or column >= far)) or (row >= far and column < 9)
    near = _modules(version) - 9
    is_aligned = version > 1 and near <= row < near + 5 and near <= column < near + 5
    return in_corner or is_aligned or 6 in (row, column)
