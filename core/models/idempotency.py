"""What was answered to a request key, kept so that a repeated request changes nothing."""

from django.db import models


class IdempotencyRecord(models.Model):
    """A request key, the digest of its request, and the answer once it is known."""

    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="one_answer_per_request_key")
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
