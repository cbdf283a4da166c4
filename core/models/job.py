"""Work in the background: the table is the truth, whoever rings the bell."""

from django.db import models
from django.db.models import F, Q

from core.models.document import Document


class Job(models.Model):
    """A piece of work: what, for which ids, how far, who holds it until when."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        PARKED = "parked", "Parked after failures"

    key = models.CharField(max_length=200, unique=True)
    task = models.CharField(max_length=80)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)
    run_after = models.DateTimeField(null=True)
    result = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    ordered_by = models.CharField(max_length=64, blank=True)
    ordered_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total=0) | Q(done__lte=F("total")), name="a_job_never_exceeds_its_total"
            )
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="jobs_to_take_up",
                condition=Q(state__in=["queued", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.state}"
