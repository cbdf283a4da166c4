"""The event repository: a projection of the fact log.

These tables hold nothing that the log does not say; they may be dropped and rebuilt, and then
hold the same bytes.
"""

from django.db import models

from traceability.domain import epcis

READER = "traceability.events"
"""The log's reader that fills these tables."""


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
            models.UniqueConstraint(fields=["key", "event"], name="an_event_names_a_subject_once"),
        ]

    def __str__(self) -> str:
        return self.key


class TracedLot(models.Model):
    """What the log said about a lot when it was received; later facts name the lot by number."""

    lot_id = models.BigIntegerField(primary_key=True)
    gtin = models.CharField(max_length=14)
    number = models.CharField(max_length=40)
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


class TracedVoyage(models.Model):
    """Between which ports a consignment travelled, and the sea route if it went by ship."""

    consignment_id = models.BigIntegerField(primary_key=True)
    mode = models.CharField(max_length=8)
    origin_port = models.CharField(max_length=5)
    destination_port = models.CharField(max_length=5, blank=True)
    distance_nm = models.PositiveIntegerField(null=True)
    path = models.JSONField(default=list, help_text="hundredths of a degree, [longitude, latitude]")

    def __str__(self) -> str:
        return f"{self.origin_port}–{self.destination_port}"
