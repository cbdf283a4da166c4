"""How often something was tried within a window."""

from django.db import models


class Tries(models.Model):
    """Tries of one kind by one keyed digest in one window; kept for a day, then pruned."""

    kind = models.CharField(max_length=32)
    who = models.BinaryField(max_length=32)
    window_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "tries"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "who", "window_at"], name="tries_are_counted_once_per_window"
            )
        ]
        indexes = [models.Index(fields=["window_at"], name="tries_by_window")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.count}"
