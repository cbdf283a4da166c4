"""Look-ups of consumers: how often, how many networks, and who guesses."""

from django.db import models
from django.db.models import F, Q


class CodeUse(models.Model):
    """How often a code was looked up, and when first; stays when the single look-ups are gone."""

    identity = models.OneToOneField(
        "warehouse.UnitIdentity", on_delete=models.PROTECT, related_name="use", primary_key=True
    )
    first_scanned_at = models.DateTimeField()
    scan_count = models.PositiveIntegerField(default=1)
    scans_before_release = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scan_count__gte=F("scans_before_release")),
                name="look_ups_before_release_are_look_ups",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scan_count} look-ups since {self.first_scanned_at}"


class ScanRecord(models.Model):
    """One look-up: when, and a keyed hash of the network, new each day. Kept 180 days.

    No address, no device, no cookie, no place: Personal Information Protection Law of the
    People's Republic of China, article 6 (the minimum that the purpose needs).
    """

    class Kind(models.TextChoices):
        PAGE = "page"
        API = "api"

    identity = models.ForeignKey(
        "warehouse.UnitIdentity", on_delete=models.PROTECT, related_name="scans"
    )
    at = models.DateTimeField()
    network_hash = models.CharField(max_length=32)
    kind = models.CharField(max_length=4, choices=Kind.choices)

    class Meta:
        indexes = [
            models.Index(
                fields=["identity", "at", "network_hash"], name="networks_of_a_code_by_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"


class UnknownTry(models.Model):
    """Codes nobody issued that one address asked for within a window; a keyed hash, kept a day."""

    address_hash = models.CharField(max_length=32)
    window_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address_hash", "window_at"], name="an_address_counts_once_per_window"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tries} since {self.window_at}"
