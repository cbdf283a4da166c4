"""Batches of printed labels, and the first time that a label's panel was scratched."""

from django.db import models
from django.db.models import F, Q

from core.models import Job
from warehouse.models import Lot, UnitIdentity


class LabelBatch(models.Model):
    """Labels of a lot printed together; their codes are derived from its number, never stored."""

    number = models.CharField(max_length=24, unique=True)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    issued_units = models.PositiveIntegerField(default=0)
    has_pin = models.BooleanField(default=False)
    request_key = models.CharField(max_length=80, unique=True)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    ordered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gte=1, units__lte=100_000),
                name="a_label_batch_has_one_to_a_hundred_thousand_labels",
            ),
            models.CheckConstraint(
                condition=Q(issued_units__lte=F("units")),
                name="a_label_batch_issues_no_more_than_it_has",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_issued(self) -> bool:
        """Whether every label may be printed."""
        return self.issued_units == self.units


class PinUse(models.Model):
    """That a label's panel was scratched, and when first."""

    identity = models.OneToOneField(
        UnitIdentity, models.PROTECT, primary_key=True, related_name="pin_use"
    )
    first_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"unit {self.identity_id}, {self.first_at}"
