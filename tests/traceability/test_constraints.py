"""What the database refuses in the prove stage, whoever asks."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from core import tenancy
from traceability import services
from traceability.models import Capture, CodeUse, EpcisEvent, EventSubject, ScanRecord, UnknownTry
from warehouse.models import UnitIdentity

pytestmark = pytest.mark.django_db

AT = datetime(2025, 11, 9, 12, tzinfo=UTC)


def event(number: int, *, position: int | None, kind: str = "received", **more) -> EpcisEvent:
    return EpcisEvent.objects.create(
        event_id=f"urn:uuid:{number}",
        kind=kind,
        happened_at=AT,
        record_time=AT,
        fact_position=position,
        body="{}",
        **more,
    )


def captured(importer, number: int = 1, **more) -> EpcisEvent:
    with tenancy.as_operator("test"):
        made, _ = Capture.objects.get_or_create(
            capture_id="c",
            defaults={
                "importer_id": importer.pk,
                "behaviour": "rollback",
                "created_at": AT,
                "is_success": True,
                "sent_events": 1,
                "kept_events": 1,
            },
        )
    own = {"capture": made, "recorder": importer.pk, "viewer": importer.pk, **more}
    return event(number, position=None, kind="", **own)


def refused() -> pytest.RaisesExc[IntegrityError]:
    return pytest.raises(IntegrityError)


def test_a_fact_gives_one_event_of_a_kind():
    event(1, position=4)
    event(2, position=4, kind="commissioned")

    with refused(), transaction.atomic():
        event(3, position=4)
    assert [row.kind for row in EpcisEvent.objects.filter(fact_position=4)][1:] == ["commissioned"]


def test_an_event_has_its_own_identifier():
    event(1, position=4)

    with refused(), transaction.atomic():
        event(1, position=5)
    assert EpcisEvent.objects.get().fact_position == 4


def test_an_event_is_recorded_once_with_each_declaration(importer):
    captured(importer)
    captured(importer, declared="2025-01-01T00:00:00.000000Z")

    with refused(), transaction.atomic():
        captured(importer)
    assert EpcisEvent.objects.count() == 2


def test_an_event_comes_from_a_fact_or_from_a_capture(importer):
    made = captured(importer).capture

    for wrong in (
        {"position": None},
        {"position": 4, "capture": made},
        {"position": 4, "recorder": importer.pk},
        {"position": None, "capture": made, "recorder": importer.pk, "viewer": None},
    ):
        with refused(), transaction.atomic():
            event(9, **wrong)


def test_a_captured_event_is_never_changed_or_removed(importer):
    rows = EpcisEvent.objects.filter(pk=captured(importer).pk)

    with refused(), transaction.atomic():
        rows.update(body="[]")
    with refused(), transaction.atomic():
        rows.delete()
    with refused(), transaction.atomic():
        Capture._base_manager.update(sent_events=9)


def test_an_event_names_a_subject_once():
    made = event(1, position=4)
    EventSubject.objects.create(event=made, key="lot")

    with refused(), transaction.atomic():
        EventSubject.objects.create(event=made, key="lot")


def test_there_are_never_more_early_look_ups_than_look_ups(way):
    unit = UnitIdentity.objects.earliest("pk")

    with refused(), transaction.atomic():
        CodeUse.objects.create(
            identity=unit, first_scanned_at=AT, scan_count=1, scans_before_release=2
        )


def test_an_address_is_counted_in_one_row_per_window():
    UnknownTry.objects.create(address_hash="a", window_at=AT)

    with refused(), transaction.atomic():
        UnknownTry.objects.create(address_hash="a", window_at=AT)


def test_a_look_up_adds_to_the_counter_that_another_one_made_meanwhile(way):
    way.sell(way.codes[0])
    unit = UnitIdentity.objects.get(state="released")
    CodeUse.objects.create(identity=unit, first_scanned_at=AT)

    services.look_up(way.codes[0], at=AT, address="203.0.113.1", counts=True)

    assert CodeUse.objects.get(identity=unit).scan_count == 2
    assert ScanRecord.objects.filter(identity=unit).count() == 1
