"""What a printed form is, free of any page: fields in rows, a table of goods, closing boxes."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldSpec:
    """A labelled field; ``share`` is its part of the row's width."""

    name: str
    label: str
    share: int = 1


@dataclass(frozen=True)
class ColumnSpec:
    """A column of the table of goods; ``share`` is its part of the table's width."""

    heading: str
    share: int
    is_number: bool = False


@dataclass(frozen=True)
class FormSpec:
    """A form as the authority lays it out."""

    name: str
    title: str
    rows: tuple[tuple[FieldSpec, ...], ...]
    columns: tuple[ColumnSpec, ...]
    lines_per_page: int
    tax_rows: tuple[tuple[FieldSpec, ...], ...]
    closing_rows: tuple[tuple[FieldSpec, ...], ...]
    statement: str
    is_landscape: bool = False
    line_height: int = 40
    """Height of a line of goods in points."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of all fields, top to bottom."""
        rows = (*self.rows, *self.tax_rows, *self.closing_rows)
        return tuple(field.name for row in rows for field in row)


@dataclass(frozen=True)
class Sheet:
    """One filled form: every figure is already written out."""

    form: str
    number: str
    """What the bar code carries."""

    outline: str
    """How it is listed in the outline of a merged file."""

    values: Mapping[str, str]
    lines: tuple[tuple[str, ...], ...]
    footer: str
