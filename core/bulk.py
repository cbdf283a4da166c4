"""Many rows in one go: COPY and UPDATE … FROM on PostgreSQL, executemany on SQLite.

Django's ``bulk_create`` and ``bulk_update`` build long statements and take ten times as long.
What is written here is what they would write, row for row; database constraints and triggers see
no difference.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
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


def create(
    model: type[M],
    names: Sequence[str],
    rows: Sequence[Column],
    *,
    written_by: Callable[[Column], Any] | None = None,
) -> list[M]:
    """Insert rows given as tuples of the named attributes and return them as objects with ids.

    The fields left out take their model's defaults. Two queries, whatever the number. Raises what
    the database raises; then nothing was inserted. ``pre_save`` is not called.

    Ids follow the rows as given. ``written_by`` is the order in which they are written: who sorts
    by what must be unique never waits in a circle with another who writes the same values.
    """
    if len(rows) <= FEW and written_by is None:
        made = [model(**dict(zip(names, row, strict=True))) for row in rows]
        return model._default_manager.bulk_create(made)  # noqa: SLF001
    fields = [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001
    blank = model()
    left_out = [name for name in fields[1:] if name not in names]
    defaults = tuple(getattr(blank, name) for name in left_out)
    order = itemgetter(*((fields[0], *names, *left_out).index(name) for name in fields))
    with transaction.atomic(savepoint=False):
        drawn = ids(model, len(rows))
        numbered = [(number, *row, *defaults) for number, row in zip(drawn, rows, strict=True)]
        whole = [order(row) for row in numbered]
        if written_by is None:
            insert(model, fields, whole)
        else:
            by = written_by
            insert(model, fields, map(order, sorted(numbered, key=lambda row: by(row[1:]))))
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


def update(
    model: type[models.Model],
    names: Sequence[str],
    rows: Sequence[Column],
    *,
    still: Mapping[str, object] | None = None,
) -> int:
    """Write the named attributes of rows given as tuples of id and values; how many were written.

    With ``still`` only of rows whose attributes have these values. One query, whatever the
    number. Raises what the database raises; then nothing was written.
    """
    if not rows:
        return 0
    by_name = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001
    fields = [model._meta.pk, *(by_name[name] for name in names)]  # noqa: SLF001
    columns = [
        values if (change := _change(field)) is None else tuple(map(change, values))
        for field, values in zip(fields, zip(*rows, strict=True), strict=True)
    ]
    only = {by_name[name]: value for name, value in (still or {}).items()}
    values = [field.get_db_prep_save(value, connection) for field, value in only.items()]
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = _from_arrays(model, fields, list(only))
            cursor.execute(sql, [*map(list, columns), *values])
        else:
            key, *put = columns
            given = zip(*put, key, *([value] * len(key) for value in values), strict=True)
            cursor.executemany(_one_by_one(model, fields, list(only)), list(given))
        return int(cursor.rowcount)


Fields = Sequence["models.Field[Any, Any]"]


def _names(model: type[models.Model], fields: Fields) -> list[str]:
    """The table and its columns, quoted."""
    plain = [model._meta.db_table, *(str(field.column) for field in fields)]  # noqa: SLF001
    return [connection.ops.quote_name(name) for name in plain]


def _from_arrays(model: type[models.Model], fields: Fields, only: Fields) -> str:
    """One UPDATE that takes a column of values for each field, then what must still be so."""
    table, key, *put = _names(model, fields)
    given = ", ".join(f"%s::{field.rel_db_type(connection)}[]" for field in fields)
    names = ", ".join(f"v{number}" for number in range(len(fields)))
    named = ", ".join(f"{name} = v{number}" for number, name in enumerate(put, 1))
    where = "".join(f" AND {table}.{name} = %s" for name in _names(model, only)[1:])
    return (
        f"UPDATE {table} SET {named} FROM unnest({given}) AS given({names}) "  # noqa: S608
        f"WHERE {table}.{key} = v0{where}"
    )


def _one_by_one(model: type[models.Model], fields: Fields, only: Fields) -> str:
    """An UPDATE of one row: its values, its id, what must still be so."""
    table, key, *put = _names(model, fields)
    named = ", ".join(f"{name} = %s" for name in put)
    where = "".join(f" AND {name} = %s" for name in _names(model, only)[1:])
    return f"UPDATE {table} SET {named} WHERE {key} = %s{where}"  # noqa: S608


def ids(model: type[models.Model], count: int) -> Sequence[int]:
    """Ids that no other row has or will have, ascending: from the table's own sequence.

    They are to be used in the same transaction.
    """
    table = model._meta.db_table  # noqa: SLF001
    if not count:
        return ()
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
