"""The demonstration's tables are those that the migrations make."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

AT_ONCE = """
import django
django.setup()
from portal.demo import database
database.make_tables()
"""


def made_by(folder: Path, *command: str) -> dict[str, object]:
    """Every table, index and trigger, and the migrations noted as done."""
    folder.mkdir()
    file = folder / "made.sqlite3"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "BONDPOOL_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{file}",
    }
    subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, timeout=300, check=True)
    connection = sqlite3.connect(file)
    schema = connection.execute("SELECT name, sql FROM sqlite_master")
    made: dict[str, object] = {
        name: sorted(re.findall(r"\w+|\S", sql or "")) for name, sql in schema
    }
    done = connection.execute("SELECT app, name FROM django_migrations")
    made["migrations"] = sorted(done.fetchall())
    connection.close()
    return made


def test_tables_made_at_once_are_the_tables_that_the_migrations_make(tmp_path):
    migrated = made_by(tmp_path / "migrated", "manage.py", "migrate", "--verbosity", "0")

    at_once = made_by(tmp_path / "at-once", "-c", AT_ONCE)

    assert at_once == migrated
