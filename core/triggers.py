"""Database triggers, declared beside the model and reinstalled after every migrate.

Django rebuilds SQLite tables on some migrations and thereby drops their triggers; so they are
dropped and created anew after each migrate, and ``check_books`` names any that is missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Trigger:
    """One trigger by name, with its SQL for SQLite and PostgreSQL.

    ``sqlite`` is a whole CREATE TRIGGER statement named ``name``. ``postgres`` holds the body of
    a plpgsql function (between BEGIN and END) and ``when`` the words between the trigger's name
    and EXECUTE, for instance ``BEFORE UPDATE OR DELETE ON t FOR EACH ROW``.
    """

    name: str
    table: str
    sqlite: str
    postgres: str
    when: str
    declare: str = ""


registry: dict[str, Trigger] = {}


def register(trigger: Trigger) -> Trigger:
    """Declare a trigger; declaring the same name twice replaces it."""
    registry[trigger.name] = trigger
    return trigger


def append_only(table: str) -> None:
    """Refuse every UPDATE and DELETE of a table's rows, on both databases."""
    for verb in ("update", "delete"):
        name = f"{table}_refuses_{verb}"
        message = f"rows of {table} are only ever added"
        register(
            Trigger(
                name=name,
                table=table,
                sqlite=(
                    f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
                ),
                postgres=f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation';",
                when=f"BEFORE {verb.upper()} ON {table} FOR EACH ROW",
            )
        )


def keeps(table: str, *columns: str) -> None:
    """Refuse every UPDATE that changes one of the columns of a table, on both databases."""
    name = f"{table}_keeps_what_it_says"
    message = f"{', '.join(columns)} of {table} never change"
    differs = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    register(
        Trigger(
            name=name,
            table=table,
            sqlite=(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} "
                f"WHEN {differs.replace('IS DISTINCT FROM', 'IS NOT')} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            ),
            postgres=f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation';",
            when=f"BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({differs})",
        )
    )


def make_way(using: str = DEFAULT_DB_ALIAS, plan: Iterable[Any] = (), **_: Any) -> None:
    """Drop SQLite's triggers before a migrate that changes something; ``install`` follows it.

    SQLite refuses to put a rebuilt table in its place while a trigger of another table names it.
    """
    connection = connections[using]
    if connection.vendor == "sqlite" and plan:
        with connection.cursor() as cursor:
            for name in sorted(installed(connection)):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def install(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Create every declared trigger whose table exists, replacing what is there."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for trigger in registry.values():
            if trigger.table in tables:
                for statement in statements(trigger, connection.vendor):
                    cursor.execute(statement)


def statements(trigger: Trigger, vendor: str) -> Iterable[str]:
    """The SQL that drops and creates a trigger on one kind of database."""
    if vendor == "sqlite":
        return (f"DROP TRIGGER IF EXISTS {trigger.name}", trigger.sqlite)
    declare = f"DECLARE {trigger.declare}" if trigger.declare else ""
    after = "RETURN NULL;" if trigger.when.startswith("AFTER") else "RETURN NEW;"
    function = (
        f"CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$body$ {declare} BEGIN {trigger.postgres} {after} END $body$"
    )
    return (
        f"DROP TRIGGER IF EXISTS {trigger.name} ON {trigger.table}",
        function,
        f"CREATE TRIGGER {trigger.name} {trigger.when} EXECUTE FUNCTION {trigger.name}()",
    )


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Names of declared triggers that the database does not hold."""
    connection = connections[using]
    return sorted(set(registry) - installed(connection))


def installed(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the triggers that the database holds."""
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}
