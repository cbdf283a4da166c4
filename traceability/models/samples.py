"""Samples drawn of lots: why, how many units, and what the examination found."""

from django.db import models
from django.db.models import Q

from core.models import Party
from warehouse.models import Lot


class Sample(models.Model):
    """Units of a lot drawn to be examined; ``has_passed`` is empty until somebody judged."""

    class Cause(models.TextChoices):
        COMPLAINTS = "complaint", "Complaints of consumers"
        PLAN = "plan", "The plan of examinations"

    number = models.CharField(max_length=20, unique=True)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="samples")
    operator = models.ForeignKey(Party, models.PROTECT, related_name="+")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    complaints = models.PositiveIntegerField(default=0, help_text="made about the lot until then")
    units = models.PositiveIntegerField()
    drawn_at = models.DateTimeField()
    drawn_by = models.CharField(max_length=64)
    has_passed = models.BooleanField(null=True)
    report = models.CharField(max_length=60, blank=True)
    finding = models.CharField(max_length=300, blank=True)
    judged_at = models.DateTimeField(null=True)
    judged_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="a_sample_has_a_unit"),
            models.CheckConstraint(
                condition=Q(has_passed__isnull=True, judged_at__isnull=True, report="", finding="")
                | (Q(has_passed__isnull=False, judged_at__isnull=False) & ~Q(report="")),
                name="a_judged_sample_has_its_report",
            ),
            models.UniqueConstraint(
                fields=["lot"],
                condition=Q(judged_at__isnull=True),
                name="a_lot_has_one_open_sample",
            ),
        ]

    def __str__(self) -> str:
        return self.number
