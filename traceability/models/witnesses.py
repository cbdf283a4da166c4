"""Cosignatures of witnesses under heads of the log."""

from django.db import models

from core.triggers import append_only


class Cosignature(models.Model):
    """A witness's line under the head of a size, checked before it was stored."""

    size = models.PositiveBigIntegerField()
    witness = models.CharField(max_length=200)
    line = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["size", "witness"], name="a_witness_cosigns_a_head_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.witness} at {self.size}"


append_only("traceability_cosignature")
