"""Batches of declarations that a broker works on."""

from django.db import models

from core.models import Document, Job, Party, Pool


class DeclarationBatch(models.Model):
    """Declarations prepared together for one broker, with one archive to download."""

    class State(models.TextChoices):
        DECLARED = "declared", "Declared, files being made"
        BUILT = "built", "Files ready"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="declaration_batches")
    broker = models.ForeignKey(Party, models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DECLARED)
    declared_at = models.DateTimeField()
    request_key = models.CharField(max_length=80, unique=True)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    archive = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "declaration batches"
        indexes = [models.Index(fields=["broker", "-id"], name="batches_of_a_broker")]

    def __str__(self) -> str:
        return self.number
