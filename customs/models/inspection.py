"""Who may look into a pool for an authority or an auditor, and until when."""

from django.db import models
from django.db.models import F, Q

from core.models import Party, Pool
from core.triggers import keeps


class InspectionGrant(models.Model):
    """A time in which an office may look at a pool by a signed link; nothing can be changed by it.

    ``office`` names the office or firm, never a person.
    """

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    office = models.CharField(max_length=100)
    granted_by = models.ForeignKey(Party, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    valid_before = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_before__gt=F("granted_at")),
                name="a_grant_ends_after_it_was_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} until {self.valid_before:%Y-%m-%d}"


keeps("customs_inspectiongrant", "pool_id", "office", "granted_by_id", "granted_at", "valid_before")
