"""Master data that came with captured documents: what places and classes of goods are."""

from django.db import models

from core.models.owned import Owned
from core.triggers import append_only
from traceability.domain.repository.values import LONGEST_NAME, LONGEST_TEXT
from traceability.models.captures import Capture


class MasterEntry(Owned):
    """One element of a vocabulary as its exact JSON bytes; the newest of an importer counts."""

    capture = models.ForeignKey(Capture, models.PROTECT, related_name="master")
    vocabulary = models.CharField(max_length=LONGEST_TEXT)
    element = models.CharField(max_length=LONGEST_TEXT)
    body = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["importer", "element", "-id"], name="master_data_by_element"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["capture", "vocabulary", "element"],
                name="a_capture_says_once_what_a_thing_is",
            ),
        ]

    def __str__(self) -> str:
        return self.element


class MasterTerm(models.Model):
    """An attribute or a child of an element, under the name by which it is asked for."""

    entry = models.ForeignKey(MasterEntry, models.PROTECT, related_name="terms")
    name = models.CharField(max_length=LONGEST_NAME)
    text = models.CharField(max_length=LONGEST_TEXT, blank=True)

    class Meta:
        indexes = [models.Index(fields=["name", "text", "entry"], name="master_terms_by_text")]

    def __str__(self) -> str:
        return f"{self.name} {self.text}"


append_only("traceability_masterentry")
append_only("traceability_masterterm")
