"""Files that the system made or received."""

from django.db import models

from core.models.party import Party
from core.triggers import append_only


class Document(models.Model):
    """A stored file, by a key of its own; its bytes never change.

    The bytes lie under their sha256 in ``DOCUMENT_DIR``; ``key`` says what the file is
    (``customs.batch:12/merged.pdf``), so that a resumed job finds what it already made.
    """

    key = models.CharField(max_length=200, unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    filename = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    owner = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=64, blank=True)
    is_sealed = models.BooleanField(default=False, help_text="bytes encrypted in the vault's key")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject"], name="documents_by_subject")]

    def __str__(self) -> str:
        return self.filename


append_only("core_document")
