"""Numbers of the customs entries under which goods come into the zone."""

import re
from datetime import date

from core.domain.errors import Refusal

_SHAPE = re.compile(r"\d{18}")


class BadEntryNumber(Refusal):
    """Raised for a number that cannot be that of an entry accepted on a day."""

    code = "bad-entry-number"
    reason = "“{number}” is no number of an entry accepted on {on}."
    remedy = "Enter the 18 digits of the entry; the fifth to eighth are the year of acceptance."


def names_entry(text: str) -> bool:
    """Whether a text has the shape of an entry's number.

    Answers to lists may name the number of the entry's draft instead, which begins with a letter.
    """
    return _SHAPE.fullmatch(text.strip()) is not None


def entry_number(text: str, accepted_on: date) -> str:
    """The number of an entry: customs office (4), year (4), direction (1), serial (9).

    Raises:
        BadEntryNumber: not 18 digits, or of another year.
    """
    number = text.strip()
    if not is_entry_number(number, accepted_on):
        raise BadEntryNumber(number=number[:40], on=accepted_on.isoformat())
    return number


def is_entry_number(text: str, accepted_on: date) -> bool:
    """Whether a text can be the number of an entry that was accepted on a day."""
    return names_entry(text) and text.strip()[4:8] == f"{accepted_on:%Y}"
