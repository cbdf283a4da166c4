"""Noting the credit grade that customs gives a party."""

from datetime import date

from django.db import transaction

from core import clock, facts
from core.models import Party
from customs.domain import credit
from customs.models import CreditGrade


@transaction.atomic
def note_grade(party: Party, grade: str, since: date, *, source: str, by: Party) -> CreditGrade:
    """Note from which day on customs gives a party a grade, and where it was read; again: the same.

    Raises:
        GradeBeforeMeasures: the day is before the five grades, or to come.
    """
    credit.refuse_impossible(since, clock.today())
    Party.objects.select_for_update().get(pk=party.pk)
    said = {"party": party, "grade": grade, "since": since, "source": source}
    earlier = CreditGrade.objects.filter(**said).first()
    if earlier is not None:
        return earlier
    made = CreditGrade.objects.create(**said, noted_by=by, noted_at=clock.now())
    facts.append(
        "customs.credit.noted",
        subject=f"party:{party.pk}",
        data={"party": party.pk, "grade": grade, "since": since.isoformat()},
    )
    return made
