"""Databases that are restarted, copied back, or migrated with data in them."""

import os
import shutil
import subprocess
import sys
import threading
import time

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
from tests.warehouse.test_race import SERVER, a_postgres_database, postgres_answers

RESTARTS = os.environ.get("BONDPOOL_FAULTS_RESTART") == "1" and shutil.which("pg_ctlcluster")


def manage(address, folder, *arguments):
    """manage.py on an installation of its own."""
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "BONDPOOL_VAR": str(folder),
        "BONDPOOL_BACKUP_PASSPHRASE": PASSPHRASE,
        "PYTHONWARNINGS": "ignore",
    }
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1_500:]
    return done.stdout


@pytest.mark.postgres
@pytest.mark.skipif(not postgres_answers(), reason="PostgreSQL does not answer")
def test_a_backup_of_postgres_comes_back_to_the_same_books(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    target = str(tmp_path / "kept.tar")
    with a_postgres_database() as address:
        manage(address, first, "migrate", "--verbosity", "0")
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


@pytest.mark.postgres
@pytest.mark.deep
@pytest.mark.skipif(not RESTARTS, reason="set BONDPOOL_FAULTS_RESTART=1 where pg_ctlcluster is")
def test_a_database_that_is_restarted_during_work_loses_none_of_it(tmp_path):
    with a_postgres_database() as address:
        manage(address, tmp_path, "migrate", "--verbosity", "0")
        begun = "from core import jobs\nfor n in range(50): jobs.order('test.none', key=str(n))\n"
        manage(address, tmp_path, "shell", "--no-imports", "-c", begun)
        restart = threading.Timer(1, _restart)
        restart.start()
        ended = time.monotonic() + 60
        left = None
        while time.monotonic() < ended and left != 0:
            try:
                manage(address, tmp_path, "worker", "--once")
                with psycopg.connect(address) as looking:
                    row = looking.execute(
                        "SELECT COUNT(*) FROM core_job WHERE state = 'running'"
                    ).fetchone()
                left = row[0] if row else None
            except (AssertionError, psycopg.OperationalError):
                time.sleep(1)
        restart.join()

    assert left == 0


def _restart():
    version, name = subprocess.run(
        ["pg_lsclusters", "-h"], capture_output=True, text=True, check=True
    ).stdout.split()[:2]
    subprocess.run(["pg_ctlcluster", version, name, "restart", "-m", "fast"], check=True)
    for _ in range(30):
        try:
            psycopg.connect(f"{SERVER}/postgres", connect_timeout=1).close()
        except psycopg.OperationalError:
            time.sleep(0.5)
        else:
            return
