"""Credit grades of parties with customs, as they were read, each with its day and source."""

from django.db import models
from django.db.models import Q

from core.models import Party
from core.triggers import append_only
from customs.domain.credit import GRADES, IN_FORCE


class CreditGrade(models.Model):
    """The grade that customs gives a party from a day on; only ever added to."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    grade = models.CharField(max_length=20)
    since = models.DateField()
    source = models.CharField(max_length=300)
    noted_by = models.ForeignKey(Party, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(grade__in=GRADES), name="a_credit_grade_is_one_of_five"
            ),
            models.CheckConstraint(
                condition=Q(since__gte=IN_FORCE), name="no_grade_is_older_than_its_measures"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="a_credit_grade_names_its_source"),
        ]
        indexes = [models.Index(fields=["party", "since"], name="credit_grades_by_party")]

    def __str__(self) -> str:
        return f"{self.party_id}: {self.grade} since {self.since}"


append_only("customs_creditgrade")
