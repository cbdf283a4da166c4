"""Those who would write history anew: by the ORM, by SQL, with the triggers taken away."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from core import facts, invariants, triggers
from core.models import Fact
from core.triggers import registry
from tests.attacks.examples import PAGES
from tests.attacks.world import changed, standing
from tests.intruder import change_by_sql

pytestmark = pytest.mark.django_db

KEPT = sorted({each.table for each in registry.values() if each.name.endswith("_refuses_update")})
OF_TABLE = {model._meta.db_table: model for model in apps.get_models()}


def test_every_table_that_only_grows_is_tried_here():
    assert len(KEPT) >= 8
    assert set(KEPT) <= set(OF_TABLE)
    assert triggers.missing() == []


def test_no_row_of_history_is_changed_or_removed_by_orm_or_sql(world):
    facts.sequence()
    before, wrong, tried = standing(), [], 0
    for table in KEPT:
        rows = OF_TABLE[table]._base_manager.all()
        if not rows.exists():
            continue
        tried += 1
        column = rows.model._meta.pk.column
        for name, attempt in {
            "orm update": lambda rows=rows, name=rows.model._meta.pk.attname: rows.update(
                **{name: F(name)}
            ),
            "orm delete": lambda rows=rows: rows._raw_delete(rows.db),
            "sql update": lambda table=table, column=column: _sql(
                f'UPDATE "{table}" SET "{column}" = "{column}"'
            ),
            "sql delete": lambda table=table: _sql(f'DELETE FROM "{table}"'),
        }.items():
            try:
                with transaction.atomic():
                    attempt()
            except DatabaseError:
                continue
            wrong.append((table, name))

    assert tried >= 8
    assert (wrong, changed(before)) == ([], [])


def _sql(text):
    with connection.cursor() as cursor:
        cursor.execute(text)


def test_no_address_of_the_product_edits_history():
    words = {"admin", "fact", "facts", "log", "history", "audit"}
    assert [where for where in PAGES if words & set(where.split("/"))] == []


CHANGES = [
    "UPDATE core_fact SET data = '{\"units\": 1}' WHERE id = (SELECT MIN(id) FROM core_fact)",
    "UPDATE core_fact SET subject = 'lot:999' WHERE id = (SELECT MAX(id) FROM core_fact)",
    "UPDATE core_fact SET name = 'core.member.left' WHERE id = (SELECT MIN(id) FROM core_fact)",
    "UPDATE core_fact SET actor = 'user:1' WHERE id = (SELECT MIN(id) FROM core_fact)",
    "UPDATE core_fact SET at = '2020-01-01' WHERE id = (SELECT MIN(id) FROM core_fact)",
]


@pytest.mark.parametrize("sql", CHANGES)
def test_whatever_an_intruder_changes_in_the_log_is_found(world, sql):
    facts.sequence()
    with connection.cursor() as cursor:
        columns = {
            c.name for c in connection.introspection.get_table_description(cursor, "core_fact")
        }
    column = sql.split(" SET ")[1].split(" ")[0]
    if column not in columns:
        column = "recorded_at"

    change_by_sql(sql)

    assert [law.name for law in invariants.check_all() if not law.holds] != []


def test_an_unchanged_log_is_whole(world):
    facts.sequence()

    broken = [law.name for law in invariants.check_all(only="core.") if not law.holds]
    assert broken == []
    assert facts.head().size == Fact.objects.count()
