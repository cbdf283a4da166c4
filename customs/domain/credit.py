"""Credit of enterprises with customs: five grades since the measures of 2026.

Source: measures for the credit of registered enterprises, in force 2026-04-01, as reported in the
press of 2026-02; the one consequence is that of the return centre (GACC 2021 No. 70).
"""

from datetime import date
from typing import Final

from core.domain.errors import Refusal

IN_FORCE: Final = date(2026, 4, 1)

ADVANCED, CERTIFIED, REGULAR = "advanced", "certified", "regular"
DISHONEST, SERIOUSLY_DISHONEST = "dishonest", "seriously_dishonest"

GRADES: Final = (ADVANCED, CERTIFIED, REGULAR, DISHONEST, SERIOUSLY_DISHONEST)
"""From the best to the worst."""

NO_RETURN_CENTRE: Final = frozenset({DISHONEST, SERIOUSLY_DISHONEST})
"""Grades whose firms may run no return centre inside a zone."""


class GradeBeforeMeasures(Refusal):
    """Raised for a grade of a day on which the five grades did not exist, or that is to come."""

    code = "grade-before-measures"
    reason = "A grade from {since} cannot be noted: the five grades hold from {first} on."
    remedy = "Enter the day from which customs gives this grade, at the latest today."


def refuse_impossible(since: date, today: date) -> None:
    """Refuse a grade from before the measures, or from a day to come.

    Raises:
        GradeBeforeMeasures: the day is neither.
    """
    if not IN_FORCE <= since <= today:
        raise GradeBeforeMeasures(since=since.isoformat(), first=IN_FORCE.isoformat())
