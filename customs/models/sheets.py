"""Sheets of consumer orders that importers send."""

from django.db import models
from django.db.models import F, Q

from core.models import Job, Pool
from core.tenancy import Owned


class OrderSheet(Owned):
    """A sheet as received, sealed while it is needed, with what is wrong in it.

    Persons stand in the sealed content only; ``errors`` hold them masked.
    """

    class State(models.TextChoices):
        INVALID = "invalid", "Needs fixing"
        VALID = "valid", "Valid"
        RUNNING = "running", "Being taken"
        TAKEN = "taken", "Taken"
        PARTLY_REFUSED = "partly_refused", "Partly refused"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    filename = models.CharField(max_length=200)
    digest = models.BinaryField(max_length=32, help_text="tells a repeat from another sheet")
    sealed_content = models.BinaryField(help_text="empty once its orders are taken")
    state = models.CharField(max_length=14, choices=State.choices)
    row_count = models.PositiveIntegerField(default=0)
    order_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "pool", "digest"], name="a_sheet_of_orders_is_kept_once"
            ),
            models.CheckConstraint(
                condition=Q(done_count__lte=F("order_count")),
                name="no_more_orders_are_done_than_the_sheet_holds",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["running", "taken", "partly_refused"])
                | Q(job__isnull=False),
                name="a_sheet_is_taken_by_a_job",
            ),
        ]

    def __str__(self) -> str:
        return self.filename
