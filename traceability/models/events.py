"""The event repository: a projection of the fact log, and what importers captured beside it.

Projected events hold nothing that the log does not say; they may be dropped and rebuilt, and
then hold the same bytes. Captured events are only ever added.
"""

from django.db import models
from django.db.models import F, Q

from core.triggers import Trigger, register
from traceability.domain import epcis
from traceability.domain.repository.values import LONGEST_NAME, LONGEST_TEXT
from traceability.models.captures import Capture

READER = "traceability.events"
"""The log's reader that fills these tables."""


class EpcisEvent(models.Model):
    """One EPCIS event as its exact JSON bytes, with the columns that it is found by.

    ``recorder`` is the importer that captured it, 0 for the pool. ``viewer`` is the one importer
    that may see it; without one it is seen by those who hold goods that it is about. ``declared``
    is the time of its error declaration in UTC, empty where it declares none.
    """

    event_id = models.CharField(max_length=LONGEST_TEXT)
    kind = models.CharField(max_length=20, blank=True)
    happened_at = models.DateTimeField()
    record_time = models.DateTimeField()
    fact_position = models.BigIntegerField(null=True)
    capture = models.ForeignKey(Capture, models.PROTECT, null=True, related_name="events")
    recorder = models.BigIntegerField(default=0)
    viewer = models.BigIntegerField(null=True)
    body = models.TextField()
    event_type = models.CharField(max_length=LONGEST_TEXT)
    action = models.CharField(max_length=8, blank=True)
    biz_step = models.CharField(max_length=LONGEST_TEXT, blank=True)
    disposition = models.CharField(max_length=LONGEST_TEXT, blank=True)
    read_point = models.CharField(max_length=LONGEST_TEXT, blank=True)
    biz_location = models.CharField(max_length=LONGEST_TEXT, blank=True)
    transformation_id = models.CharField(max_length=LONGEST_TEXT, blank=True)
    error_reason = models.CharField(max_length=LONGEST_TEXT, blank=True)
    declared = models.CharField(max_length=27, blank=True)

    class Meta:
        ordering = ["fact_position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["fact_position", "kind"], name="a_fact_gives_one_event_of_a_kind"
            ),
            models.UniqueConstraint(
                fields=["event_id", "declared", "recorder"],
                name="an_event_is_recorded_once_with_each_declaration",
            ),
            models.CheckConstraint(
                condition=Q(fact_position__isnull=False, capture__isnull=True, recorder=0)
                | Q(
                    fact_position__isnull=True,
                    capture__isnull=False,
                    viewer__isnull=False,
                    viewer=F("recorder"),
                ),
                name="an_event_comes_from_a_fact_or_from_a_capture",
            ),
        ]
        indexes = [
            models.Index(fields=["record_time", "id"], name="events_by_record_time"),
            models.Index(fields=["happened_at", "id"], name="events_by_event_time"),
            models.Index(fields=["viewer", "record_time", "id"], name="events_of_a_viewer"),
            models.Index(fields=["viewer", "happened_at", "id"], name="events_of_a_viewer_by_time"),
            models.Index(fields=["biz_step", "record_time"], name="events_by_step"),
            models.Index(fields=["read_point", "record_time"], name="events_by_read_point"),
            models.Index(fields=["biz_location", "record_time"], name="events_by_location"),
        ]

    def __str__(self) -> str:
        return f"{self.kind or self.event_type} at {self.fact_position}"

    @property
    def position(self) -> int:
        """The line of the log that a projected event stands for."""
        if self.fact_position is None:
            raise ValueError(self.event_id)
        return self.fact_position


def _captured_events_stay(verb: str) -> None:
    name = f"captured_events_refuse_{verb}"
    message = "captured events are only ever added"
    when = f"BEFORE {verb.upper()} ON traceability_epcisevent"
    register(
        Trigger(
            name=name,
            table="traceability_epcisevent",
            sqlite=(
                f"CREATE TRIGGER {name} {when} WHEN OLD.capture_id IS NOT NULL "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            ),
            postgres=f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation';",
            when=f"{when} FOR EACH ROW WHEN (OLD.capture_id IS NOT NULL)",
        )
    )


_captured_events_stay("update")
_captured_events_stay("delete")


class EventTerm(models.Model):
    """One thing that an event says, under the name by which it can be asked for."""

    event = models.ForeignKey(EpcisEvent, on_delete=models.PROTECT, related_name="terms")
    name = models.CharField(max_length=LONGEST_NAME)
    text = models.CharField(max_length=LONGEST_TEXT, blank=True)
    number = models.FloatField(null=True)
    at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["name", "text", "event"], name="terms_by_text"),
            models.Index(
                fields=["name", "number", "event"],
                name="terms_by_number",
                condition=Q(number__isnull=False),
            ),
            models.Index(
                fields=["name", "at", "event"], name="terms_by_time", condition=Q(at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.text}"


class Holding(models.Model):
    """A lot, or the consignment it came in, of which an importer holds or held units."""

    importer_id = models.BigIntegerField()
    key = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer_id", "key"], name="an_importer_holds_a_thing_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.importer_id}"


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
