"""What importers sent to the event repository, and what they asked it to watch."""

from django.db import models
from django.db.models import F, Q

from core.models.owned import Owned
from core.triggers import append_only, keeps


class Capture(Owned):
    """One document that was sent: what became of it. Its fact in the log commits to all of it."""

    class Behaviour(models.TextChoices):
        """What becomes of the sound events where another one is faulty."""

        ROLLBACK = "rollback", "All or nothing"
        PROCEED = "proceed", "As many as possible"

    capture_id = models.CharField(max_length=36, unique=True)
    behaviour = models.CharField(max_length=8, choices=Behaviour.choices)
    created_at = models.DateTimeField()
    is_success = models.BooleanField()
    sent_events = models.PositiveIntegerField()
    kept_events = models.PositiveIntegerField()
    errors = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["importer", "-id"], name="captures_of_an_importer")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kept_events__lte=F("sent_events")),
                name="a_capture_keeps_no_more_than_was_sent",
            ),
        ]

    def __str__(self) -> str:
        return self.capture_id


class NamedQuery(Owned):
    """A query that an importer keeps under a name, as its JSON text."""

    name = models.CharField(max_length=120)
    body = models.TextField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "named queries"
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "name"],
                condition=Q(ended_at__isnull=True),
                name="an_importer_uses_a_query_name_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QuerySubscription(Owned):
    """Where events of a named query are told, and how far it was told.

    ``after_fact`` and ``after_event`` are the last line of the log and the last captured event
    that were looked at; ``next_at`` is when to look again.
    """

    subscription_id = models.CharField(max_length=36, unique=True)
    query = models.ForeignKey(NamedQuery, models.PROTECT, related_name="subscriptions")
    address = models.CharField(max_length=300)
    sealed_token = models.BinaryField(null=True)
    schedule = models.JSONField(null=True)
    reports_if_empty = models.BooleanField(default=False)
    initial_record_time = models.DateTimeField(null=True)
    epc_format = models.CharField(max_length=24)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_told_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    after_fact = models.BigIntegerField(default=-1)
    after_event = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"],
                name="subscriptions_to_tell",
                condition=Q(ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.subscription_id


append_only("traceability_capture")
keeps("traceability_namedquery", "importer_id", "name", "body", "created_at")
keeps(
    "traceability_querysubscription",
    *("importer_id", "subscription_id", "query_id", "address", "sealed_token", "schedule"),
    *("reports_if_empty", "initial_record_time", "epc_format", "created_at"),
)
