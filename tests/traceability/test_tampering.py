"""Whoever has the database's password changes one thing; the check of the books names it."""

import pytest
from django.db import connection, transaction

from core import clock
from core.invariants import check_all
from tests.intruder import change_by_sql
from tests.traceability.epcis.conftest import document, event, program_of
from traceability import recalls, services

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day")]

LAST_FACT = "(SELECT max(fact_id) FROM core_logentry)"
NEWEST = "(SELECT max(id) FROM core_fact)"
MIDDLE = "(SELECT position FROM core_logentry ORDER BY position LIMIT 1 OFFSET 3)"
A_NODE = "(SELECT max(id) FROM core_lognode WHERE level = 1)"
AN_EVENT = "(SELECT max(id) FROM traceability_epcisevent WHERE capture_id IS NULL)"
A_SUBJECT = "(SELECT max(id) FROM traceability_eventsubject)"
THE_END = "(SELECT max(position) FROM core_logentry)"
EVENT = "UPDATE traceability_epcisevent SET"
SENT = "(SELECT max(id) FROM traceability_epcisevent WHERE capture_id IS NOT NULL)"
A_TERM = "(SELECT max(id) FROM traceability_eventterm)"
WORDS = (
    *("event_type", "action", "biz_step", "disposition", "read_point", "biz_location"),
    *("transformation_id", "error_reason", "declared"),
)
EVENT_COLUMNS = (
    "(event_id, kind, happened_at, record_time, fact_position, capture_id, recorder, viewer, "
    f"body, {', '.join(WORDS)})"
)

CHANGES = {
    "a fact's subject": f"UPDATE core_fact SET subject = 'lot:99' WHERE id = {LAST_FACT}",
    "a fact's name": f"UPDATE core_fact SET name = 'imports.x' WHERE id = {LAST_FACT}",
    "a fact's data": f"UPDATE core_fact SET data = '{{}}' WHERE id = {LAST_FACT}",
    "a fact's actor": f"UPDATE core_fact SET actor = 'nobody' WHERE id = {LAST_FACT}",
    "a fact's day": f"UPDATE core_fact SET at = '2020-01-01 00:00:00' WHERE id = {LAST_FACT}",
    "a fact's salt": f"UPDATE core_fact SET salt = BLOB WHERE id = {LAST_FACT}",
    "a fact's record day": (
        f"UPDATE core_fact SET recorded_at = '2020-01-01 00:00:00' WHERE id = {LAST_FACT}"
    ),
    "a fact put in": (
        "INSERT INTO core_fact (name, subject, actor, at, recorded_at, data, salt) SELECT name, "
        "subject, actor, at, '2025-11-09 00:00:00', data, salt FROM core_fact "
        f"WHERE id = {LAST_FACT}"
    ),
    "a fact cut with its line": (
        f"DELETE FROM core_logentry WHERE fact_id = {NEWEST}; "
        f"DELETE FROM core_fact WHERE id = {NEWEST}"
    ),
    "two facts swapped": (
        "UPDATE core_logentry SET position = 5000 WHERE position = 0; "
        "UPDATE core_logentry SET position = 0 WHERE position = 1; "
        "UPDATE core_logentry SET position = 1 WHERE position = 5000"
    ),
    "a leaf": f"UPDATE core_logentry SET leaf_hash = BLOB WHERE position = {MIDDLE}",
    "the last line cut": f"DELETE FROM core_logentry WHERE position = {THE_END}",
    "a line cut out": f"DELETE FROM core_logentry WHERE position = {MIDDLE}",
    "a line moved": f"UPDATE core_logentry SET position = 9999 WHERE position = {MIDDLE}",
    "two leaves swapped": (
        "UPDATE core_logentry SET leaf_hash = (SELECT o.leaf_hash FROM core_logentry o "
        "WHERE o.position = 1 - core_logentry.position) WHERE position < 2"
    ),
    "a node changed": f"UPDATE core_lognode SET hash = BLOB WHERE id = {A_NODE}",
    "a node deleted": f"DELETE FROM core_lognode WHERE id = {A_NODE}",
    "a node inserted": "INSERT INTO core_lognode (level, \"index\", hash) VALUES (9, 9, BLOB)",
    "a head's root": "UPDATE core_loghead SET root = BLOB",
    "a head's note": "UPDATE core_loghead SET note = 'x'",
    "a head's size": "UPDATE core_loghead SET size = size + 1000",
    "the heads deleted": "DELETE FROM core_loghead",
    "an event's bytes": f"{EVENT} body = '{{}}' WHERE id = {AN_EVENT}",
    "an event's day": f"{EVENT} happened_at = '2020-01-01 00:00:00' WHERE id = {AN_EVENT}",
    "an event's kind": f"{EVENT} kind = 'owned' WHERE id = {AN_EVENT}",
    "an event's name": f"{EVENT} event_id = 'x' WHERE id = {AN_EVENT}",
    "an event's place": f"{EVENT} fact_position = 888 WHERE id = {AN_EVENT}",
    "an event's subject": f"UPDATE traceability_eventsubject SET key = 'x' WHERE id = {A_SUBJECT}",
    "a subject deleted": f"DELETE FROM traceability_eventsubject WHERE id = {A_SUBJECT}",
    "an event inserted": (
        f"INSERT INTO traceability_epcisevent {EVENT_COLUMNS} SELECT 'x', 'owned', happened_at, "
        "record_time, 777, NULL, 0, NULL, '{}', event_type, action, biz_step, disposition, "
        "read_point, biz_location, transformation_id, error_reason, declared "
        f"FROM traceability_epcisevent WHERE id = {AN_EVENT}"
    ),
    "an event's record time": f"{EVENT} record_time = '2020-01-01 00:00:00' WHERE id = {AN_EVENT}",
    "an event's viewer": f"{EVENT} viewer = 99 WHERE id = {AN_EVENT}",
    "an event shown to all": f"{EVENT} viewer = NULL WHERE kind = 'owned'",
    **{f"an event's {column}": f"{EVENT} {column} = 'x' WHERE id = {AN_EVENT}" for column in WORDS},
    "a term": f"UPDATE traceability_eventterm SET text = 'x' WHERE id = {A_TERM}",
    "a term's number": f"UPDATE traceability_eventterm SET number = 5.5 WHERE id = {A_TERM}",
    "a term's instant": (
        f"UPDATE traceability_eventterm SET at = '2020-01-01 00:00:00' WHERE id = {A_TERM}"
    ),
    "a term's name": f"UPDATE traceability_eventterm SET name = 'x' WHERE id = {A_TERM}",
    "a term moved": (
        f"UPDATE traceability_eventterm SET event_id = (SELECT min(id) FROM "
        f"traceability_epcisevent) WHERE id = {A_TERM}"
    ),
    "a term deleted": f"DELETE FROM traceability_eventterm WHERE id = {A_TERM}",
    "a term inserted": (
        "INSERT INTO traceability_eventterm (event_id, name, text) "
        f"SELECT event_id, 'epc', 'x' FROM traceability_eventterm WHERE id = {A_TERM}"
    ),
    "a lot of the way": "UPDATE traceability_tracedlot SET origin = 'AU'",
    "a pick of the way": "UPDATE traceability_tracedpick SET units = units + 1",
    "a pick cut": "DELETE FROM traceability_tracedpick",
    "a voyage": "UPDATE traceability_tracedvoyage SET destination_port = 'CNSHA'",
    "a voyage's path": "UPDATE traceability_tracedvoyage SET path = '[]'",
    "a ready answer": (
        "UPDATE traceability_passport SET body = replace(body, 'Southern', 'Northern')"
    ),
    "a ready answer moved": "UPDATE traceability_passport SET order_id = order_id + 1",
    "a recall's scope": "UPDATE traceability_recall SET scope = 'product'",
    "a recall cut": (
        "DELETE FROM traceability_recallnotice; DELETE FROM traceability_recallunit; "
        "DELETE FROM traceability_recall"
    ),
    "a recalled unit let go": (
        "UPDATE warehouse_unitidentity SET state = 'applied' "
        "WHERE state = 'recalled'"
    ),
    "a holder": "UPDATE traceability_holding SET importer_id = 99",
    "a holder deleted": "DELETE FROM traceability_holding",
    "a holder inserted": (
        "INSERT INTO traceability_holding (importer_id, key) "
        "SELECT 99, min(key) FROM traceability_holding"
    ),
    "a captured event's bytes": f"{EVENT} body = replace(body, 'ADD', 'DELETE') WHERE id = {SENT}",
    "a captured event's reader": f"{EVENT} viewer = 99, recorder = 99 WHERE id = {SENT}",
    "a captured event's kind": f"{EVENT} kind = 'owned' WHERE id = {SENT}",
    "a captured event's record time": (
        f"{EVENT} record_time = '2020-01-01 00:00:00' WHERE id = {SENT}"
    ),
    "a captured event's capture": (
        f"{EVENT} capture_id = (SELECT max(id) FROM traceability_capture) WHERE id = {SENT}"
    ),
    "a captured event cut": (
        f"DELETE FROM traceability_eventterm WHERE event_id = {SENT}; "
        f"DELETE FROM traceability_epcisevent WHERE id = {SENT}"
    ),
    "two captured events swapped": (
        f"{EVENT} body = (SELECT o.body FROM traceability_epcisevent o WHERE o.id = {SENT} + "
        f"{SENT} - 1 - traceability_epcisevent.id) WHERE id IN ({SENT}, {SENT} - 1)"
    ),
    "a captured event inserted": (
        f"INSERT INTO traceability_epcisevent {EVENT_COLUMNS} SELECT 'urn:x', kind, happened_at, "
        "record_time, NULL, capture_id, recorder, viewer, replace(body, 'urn:uuid:', 'urn:'), "
        "event_type, action, biz_step, disposition, read_point, biz_location, "
        "transformation_id, error_reason, declared "
        f"FROM traceability_epcisevent WHERE id = {SENT}"
    ),
    "a capture's outcome": "UPDATE traceability_capture SET is_success = NOT is_success",
    "a capture's errors": "UPDATE traceability_capture SET errors = '[1]'",
    "a capture's day": "UPDATE traceability_capture SET created_at = '2020-01-01 00:00:00'",
    "a capture's name": "UPDATE traceability_capture SET capture_id = 'x' WHERE kept_events = 2",
    "a capture's behaviour": "UPDATE traceability_capture SET behaviour = 'proceed'",
    "a capture's count": "UPDATE traceability_capture SET sent_events = sent_events + 1",
    "an empty capture deleted": "DELETE FROM traceability_capture WHERE kept_events = 0",
    "a capture inserted": (
        "INSERT INTO traceability_capture (capture_id, behaviour, created_at, is_success, "
        "sent_events, kept_events, errors, importer_id) SELECT 'y', behaviour, created_at, "
        "is_success, 0, 0, errors, importer_id FROM traceability_capture WHERE kept_events = 0"
    ),
    "a query's words": "UPDATE traceability_namedquery SET body = '{}'",
    "a query's name": "UPDATE traceability_namedquery SET name = 'x'",
    "a query's owner": (
        "UPDATE traceability_namedquery SET importer_id = (SELECT max(id) FROM core_party)"
    ),
    "a query ended": "UPDATE traceability_namedquery SET ended_at = created_at",
    "a query deleted": (
        "DELETE FROM traceability_querysubscription; DELETE FROM traceability_namedquery"
    ),
    "a query inserted": (
        "INSERT INTO traceability_namedquery (name, body, created_at, importer_id) "
        "SELECT 'y', body, created_at, importer_id FROM traceability_namedquery"
    ),
    "a subscription's address": "UPDATE traceability_querysubscription SET address = 'x'",
    "a subscription's token": "UPDATE traceability_querysubscription SET sealed_token = BLOB",
    "a subscription ended": "UPDATE traceability_querysubscription SET ended_at = created_at",
    "a subscription deleted": "DELETE FROM traceability_querysubscription",
}  # fmt: skip


@pytest.fixture
def sold(way, importer):
    way.sell(way.codes[0])
    asked = {"number": "RC-1", "unit_codes": [way.codes[2]]}
    recalls.open_recall(way.pool, way.product.gtin, "Too much iron", **asked)
    way.project()
    services.look_up(way.codes[0], at=clock.now(), address="203.0.113.7", counts=False)
    program = program_of(importer)
    named = [event(eventID=f"urn:uuid:{n}", action="ADD", bizStep=None) for n in (1, 2)]
    program.post("capture", document(*named))
    program.post("capture", event(eventID="urn:uuid:1", action="DELETE"))
    program.post("queries", {"name": "all", "query": {"EQ_action": ["ADD"]}})
    program.post("queries/all/subscriptions", {"dest": "https://shop.example.com/", "stream": True})
    return way


def broken() -> set[str]:
    laws = [*check_all("core."), *check_all("traceability.")]
    return {law.name for law in laws if not law.holds}


def test_each_change_by_sql_is_found_and_nothing_is_named_while_nothing_was_changed(sold):
    before = broken()
    missed = [what for what, sql in CHANGES.items() if not _found(sql, before)]

    assert (before, missed) == (set(), [])


def _found(sql: str, before: set[str]) -> bool:
    """Whether a law is broken after a change, which is then taken back."""
    mark = transaction.savepoint()
    change_by_sql(sql.replace("BLOB", _bytes()))
    found = broken() - before
    transaction.savepoint_rollback(mark)
    return bool(found)


def _bytes() -> str:
    """A byte string as the database in use writes it."""
    return "'\\x00'::bytea" if connection.vendor == "postgresql" else "x'00'"
