"""What importers type before they submit it: figures apart from the plan that counts."""

from django.db import models

from core.tenancy import Owned
from imports.models.catalogue import Product
from imports.models.months import YearOfUnits


class DraftLine(YearOfUnits, Owned):
    """A product's year as an importer last typed it; no round ever reads it.

    ``version`` grows with every save, so that of two windows the later cannot overwrite unseen.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "year", "product"], name="a_product_has_one_draft_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.importer_id} {self.product_id} {self.year} v{self.version}"
