"""Measures of tariffs that were loaded beside those that ship; rows end and are never rewritten."""

from django.db import models
from django.db.models import F, Q

from customs.domain.measures import KINDS, Measure


class TariffMeasure(models.Model):
    """One dated row of a territory's tariff, with the source that it was read in."""

    territory = models.CharField(max_length=2)
    kind = models.CharField(max_length=20)
    hs_prefix = models.CharField(max_length=10)
    expression = models.CharField(max_length=200)
    origins = models.CharField(max_length=200, blank=True, help_text="countries and groups")
    excluded = models.CharField(max_length=200, blank=True)
    certificate = models.CharField(max_length=20, blank=True)
    quota = models.CharField(max_length=20, blank=True)
    valid_from = models.DateField()
    valid_before = models.DateField(null=True)
    source = models.CharField(max_length=250)
    trust = models.CharField(max_length=10)
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "territory",
                    "hs_prefix",
                    "kind",
                    "origins",
                    "excluded",
                    "certificate",
                    "quota",
                    "valid_from",
                ],
                name="a_tariff_holds_a_measure_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_before__isnull=True) | Q(valid_before__gt=F("valid_from")),
                name="a_measure_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(KINDS)), name="a_measure_is_of_a_known_kind"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="a_measure_names_its_source"),
        ]

    def __str__(self) -> str:
        return f"{self.territory} {self.kind} {self.hs_prefix}"

    def as_measure(self) -> Measure:
        """The row as the tax rules read it."""
        return Measure(
            kind=self.kind,
            hs_prefix=self.hs_prefix,
            expression=self.expression,
            valid_from=self.valid_from,
            valid_before=self.valid_before,
            source=self.source,
            origins=tuple(self.origins.split()),
            excluded=tuple(self.excluded.split()),
            certificate=self.certificate,
            quota=self.quota,
            trust=self.trust,
        )
