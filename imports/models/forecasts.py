"""Annual forecasts: the sheet as received, and one current line per product and year."""

from django.db import models
from django.db.models import F, Q

from core.models import Document, Job
from core.tenancy import Owned
from imports.models.catalogue import Product


class ForecastUpload(Owned):
    """A sheet that an importer sent, with what is wrong in it."""

    class State(models.TextChoices):
        READING = "reading", "Being read"
        INVALID = "invalid", "Needs fixing"
        VALID = "valid", "Valid"
        PUBLISHED = "published", "Published"

    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True, help_text="of the sheet as received")
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    row_count = models.PositiveIntegerField(default=0)
    read_count = models.PositiveIntegerField(default=0, help_text="rows read so far")
    fault_count = models.PositiveIntegerField(default=0)
    added_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0, help_text="those added included")
    unchanged_count = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list, help_text="the first of the faults")
    uploaded_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at__isnull=True)),
                name="an_upload_is_published_at_an_instant",
            ),
            models.UniqueConstraint(
                fields=["importer", "year", "sha256"],
                condition=Q(state__in=["reading", "valid"]) & ~Q(sha256=""),
                name="a_sheet_is_open_once",
            ),
            models.CheckConstraint(
                condition=Q(read_count__lte=F("row_count")),
                name="no_more_rows_are_read_than_there_are",
            ),
        ]
        indexes = [models.Index(fields=["importer", "-uploaded_at"], name="uploads_newest_first")]

    def __str__(self) -> str:
        return f"{self.importer_id} {self.year} {self.state}"


class ForecastLine(Owned):
    """Units per month that an importer plans of a product in a year; versions, one current."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
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
    upload = models.ForeignKey(ForecastUpload, models.PROTECT, null=True, related_name="lines")
    version_from = models.DateTimeField()
    version_before = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "product", "year"],
                condition=Q(version_before__isnull=True),
                name="one_forecast_line_is_current",
            ),
            models.CheckConstraint(
                condition=Q(version_before__isnull=True) | Q(version_before__gte=F("version_from")),
                name="a_version_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["year", "product"],
                name="current_forecasts",
                condition=Q(version_before__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.importer_id} {self.product_id} {self.year}"

    @property
    def months(self) -> tuple[int, ...]:
        """Units of January to December."""
        return tuple(getattr(self, f"m{month:02d}") for month in range(1, 13))
