"""The laws of the prove stage hold, and say so when they do not."""

import pytest

from core.invariants import check_all
from traceability.models import CodeUse, EpcisEvent, EventSubject, ScanRecord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day")]


def violations() -> dict[str, tuple[str, ...]]:
    return {finding.name: finding.violations for finding in check_all("traceability.")}


def test_the_laws_hold_after_a_sale_and_its_look_ups(client, way):
    way.sell(way.codes[0])
    client.get(f"/t/{way.codes[0]}")

    assert violations() == {
        "traceability.captures_say_what_the_log_says": (),
        "traceability.events_are_found_by_what_they_say": (),
        "traceability.every_fact_read_is_one_event": (),
        "traceability.events_say_what_the_log_says": (),
        "traceability.holders_are_those_of_the_log": (),
        "traceability.lookups_are_counted": (),
        "traceability.master_data_is_found_by_what_it_says": (),
        "traceability.ready_answers_are_ours": (),
        "traceability.recalled_units_stay_stopped": (),
        "traceability.ways_are_those_of_the_log": (),
        "traceability.standing_queries_say_what_the_log_says": (),
    }


def test_a_lost_event_and_a_false_one_are_named(way):
    way.sell(way.codes[0])
    lost = EpcisEvent.objects.get(kind="received")
    EventSubject.objects.filter(event=lost).delete()
    EpcisEvent.objects.filter(pk=lost.pk).update(fact_position=999)

    found = violations()["traceability.every_fact_read_is_one_event"]

    assert found == (
        "the fact at line 2 has no event",
        "an event stands for line 999, which is no fact of a lot's way",
    )


def test_a_counter_that_forgot_a_look_up_is_named(client, way):
    way.sell(way.codes[0])
    client.get(f"/t/{way.codes[0]}")
    unit = CodeUse.objects.get().identity
    ScanRecord.objects.create(identity=unit, at=way.sold[0].ordered_at, network_hash="", kind="api")

    assert violations()["traceability.lookups_are_counted"] == (
        f"unit {unit.pk} counts 1 look-ups, 2 are on record",
    )
