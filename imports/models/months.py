"""Twelve months of units, as every row about a year holds them."""

from django.db import models


class YearOfUnits(models.Model):
    """Units of January to December, and those that would be taken on top."""

    m01 = models.PositiveIntegerField(default=0)
    m02 = models.PositiveIntegerField(default=0)
    m03 = models.PositiveIntegerField(default=0)
    m04 = models.PositiveIntegerField(default=0)
    m05 = models.PositiveIntegerField(default=0)
    m06 = models.PositiveIntegerField(default=0)
    m07 = models.PositiveIntegerField(default=0)
    m08 = models.PositiveIntegerField(default=0)
    m09 = models.PositiveIntegerField(default=0)
    m10 = models.PositiveIntegerField(default=0)
    m11 = models.PositiveIntegerField(default=0)
    m12 = models.PositiveIntegerField(default=0)
    tolerance_units = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def months(self) -> tuple[int, ...]:
        """Units of January to December."""
        return tuple(getattr(self, f"m{month:02d}") for month in range(1, 13))
