"""What a printed retail declaration (申报清单) shows, free of any page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One labelled field of a form."""

    label: str
    value: str


@dataclass(frozen=True)
class InventoryLine:
    """One line of goods as printed; every figure is already written out."""

    number: str
    record_no: str
    hs_code: str
    name: str
    specification: str
    quantity: str
    statutory_quantity: str
    price: str
    total: str
    origin: str


@dataclass(frozen=True)
class InventorySheet:
    """One declaration as printed."""

    title: str
    number: str
    """What the bar code carries: the number of customs, or ours until there is one."""
    rows: tuple[tuple[Field, ...], ...]
    lines: tuple[InventoryLine, ...]
    taxes: tuple[Field, ...]
    tax_title: str
    notes: tuple[str, ...]
    outline: str
    """How the declaration is listed in the outline of a merged file."""
