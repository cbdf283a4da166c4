"""Whoever has the database's password changes one thing; the check of the books names it."""

import pytest
from django.db import connection

from core.invariants import check_all
from tests.intruder import change_by_sql

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day")]

LAST_FACT = "(SELECT max(fact_id) FROM core_logentry)"
MIDDLE = "(SELECT position FROM core_logentry ORDER BY position LIMIT 1 OFFSET 3)"
A_NODE = "(SELECT max(id) FROM core_lognode WHERE level = 1)"
AN_EVENT = "(SELECT max(id) FROM traceability_epcisevent)"
A_SUBJECT = "(SELECT max(id) FROM traceability_eventsubject)"
THE_END = "(SELECT max(position) FROM core_logentry)"
EVENT = "UPDATE traceability_epcisevent SET"

CHANGES = {
    "a fact's subject": f"UPDATE core_fact SET subject = 'lot:99' WHERE id = {LAST_FACT}",
    "a fact's name": f"UPDATE core_fact SET name = 'imports.x' WHERE id = {LAST_FACT}",
    "a fact's data": f"UPDATE core_fact SET data = '{{}}' WHERE id = {LAST_FACT}",
    "a fact's actor": f"UPDATE core_fact SET actor = 'nobody' WHERE id = {LAST_FACT}",
    "a fact's day": f"UPDATE core_fact SET at = '2020-01-01 00:00:00' WHERE id = {LAST_FACT}",
    "a fact's salt": f"UPDATE core_fact SET salt = BLOB WHERE id = {LAST_FACT}",
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
        "INSERT INTO traceability_epcisevent (event_id, kind, happened_at, fact_position, body) "
        "VALUES ('x', 'owned', '2020-01-01 00:00:00', 777, '{}')"
    ),
}  # fmt: skip


@pytest.fixture
def sold(way):
    way.sell(way.codes[0])
    return way


def broken() -> list[str]:
    return [law.name for law in check_all() if not law.holds]


def test_nothing_is_named_while_nothing_was_changed(sold):
    assert [name for name in broken() if name.startswith(("traceability.", "core."))] == []


@pytest.mark.parametrize("what", CHANGES)
def test_each_change_by_sql_is_found(sold, what):
    before = broken()

    change_by_sql(CHANGES[what].replace("BLOB", _bytes()))
    after = broken()

    assert set(after) - set(before)


def _bytes() -> str:
    """A byte string as the database in use writes it."""
    return "'\\x00'::bytea" if connection.vendor == "postgresql" else "x'00'"
