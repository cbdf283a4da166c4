"""What was changed in a refused declaration before it was declared again."""

from django.db import models
from django.db.models import F, Q

from core.models import Party
from core.triggers import append_only
from customs.models.declarations import Declaration


class Mending(models.Model):
    """One value of a declaration as customs refused it, and as it is declared from then on."""

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="mendings")
    cop_no = models.CharField(max_length=20, help_text="number of the attempt that was refused")
    line_no = models.PositiveSmallIntegerField(default=0, help_text="0: the head")
    element = models.CharField(max_length=32, help_text="element of the message")
    before = models.CharField(max_length=1000, blank=True)
    after = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(Party, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(before=F("after")), name="a_mending_changes_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cop_no} {self.line_no}/{self.element}"


append_only("customs_mending")
