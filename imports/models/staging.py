"""Rows of a forecast sheet that were read and are not published yet."""

from django.db import models

from core.models import Importer
from core.tenancy import Owned
from imports.models.catalogue import Product
from imports.models.forecasts import ForecastUpload
from imports.models.months import YearOfUnits


class StagedLine(YearOfUnits, Owned):
    """A good row of a sheet, and what publishing it would do to the plan.

    Lean, as rows stay for minutes: the plan's own constraints judge products and importers.
    """

    class Change(models.TextChoices):
        ADDED = "added", "Added"
        CHANGED = "changed", "Changed"
        UNCHANGED = "unchanged", "Unchanged"

    importer = models.ForeignKey(
        Importer, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    upload = models.ForeignKey(
        ForecastUpload, models.CASCADE, related_name="staged", db_index=False
    )
    row_number = models.PositiveIntegerField()
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    year = models.PositiveSmallIntegerField()
    change = models.CharField(max_length=9, choices=Change.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["upload", "product", "year"], name="a_sheet_states_a_product_once_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.upload_id} row {self.row_number} {self.change}"
