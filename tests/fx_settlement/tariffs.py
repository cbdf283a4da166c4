"""The tariff table that comes with the product, as rows for tests."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

TABLE = Path(__file__).parents[2] / "imports" / "data" / "tariffs.csv"
NUMBERS = ("minimum_quantity", "minimum_amount", "price", "price_low", "price_high")


def _row(texts: dict[str, str]) -> dict[str, object]:
    numbers = {name: Decimal(texts[name]) if texts[name] else None for name in NUMBERS}
    return {**texts, **numbers, "date": date.fromisoformat(texts["date"])}


with TABLE.open(encoding="utf-8", newline="") as _file:
    ROWS = [_row(row) for row in csv.DictReader(_file)]
