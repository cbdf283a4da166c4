"""Reference data with code systems, sources and dates; loaded, never typed into code."""

from django.db import models
from django.db.models import Q


class Country(models.Model):
    """A country with its ISO 3166 codes and the three digits that customs messages use."""

    alpha2 = models.CharField(max_length=2, primary_key=True)
    alpha3 = models.CharField(max_length=3)
    cn_code = models.CharField(max_length=3, blank=True)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120)

    class Meta:
        verbose_name_plural = "countries"

    def __str__(self) -> str:
        return self.name


class Currency(models.Model):
    """A currency with its ISO 4217 code and the three digits that customs messages use."""

    alpha3 = models.CharField(max_length=3, primary_key=True)
    cn_code = models.CharField(max_length=3, blank=True)
    name = models.CharField(max_length=120)
    minor_units = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "currencies"

    def __str__(self) -> str:
        return self.alpha3


class Port(models.Model):
    """A sea port by its UN/LOCODE, with its position in degrees."""

    unlocode = models.CharField(max_length=5, primary_key=True)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    latitude = models.DecimalField(max_digits=8, decimal_places=5)
    longitude = models.DecimalField(max_digits=8, decimal_places=5)

    def __str__(self) -> str:
        return self.name


class HSHeading(models.Model):
    """A chapter, heading or subheading of the Harmonized System 2022 (2, 4 or 6 digits)."""

    code = models.CharField(max_length=6, primary_key=True)
    name = models.TextField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")

    def __str__(self) -> str:
        return self.code


class Unit(models.Model):
    """A unit of quantity by the code of the Chinese customs' unit table."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=60, blank=True)
    name_zh = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.name_zh


class ExchangeRate(models.Model):
    """A reference rate of one day: 1 base = ``rate`` quote. Never inverted, never rounded."""

    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    on = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    source = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["base", "quote", "on", "source"],
                name="a_source_gives_one_rate_a_day",
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="a_rate_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.base}{self.quote} {self.on} {self.rate}"
