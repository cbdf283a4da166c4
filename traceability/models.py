"""Rows of the prove stage: the projected event repository, and the look-ups of consumers.

The first four are a projection of the fact log: they hold nothing that the log does not say, and
may be dropped and rebuilt. The others are records of their own; look-ups are not facts.
"""

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q

from traceability.domain import epcis


class EpcisEvent(models.Model):
    """One EPCIS event as its exact JSON bytes, with the columns that it is found by."""

    event_id = models.CharField(max_length=45, unique=True)
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in epcis.Kind])
    happened_at = models.DateTimeField()
    fact_position = models.BigIntegerField()
    body = models.TextField()

    class Meta:
        ordering = ["fact_position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["fact_position", "kind"], name="a_fact_gives_one_event_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.fact_position}"


class EventSubject(models.Model):
    """A lot, unit, dispatch, consignment or declaration that an event is about."""

    event = models.ForeignKey(EpcisEvent, on_delete=models.PROTECT, related_name="subjects")
    key = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "event"], name="an_event_names_a_subject_once"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class TracedLot(models.Model):
    """What the log said about a lot when it was received; later facts name the lot by number."""

    lot_id = models.BigIntegerField(primary_key=True)
    gtin = models.CharField(max_length=14)
    number = models.CharField(max_length=20)
    origin = models.CharField(max_length=2)
    produced_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    consignment_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.gtin} {self.number}"

    def as_lot(self) -> epcis.Lot:
        """The lot as the domain knows it."""
        return epcis.Lot(self.gtin, self.number, self.origin, self.produced_on, self.expires_on)


class TracedPick(models.Model):
    """Units of a lot picked for a dispatch; facts about the dispatch name only the dispatch."""

    fact_position = models.BigIntegerField(primary_key=True)
    dispatch_id = models.BigIntegerField(db_index=True)
    lot = models.ForeignKey(TracedLot, on_delete=models.PROTECT)
    units = models.PositiveIntegerField()
    identities = models.JSONField()

    def __str__(self) -> str:
        return f"{self.units} for dispatch {self.dispatch_id}"

    def as_goods(self) -> epcis.Goods:
        """The picked units as the domain knows them."""
        return epcis.Goods(self.lot.as_lot(), self.units, tuple(self.identities))


class CodeUse(models.Model):
    """How often a code was looked up, and when first. Counted here, since raw rows are forgotten."""

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
        indexes = [models.Index(fields=["identity", "at"], name="scans_of_a_code_by_time")]

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
