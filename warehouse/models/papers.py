"""Documents by which goods leave the account book otherwise than to a consumer."""

from django.db import models
from django.db.models import Q

from core.models import Party, Pool
from warehouse.domain.papers import PaperKind
from warehouse.models.receipts import Lot


class BookDocument(models.Model):
    """Units of one lot and owner to be destroyed, returned abroad, sampled, or moved to a zone.

    Execution and customs' approval come in either order; the days say which have come.
    """

    kind = models.CharField(max_length=14, choices=[(k.value, k.value) for k in PaperKind])
    number = models.CharField(max_length=32, unique=True)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="papers")
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    counterpart = models.CharField(
        max_length=120, blank=True, help_text="the other zone, the destroyer, the laboratory"
    )
    request_key = models.CharField(max_length=120, unique=True)
    drawn_on = models.DateField()
    executed_on = models.DateField(null=True)
    approved_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="a_document_takes_something"),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True)
                | Q(executed_on__isnull=True, approved_on__isnull=True),
                name="nothing_is_withdrawn_that_happened",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lot", "owner"],
                condition=Q(executed_on__isnull=True, withdrawn_on__isnull=True),
                name="documents_that_wait",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state(self) -> str:
        """The word for where it stands."""
        if self.withdrawn_on:
            return "withdrawn"
        if self.executed_on and self.approved_on:
            return "closed"
        return "executed" if self.executed_on else "approved" if self.approved_on else "open"
