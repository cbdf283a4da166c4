"""The fact log: what happened, in which order, under which signed head."""

from django.db import models

from core.triggers import append_only


class Fact(models.Model):
    """One thing that happened. Ids only, never personal data; never changed or removed."""

    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=64)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField(help_text="when it happened in the trade")
    recorded_at = models.DateTimeField()
    data = models.JSONField(default=dict)
    salt = models.BinaryField(max_length=16)

    class Meta:
        indexes = [models.Index(fields=["subject", "id"], name="facts_by_subject")]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"


class LogEntry(models.Model):
    """The place of a fact in the one order of the system, with the hash of its leaf."""

    position = models.PositiveBigIntegerField(primary_key=True)
    fact = models.OneToOneField(Fact, models.PROTECT, related_name="entry")
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name_plural = "log entries"

    def __str__(self) -> str:
        return f"{self.position}"


class LogNode(models.Model):
    """Hash of a complete subtree: leaves ``index·2^level`` to ``(index+1)·2^level − 1``."""

    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["level", "index"], name="a_log_node_is_stored_once")
        ]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class LogHead(models.Model):
    """A signed head: size and root of the tree, as a C2SP checkpoint."""

    size = models.PositiveBigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.size}"


class LogCursor(models.Model):
    """How far a reader of the log has come; ``position`` is the next one to read."""

    reader = models.CharField(max_length=80, unique=True)
    position = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.reader} at {self.position}"


for _table in ("core_fact", "core_logentry", "core_lognode", "core_loghead"):
    append_only(_table)
