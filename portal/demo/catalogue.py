"""The committed demonstration tables as plain rows."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class ProductRow:
    """A product of the demonstration, as products.csv gives it."""

    sku: str
    gtin: str
    name: str
    name_zh: str
    brand: str
    category: str
    hs_code: str
    origin: str
    shelf_life_days: int
    net_weight_g: int
    gross_weight_g: int
    volume_cm3: int
    declared_unit: str
    statutory_unit: str
    statutory_qty_per_unit: Decimal
    model_zh: str
    retail_cny: Decimal


@dataclass(frozen=True)
class SupplierRow:
    """An invented supplier with its typed address and the port it ships from."""

    code: str
    name: str
    name_zh: str
    country: str
    currency: str
    incoterm: str
    origin_port: str
    street: str
    building_number: str
    post_code: str
    town: str
    subdivision: str


@dataclass(frozen=True)
class OfferRow:
    """What a supplier offers a product at: three price tiers in the supplier's currency."""

    supplier: str
    sku: str
    currency: str
    incoterm: str
    moq_units: int
    pack_units: int
    lead_time_days: int
    tiers: tuple[tuple[int, Decimal], ...]


@dataclass(frozen=True)
class ImporterRow:
    """An invented importer and the store whose demand it plans."""

    code: str
    name: str
    name_zh: str
    uscc: str
    customs_code: str
    store: str


@dataclass(frozen=True)
class Demand:
    """Units sold of one product type: by month in all stores, by year in single stores."""

    months: tuple[int, ...]
    by_store: dict[str, int]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(line for line in lines if not line.startswith("#"))


def products(name: str = "products.csv") -> list[ProductRow]:
    """The products, in the order of the table."""
    numbers = ("shelf_life_days", "net_weight_g", "gross_weight_g", "volume_cm3")
    decimals = ("statutory_qty_per_unit", "retail_cny")
    made = []
    for row in _rows(name):
        typed = {key: int(row[key]) for key in numbers} | {k: Decimal(row[k]) for k in decimals}
        made.append(ProductRow(**{**row, **typed}))  # type: ignore[arg-type]
    return made


def perishable() -> ProductRow:
    """The one fresh product, which the pool declines."""
    return products("perishable.csv")[0]


def suppliers() -> list[SupplierRow]:
    """The suppliers."""
    return [SupplierRow(**row) for row in _rows("suppliers.csv")]


def offers() -> list[OfferRow]:
    """The suppliers' offers, one per product."""
    return [_offer(row) for row in _rows("offers.csv")]


def _offer(row: dict[str, str]) -> OfferRow:
    moq = int(row["moq_units"])
    tiers = (
        (moq, Decimal(row["price"])),
        (int(row["tier2_from_units"]), Decimal(row["tier2_price"])),
        (int(row["tier3_from_units"]), Decimal(row["tier3_price"])),
    )
    return OfferRow(
        supplier=row["supplier"],
        sku=row["sku"],
        currency=row["currency"],
        incoterm=row["incoterm"],
        moq_units=moq,
        pack_units=int(row["pack_units"]),
        lead_time_days=int(row["lead_time_days"]),
        tiers=tiers,
    )


def importers() -> list[ImporterRow]:
    """The importers, largest store first."""
    return [ImporterRow(**row) for row in _rows("importers.csv")]


def demand() -> dict[str, Demand]:
    """Demand by SKU."""
    stores = {row.pop("sku"): row for row in _rows("demand_by_store.csv")}
    return {
        row["sku"]: Demand(
            months=tuple(int(row[f"m{month:02d}"]) for month in range(1, 13)),
            by_store={key[6:].lstrip("0"): int(units) for key, units in stores[row["sku"]].items()},
        )
        for row in _rows("demand.csv")
    }


@dataclass(frozen=True)
class PartyRow:
    """An invented party that serves the pool."""

    code: str
    kind: str
    name: str
    name_zh: str
    uscc: str
    customs_code: str


def parties() -> list[PartyRow]:
    """Operator, keeper, broker, platform, payment, logistics and freight companies."""
    return [PartyRow(**row) for row in _rows("parties.csv")]
