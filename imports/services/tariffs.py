"""The tariff table is loaded from its file."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from imports.domain.tariffs import tariff_from_texts
from imports.models import TariffRow

TABLE = Path(__file__).resolve().parent.parent / "data" / "tariffs.csv"
_DECIMALS = ("minimum_quantity", "minimum_amount", "price", "price_low", "price_high")


@transaction.atomic
def load_tariffs(table: Path = TABLE) -> int:
    """Load the tariff table; rows on record are brought up to date, none is removed.

    Every row is read by the cost model's own reader first, so that a bad file changes nothing.
    Returns the number of rows of the table.
    """
    with table.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = [_row(texts) for texts in reader]
    columns = [name for name in reader.fieldnames or () if name != "key"]
    TariffRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["key"], update_fields=columns
    )
    return len(rows)


def _row(texts: dict[str, str]) -> TariffRow:
    read = tariff_from_texts(texts)
    values: dict[str, Any] = {**texts, "date": read.priced_on}
    values |= {key: Decimal(texts[key]) if texts[key] else None for key in _DECIMALS}
    return TariffRow(**values)
