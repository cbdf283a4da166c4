"""Statements of the hot path, run by the driver itself: Django's cursor takes longer than they do.

While somebody listens to the connection's statements, as tests and debugging do, Django's cursor
runs them all the same.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

Row = tuple[Any, ...]


def database() -> BaseDatabaseWrapper:
    """This thread's connection, without the proxy that looks it up for each attribute."""
    return connections[DEFAULT_DB_ALIAS]


def renew(database: BaseDatabaseWrapper) -> None:
    """Between requests: close a connection that failed or is too old, as Django does.

    Whether one still works shows by using it; Django would ask the server first.
    """
    if not database.in_atomic_block:
        database.close_if_unusable_or_obsolete()
        database.health_check_done = True  # type: ignore[attr-defined]


def row(database: BaseDatabaseWrapper, statement: str, values: Sequence[Any]) -> Row:
    """The first row that a statement answers with."""
    if database.queries_logged or database.execute_wrappers:
        with database.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()  # type: ignore[no-any-return]
    database.ensure_connection()
    with database.wrap_database_errors:
        return _driver(database, statement, values).fetchone()  # type: ignore[no-any-return]


def run(database: BaseDatabaseWrapper, statement: str, values: Sequence[Any]) -> None:
    """Run a statement that answers with nothing."""
    if database.queries_logged or database.execute_wrappers:
        with database.cursor() as cursor:
            cursor.execute(statement, values)
        return
    database.ensure_connection()
    with database.wrap_database_errors:
        _driver(database, statement, values)


def _driver(database: BaseDatabaseWrapper, statement: str, values: Sequence[Any]) -> Any:
    """PostgreSQL keeps the plan of such a statement with the connection."""
    if database.vendor == "postgresql":
        cursor = database.Database.Cursor(database.connection)  # type: ignore[attr-defined]
        return cursor.execute(statement, values, prepare=True)
    return database.connection.execute(_with_marks(statement), values)


@lru_cache(maxsize=64)
def _with_marks(statement: str) -> str:
    return statement.replace("%s", "?")


def moment(database: BaseDatabaseWrapper, value: datetime) -> Any:
    """An instant as the driver takes it."""
    return _moment(database.vendor, value)


@lru_cache(maxsize=64)
def _moment(_vendor: str, value: datetime) -> Any:
    return database().ops.adapt_datetimefield_value(value)


@lru_cache(maxsize=64)
def _day(_vendor: str, value: date) -> Any:
    return database().ops.adapt_datefield_value(value)


def day(database: BaseDatabaseWrapper, value: date) -> Any:
    """A day as the driver takes it."""
    return _day(database.vendor, value)
