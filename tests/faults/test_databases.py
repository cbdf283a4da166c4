"""Databases that are restarted, copied back, or migrated with data in them."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from core import triggers
from tests.core.test_backup import LOOK, PASSPHRASE, ROOT, SEED
from tests.faults import cluster
from tests.warehouse.test_race import a_postgres_database, postgres_answers


def environment_of(address, folder):
    """Settings of an installation of its own."""
    return {
        **os.environ,
        "DATABASE_URL": address,
        "BONDPOOL_VAR": str(folder),
        "BONDPOOL_BACKUP_PASSPHRASE": PASSPHRASE,
        "PYTHONWARNINGS": "ignore",
    }


def manage(address, folder, *arguments):
    """manage.py on an installation of its own."""
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        cwd=ROOT, env=environment_of(address, folder), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1_500:]
    return done.stdout


@pytest.mark.postgres
@pytest.mark.skipif(not postgres_answers(), reason="PostgreSQL does not answer")
def test_a_backup_of_postgres_comes_back_to_the_same_books(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    target = str(tmp_path / "kept.tar")
    with a_postgres_database() as address:
        manage(address, first, "shell", "--no-imports", "-c", SEED)
        manage(address, first, "backup", target)
    with a_postgres_database() as empty:
        told = manage(empty, second, "restore", target)
        looked = manage(empty, second, "shell", "--no-imports", "-c", LOOK)

    assert told == "The books hold; 1 facts under the signed head.\n"
    assert looked.strip() == "张小明 declared 1"


LATEST = {"core", "imports", "warehouse", "fx_settlement", "customs", "traceability"}


@pytest.mark.django_db
def test_the_models_say_what_the_migrations_made(world):
    executor = MigrationExecutor(connection)
    found = MigrationAutodetector(
        executor.loader.project_state(), ProjectState.from_apps(apps)
    ).changes(graph=executor.loader.graph)

    assert {app for app in found if app in LATEST} == set()
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


@pytest.mark.django_db
def test_migrating_again_with_data_keeps_every_row_and_every_trigger(world):
    from_before = _rows()

    call_command("migrate", verbosity=0)

    assert _rows() == from_before
    assert triggers.missing() == []


def _rows():
    with connection.cursor() as cursor:
        found = {}
        for model in apps.get_models():
            cursor.execute(f'SELECT COUNT(*) FROM "{model._meta.db_table}"')
            found[model._meta.db_table] = cursor.fetchone()[0]
        return found


@pytest.mark.django_db
def test_a_table_that_a_migration_rebuilds_has_its_triggers_again(world):
    table = "core_fact"
    lost = [name for name, each in triggers.registry.items() if each.table == table]
    with connection.cursor() as cursor:
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        for name in lost:
            cursor.execute(f"DROP TRIGGER {name}{on}")
    assert set(lost) <= set(triggers.missing())

    call_command("migrate", verbosity=0)

    assert triggers.missing() == []


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite rebuilds tables")
def test_triggers_make_way_for_a_migrate_that_changes_something_and_come_back():
    triggers.make_way(plan=[])
    untouched = triggers.missing()

    triggers.make_way(plan=["a change"])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE warehouse_holding RENAME TO rebuilt")
        cursor.execute("ALTER TABLE rebuilt RENAME TO warehouse_holding")
    gone = triggers.missing()
    call_command("migrate", verbosity=0)

    assert (untouched, len(gone)) == ([], len(triggers.registry))
    assert triggers.missing() == []


CHECKS = """
from core import jobs
from portal.demo.database import make_tables

make_tables()
for n in range(20):
    jobs.order("portal.check_books", key=f"check {n}")
"""
ENDED = """
SELECT COUNT(*) FILTER (WHERE state = 'done'), COUNT(DISTINCT result_id)
FROM core_job WHERE task = 'portal.check_books'
"""
LEASES_RUN_OUT = """
UPDATE core_job SET lease_until = now() - interval '1 second', run_after = NULL
WHERE state IN ('running', 'queued')
"""


@pytest.mark.postgres
@pytest.mark.deep
@pytest.mark.skipif(not cluster.IS_POSSIBLE, reason=cluster.WHY_NOT)
def test_a_database_that_is_restarted_during_work_loses_none_of_it(tmp_path):
    with cluster.a_cluster() as server:
        manage(server.address, tmp_path, "shell", "--no-imports", "-c", CHECKS)
        broken_off = [_work_while_it_restarts(server, tmp_path) for _ in range(2)]
        manage(server.address, tmp_path, "worker", "--once")

        with psycopg.connect(server.address) as looking:
            ended = looking.execute(ENDED).fetchone()

    assert ended == (20, 20)
    assert any(broken_off)


def _work_while_it_restarts(server, folder):
    """Restart under a worker once it has begun; whether its process broke off by that."""
    with subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "worker", "--once"],
        cwd=ROOT, env=environment_of(server.address, folder),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as worker:  # fmt: skip
        with psycopg.connect(server.address, autocommit=True) as looking:
            while worker.poll() is None and not _is_at_work(looking):
                pass
        server.restart()
        code = worker.wait(timeout=120)
    with psycopg.connect(server.address) as later:
        later.execute(LEASES_RUN_OUT)
    return code != 0


def _is_at_work(looking):
    row = looking.execute("SELECT 1 FROM core_job WHERE state = 'running' LIMIT 1").fetchone()
    return row is not None
