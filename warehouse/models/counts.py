"""Counts of lots: planned, entered blind, and closed with what the shelf really held."""

from django.db import models
from django.db.models import Q

from core.models import Pool
from core.triggers import append_only
from warehouse.domain.counting import Grade, Reason
from warehouse.models.receipts import Lot


class CountTask(models.Model):
    """One lot on the bonded shelves to be counted, by whoever takes it up."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        RECOUNT = "recount", "To be counted again"
        COUNTED = "counted", "Difference to be approved"
        CLOSED = "closed", "Closed"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="counts")
    grade = models.CharField(max_length=1, choices=[(g.value, g.value) for g in Grade])
    planned_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    reason = models.CharField(
        max_length=12, blank=True, choices=[(r.value, r.value) for r in Reason]
    )
    closed_on = models.DateField(null=True)
    adjusted_units = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=~Q(state="closed"), name="a_lot_is_in_one_open_count"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False)
                | (~Q(state="closed") & Q(closed_on__isnull=True, adjusted_units=0)),
                name="a_closed_count_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(adjusted_units=0) | ~Q(reason=""),
                name="a_difference_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["pool", "state", "due_on"], name="counts_that_wait")]

    def __str__(self) -> str:
        return f"count {self.pk} of lot {self.lot_id} ({self.state})"


class CountEntry(models.Model):
    """What one person found, and what the books said at that very position; never changed.

    ``position`` is the last movement of the lot when the number was entered. No later movement
    changes what ``book_units`` was, so stock may move until the difference is approved.
    """

    task = models.ForeignKey(CountTask, models.PROTECT, related_name="entries")
    attempt = models.PositiveSmallIntegerField()
    counted_units = models.PositiveIntegerField()
    book_units = models.BigIntegerField()
    position = models.BigIntegerField()
    counted_by = models.CharField(max_length=64)
    counted_at = models.DateTimeField()
    request_key = models.CharField(max_length=120, unique=True)

    class Meta:
        verbose_name_plural = "count entries"
        constraints = [
            models.UniqueConstraint(fields=["task", "attempt"], name="an_attempt_is_entered_once"),
            models.CheckConstraint(
                condition=Q(book_units__gte=0, position__gte=0),
                name="a_count_is_taken_at_a_position",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counted_units} of {self.book_units}"

    @property
    def difference(self) -> int:
        """Units found beyond the books; below zero: missing."""
        return self.counted_units - self.book_units


append_only("warehouse_countentry")
