"""Counters behind gap-free numbers."""

from django.db import models


class NumberSeries(models.Model):
    """The last number given in a series and year."""

    series = models.CharField(max_length=16)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"
        constraints = [
            models.UniqueConstraint(fields=["series", "year"], name="one_counter_a_series_and_year")
        ]

    def __str__(self) -> str:
        return f"{self.series}-{self.year}: {self.last}"
