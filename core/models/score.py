"""How well a party keeps its word: dated scores, written by the stage that computes them."""

from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q

from core.models.party import Importer
from core.triggers import append_only


class ScoreQuerySet(models.QuerySet["Score"]):
    """Scores with their time."""

    def latest_on(self, day: date, kind: str) -> "dict[int, Score]":
        """The last score of a kind up to a day, by importer. One query."""
        rows = self.filter(kind=kind, on__lte=day)
        same = Q(importer=OuterRef("importer"), on__lte=day)
        later = Q(on__gt=OuterRef("on")) | Q(on=OuterRef("on"), pk__gt=OuterRef("pk"))
        after = Score.objects.filter(same & later, kind=kind)
        return {row.importer_id: row for row in rows.filter(~Exists(after)).order_by("pk")}


class Score(models.Model):
    """A score from 0 to 1 of an importer on a day, and what it was computed from.

    ``about`` names the object that was judged, so that each is judged once.
    """

    class Kind(models.TextChoices):
        FORECAST = "forecast", "Accuracy of the forecast"

    importer = models.ForeignKey(Importer, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    about = models.CharField(max_length=64)
    on = models.DateField()
    value = models.DecimalField(max_digits=5, decimal_places=4)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "kind", "about"], name="an_object_is_scored_once"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0, value__lte=1), name="a_score_is_a_part_of_one"
            ),
        ]
        indexes = [models.Index(fields=["importer", "kind", "-on"], name="latest_scores_first")]

    def __str__(self) -> str:
        return f"{self.importer_id} {self.kind} {self.on} {self.value}"


append_only("core_score")
