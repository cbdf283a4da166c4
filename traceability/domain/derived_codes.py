"""Codes of a label batch, derived from a key: the same batch gives the same codes, none is stored.

Who holds the key could print the labels again; nobody else can tell one code from the next.
"""

from collections.abc import Callable, Iterator

from traceability.domain.codes import draw_code

Keyed = Callable[[bytes], bytes]
"""HMAC-SHA-256 under a secret key."""

PIN_DIGITS = 6


def derived_codes(keyed: Keyed, batch: str, first: int, before: int) -> Iterator[str]:
    """The codes of labels number ``first`` up to, not including, ``before``, counted from 1."""
    for number in range(first, before):
        yield derived_code(keyed, batch, number)


def derived_code(keyed: Keyed, batch: str, number: int) -> str:
    """The code of one label of a batch."""
    tries = 0

    def draw(bound: int) -> int:
        nonlocal tries
        tries += 1
        word = keyed(f"label {batch} {number} {tries}".encode())
        return int.from_bytes(word, "big") % bound

    return draw_code(draw)


def pin_of(keyed: Keyed, code: str) -> str:
    """The six digits under the scratch panel of a label."""
    number = int.from_bytes(keyed(f"pin {code}".encode()), "big")
    return f"{number % 10**PIN_DIGITS:0{PIN_DIGITS}d}"
