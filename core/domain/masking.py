"""How personal data looks where it may only be recognised, not read."""

import re

_DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_PERSON = re.compile(
    rf"(?<![0-9])(?:[1-9][0-9]{{5}}(?:19|20)[0-9]{{2}}{_DAY}[0-9]{{3}}[0-9Xx]|1[3-9][0-9]{{9}})(?![0-9])"
)
"""Digits as identity cards, with a birthday in them, and mobile phones have them."""

_NAME = re.compile("[\\u3400-\\u9fff]{2,4}|[\\u3400-\\u9fff]+·[\\u3400-\\u9fff·]+")
"""A cell that holds nothing else than two to four Chinese characters may hold a name."""


def mask_cell(text: str) -> str:
    """A sheet's cell as it may be quoted: numbers of persons starred, and what may be a name.

    A short Chinese word that is no name is starred too: the cell's row and column lead to it.
    """
    if _NAME.fullmatch(text.strip()):
        return mask("name", text.strip())
    return mask_strays(text)


def mask_strays(text: str) -> str:
    """A text in which what looks like the number of an identity card or a phone is starred."""
    return _PERSON.sub(lambda found: _stars(found.group(), head=3, tail=2), text)


def mask(field: str, value: str) -> str:
    """A field with its middle starred: ``330106**********18``, ``张*``, ``138****5678``."""
    if field == "id_number":
        return _stars(value, head=6, tail=2)
    if field == "phone":
        return _stars(value, head=3, tail=4)
    if field == "email":
        name, _, domain = value.partition("@")
        return f"{_stars(name, head=1, tail=0)}@{domain}"
    if field == "name":
        return _stars(value, head=1, tail=0)
    return _stars(value, head=min(6, len(value) // 3), tail=0)


def _stars(value: str, *, head: int, tail: int) -> str:
    if len(value) <= head + tail:
        return "*" * len(value)
    end = value[len(value) - tail :] if tail else ""
    return value[:head] + "*" * (len(value) - head - tail) + end
