"""How near plans came to what consumers drew."""

from django.db import models
from django.db.models import Q

from core.tenancy import Owned
from core.triggers import append_only
from imports.models.catalogue import Product


class PlanScore(Owned):
    """What an importer had planned of a product when a month began, and what was drawn in it."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    planned_units = models.PositiveIntegerField()
    drawn_units = models.PositiveIntegerField()
    scored_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "product", "year", "month"], name="a_month_is_scored_once"
            ),
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12), name="a_score_is_of_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.importer_id} {self.product_id} {self.year}-{self.month:02d}"


append_only("imports_planscore")
