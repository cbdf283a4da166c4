"""Units that come back from a consumer into the zone."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import Owned
from warehouse.domain.returning import Clocks, ReturnedAs
from warehouse.models.dispatch import DispatchLine


class ReturnCase(Owned):
    """Units of one dispatch line on their way back: clocks, inspection, what becomes of them."""

    class State(models.TextChoices):
        ANNOUNCED = "announced", "Announced"
        ARRIVED = "arrived", "Arrived"
        RESTOCKED = "restocked", "Restocked"
        TO_DISPOSE = "to_dispose", "To be disposed of"
        CANCELLED = "cancelled", "Cancelled"

    number = models.CharField(max_length=32, unique=True)
    dispatch_line = models.ForeignKey(DispatchLine, models.PROTECT, related_name="returns")
    units = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ANNOUNCED)
    request_key = models.CharField(max_length=120, unique=True)
    released_on = models.DateField()
    announced_on = models.DateField()
    arrived_on = models.DateField(null=True)
    approved_on = models.DateField(null=True, help_text="customs let it back into the book")
    inspected_on = models.DateField(null=True)
    condition = models.CharField(
        max_length=8, blank=True, choices=[(c.value, c.value) for c in ReturnedAs]
    )
    fee_minor = models.PositiveIntegerField(default=0)
    voided_codes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="a_return_brings_something"),
            models.CheckConstraint(
                condition=Q(announced_on__gte=F("released_on")),
                name="a_return_follows_its_release",
            ),
            models.CheckConstraint(
                condition=Q(inspected_on__isnull=True) | ~Q(condition=""),
                name="an_inspection_finds_a_condition",
            ),
        ]
        indexes = [models.Index(fields=["state", "released_on"], name="returns_by_clock")]

    def __str__(self) -> str:
        return self.number

    @property
    def clocks(self) -> Clocks:
        """Until when it may be applied for and must be back."""
        return Clocks(self.released_on)
