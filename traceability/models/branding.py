"""How an importer's trace pages look."""

from django.db import models

from core.models import Document
from core.tenancy import Owned

ACCENT_LIGHT, ACCENT_DARK = "#0b5f73", "#5cc6dc"
"""Bondpool's own accents, which stand until an importer chooses others."""


class Branding(Owned):
    """An importer's logo, accent colours and contact on the pages of its units."""

    logo = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    accent_light = models.CharField(max_length=7, default=ACCENT_LIGHT)
    accent_dark = models.CharField(max_length=7, default=ACCENT_DARK)
    contact_en = models.CharField(max_length=120, blank=True)
    contact_zh = models.CharField(max_length=120, blank=True)
    web = models.URLField(max_length=200, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["importer"], name="an_importer_has_one_branding")
        ]

    def __str__(self) -> str:
        return f"branding of {self.importer_id}"
