"""The unified social credit code of Chinese legal persons (GB 32100-2015)."""

from core.domain.errors import Refusal

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 characters: no I, O, S, V, Z."""

WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


class BadCreditCode(Refusal):
    """Raised when a unified social credit code is not well formed."""

    code = "bad-credit-code"
    reason = "The unified social credit code “{value}” is not valid: {fault}."
    remedy = "Copy the 18 characters from the business licence."


def check_character(first_17: str) -> str:
    """The 18th character that completes the code."""
    total = sum(ALPHABET.index(c) * w for c, w in zip(first_17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def credit_code(value: str) -> str:
    """A credit code in capitals, without spaces.

    Raises:
        BadCreditCode: wrong length, characters or check character.
    """
    bare = value.strip().upper().replace(" ", "")
    if len(bare) != 18:
        raise BadCreditCode(value=value, fault=f"it has {len(bare)} characters, not 18")
    if not set(bare) <= set(ALPHABET):
        raise BadCreditCode(value=value, fault="it may not hold I, O, S, V, Z or signs")
    if bare[-1] != check_character(bare[:-1]):
        raise BadCreditCode(value=value, fault="the last character does not fit the others")
    return bare
