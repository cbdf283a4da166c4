"""Many new rows in one go: COPY on PostgreSQL, executemany on SQLite.

Django's ``bulk_create`` builds one long statement and takes ten times as long. What is written
here is what it would write, row for row; database constraints and triggers see no difference.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from django.db import connection, models, transaction

M = TypeVar("M", bound=models.Model)
Column = tuple[Any, ...]

FEW = 20
"""Up to so many rows the plain way is as fast."""

_AS_IS = ("BigAutoField", "BigIntegerField", "BooleanField", "PositiveBigIntegerField",
          "PositiveIntegerField", "PositiveSmallIntegerField", "SmallIntegerField",
          "IntegerField", "ForeignKey", "OneToOneField")  # fmt: skip
_TEXTS = ("CharField", "TextField")


def create(model: type[M], names: Sequence[str], rows: Sequence[Column]) -> list[M]:
    """Insert rows given as tuples of the named attributes and return them as objects with ids.

    The fields left out take their model's defaults. Two queries, whatever the number. Raises what
    the database raises; then nothing was inserted. ``pre_save`` is not called.
    """
    if len(rows) <= FEW:
        made = [model(**dict(zip(names, row, strict=True))) for row in rows]
        return model._default_manager.bulk_create(made)  # noqa: SLF001
    fields = [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001
    blank = model()
    left_out = [name for name in fields[1:] if name not in names]
    defaults = tuple(getattr(blank, name) for name in left_out)
    order = itemgetter(*((fields[0], *names, *left_out).index(name) for name in fields))
    with transaction.atomic(savepoint=False):
        ids = _next_ids(model, len(rows))
        whole = [order((number, *row, *defaults)) for number, row in zip(ids, rows, strict=True)]
        insert(model, fields, whole)
    return [model.from_db(connection.alias, fields, row) for row in whole]


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Column]) -> None:
    """Insert rows given as tuples of the named attributes (``product_id``, not ``product``).

    Attributes that are not named must have a default in the database or be the id.
    """
    by_name = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001
    fields = [by_name[name] for name in names]
    columns = [
        converted if (change := _change(field)) is None else map(change, converted)
        for field, converted in zip(fields, zip(*rows, strict=True), strict=False)
    ]
    table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001
    named = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    if columns:
        _write(f"{table} ({named})", len(fields), zip(*columns, strict=True))


def _write(target: str, width: int, rows: Iterable[Column]) -> None:
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with (
                connection.wrap_database_errors,
                cursor.copy(f"COPY {target} FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * width)
            cursor.executemany(f"INSERT INTO {target} VALUES ({places})", list(rows))  # noqa: S608


def _next_ids(model: type[models.Model], count: int) -> Iterable[int]:
    """Ids that no other row has or will have: drawn from the table's own sequence."""
    table = model._meta.db_table  # noqa: SLF001
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            column = model._meta.pk.column  # noqa: SLF001
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, column, count],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return range(first, first + count)


def _change(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    """How a field's values become what the driver takes; None where they are that already."""
    kind = field.get_internal_type()
    if kind in _AS_IS:
        return None
    if kind in _TEXTS:
        return _text
    return _remembering(lambda value: field.get_db_prep_save(value, connection))


def _text(value: object) -> str | None:
    """Plain text also for a member of an enumeration."""
    return None if value is None else str(value)


def _remembering(prepare: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same, but a value that comes again right after itself, as an instant does, is kept."""
    last: list[Any] = [None, prepare(None)]

    def prepared(value: Any) -> Any:
        if value is not last[0]:
            last[:] = [value, prepare(value)]
        return last[1]

    return prepared
