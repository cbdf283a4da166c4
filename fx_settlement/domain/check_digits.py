"""Check digits of IBAN and LEI (ISO 7064 mod 97-10), and the shape of a BIC and a UETR."""

import re

_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", re.ASCII)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
_LEI = re.compile(r"[A-Z0-9]{18}\d{2}", re.ASCII)
_UETR = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_IBAN_LENGTHS = {
    "AT": 20,
    "BE": 16,
    "CH": 21,
    "DE": 22,
    "DK": 18,
    "ES": 24,
    "FI": 18,
    "FR": 27,
    "GB": 22,
    "IE": 22,
    "IT": 27,
    "LU": 20,
    "NL": 18,
    "NO": 15,
    "PL": 28,
    "PT": 25,
    "SE": 24,
    "CZ": 24,
}


def _mod97(text: str) -> int:
    return int("".join(str(int(c, 36)) for c in text)) % 97


def looks_like_iban(text: str) -> bool:
    """Whether a text is written as an IBAN is, right or wrong."""
    return bool(_IBAN.fullmatch(text)) and text[:2] in _IBAN_LENGTHS


def good_iban(text: str) -> bool:
    """Whether shape, the country's length where known, and check digits of an IBAN are right."""
    if not _IBAN.fullmatch(text) or len(text) != _IBAN_LENGTHS.get(text[:2], len(text)):
        return False
    return _mod97(text[4:] + text[:4]) == 1


def good_lei(text: str) -> bool:
    """Whether the check digits of an LEI are right (ISO 17442)."""
    return bool(_LEI.fullmatch(text)) and _mod97(text) == 1


def good_bic(text: str) -> bool:
    """Whether a text has the shape of a BIC (ISO 9362)."""
    return bool(_BIC.fullmatch(text))


def good_uetr(text: str) -> bool:
    """Whether a text is a UETR: a lower-case UUID of version 4."""
    return bool(_UETR.fullmatch(text))
