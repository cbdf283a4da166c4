"""The tariff table: prices of carriers, agents and warehouses with date, source and trust."""

from django.db import models

from imports.domain.tariffs import Trust


class TariffRow(models.Model):
    """A price as published or assumed. Empty texts are what the source does not state.

    Columns are those of ``imports/data/tariffs.csv``.
    """

    key = models.CharField(max_length=40, primary_key=True)
    mode = models.CharField(max_length=40)
    origin = models.CharField(max_length=60, blank=True)
    destination = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    minimum_quantity = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    minimum_amount = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    breakpoints = models.CharField(max_length=300, blank=True)
    price = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    price_low = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    price_high = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True)
    date = models.DateField()
    date_kind = models.CharField(max_length=16)
    source = models.URLField(max_length=300, blank=True)
    covers = models.TextField(blank=True)
    trust = models.CharField(max_length=16, choices=[(trust, trust) for trust in Trust])
    basis = models.CharField(max_length=24)
    lane_fit = models.CharField(max_length=12)

    def __str__(self) -> str:
        return self.key
