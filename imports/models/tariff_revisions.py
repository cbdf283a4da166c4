"""Prices that the operator entered over the published ones, each from a day on."""

from django.db import models
from django.db.models import F, Q

from core import triggers
from imports.domain.tariffs import Trust
from imports.models.tariffs import TariffRow


class TariffRevision(models.Model):
    """A price of a tariff row from a day on, with where it comes from; never rewritten.

    Until its first day, and after its last, what was said before holds.
    """

    row = models.ForeignKey(TariffRow, models.PROTECT, related_name="revisions")
    valid_from = models.DateField()
    valid_before = models.DateField(null=True, blank=True)
    price = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    minimum_amount = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    breakpoints = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300)
    trust = models.CharField(max_length=16, choices=[(trust, trust) for trust in Trust])
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_before__isnull=True) | Q(valid_before__gt=F("valid_from")),
                name="a_tariff_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="a_tariff_names_its_source"),
            models.CheckConstraint(
                condition=Q(price__isnull=False) | ~Q(breakpoints=""),
                name="a_revised_tariff_has_a_price",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row_id} {self.valid_from}"


triggers.append_only("imports_tariffrevision")
