"""Trace codes: sixteen characters that a person can copy from a label and nobody can guess.

Fifteen random characters of Crockford's base 32 (75 bits) and one check character
(ISO 7064 MOD 37,36). GS1 lets a serial, AI (21), have at most twenty characters.
"""

from collections.abc import Callable

from core.domain.errors import Refusal

Draw = Callable[[int], int]
"""A random whole number from 0 up to, not including, its argument, as ``secrets.randbelow``."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O (read as 1, 1, 0) and no U."""

LENGTH = 16
_RANDOM_BITS = 5 * (LENGTH - 1)
_CHECK_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {character: value for value, character in enumerate(_CHECK_ALPHABET)}
_AS_PRINTED = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})


class NotACode(Refusal):
    """Raised when what was typed cannot be a trace code: other characters or another length."""

    code = "not-a-trace-code"
    reason = "A trace code has 16 letters and digits; {length} usable ones were given."
    remedy = "Type the four groups of four under the QR symbol, or scan the symbol."


class BadCheck(Refusal):
    """Raised when the last character does not confirm the others: the code was misread."""

    code = "trace-code-misread"
    reason = "The code {shown} does not add up: at least one character was misread."
    remedy = "Compare it with the label character by character, or scan the symbol."


def check_character(payload: str) -> str:
    """The character that completes ``payload``.

    Source: ISO/IEC 7064:2003, hybrid system MOD 37,36.
    """
    product = 36
    for character in payload:
        total = (product + _VALUES[character]) % 36 or 36
        product = total * 2 % 37
    return _CHECK_ALPHABET[(1 - product) % 36]


def draw_code(draw: Draw) -> str:
    """A new code. Draws again while the check character is one that people misread."""
    while True:
        number = draw(1 << _RANDOM_BITS)
        shifts = range(_RANDOM_BITS - 5, -1, -5)
        payload = "".join(ALPHABET[number >> shift & 31] for shift in shifts)
        check = check_character(payload)
        if check in ALPHABET:
            return payload + check


def read_code(typed: str) -> str:
    """The code as issued, from what a person typed or a scanner read.

    Lower case, spaces and dashes are forgiven; O is read as 0, I and L as 1.

    Raises:
        NotACode: characters that no code has, or not sixteen of them.
        BadCheck: the check character does not fit.
    """
    code = typed.strip().upper().translate(_AS_PRINTED)
    usable = sum(character in ALPHABET for character in code)
    if len(code) != LENGTH or usable != LENGTH:
        raise NotACode(length=usable)
    if check_character(code[:-1]) != code[-1]:
        raise BadCheck(shown=shown(code))
    return code


def shown(code: str) -> str:
    """The code in four groups of four, as on the label."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
