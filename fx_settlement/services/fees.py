"""Dated fee rows: loading the table, and what is in force on a day."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from fx_settlement.domain.fees import FeeRule, in_force
from fx_settlement.models import FeeRow

TABLE = Path(__file__).parents[1] / "data" / "fees.csv"

COLUMNS = (
    "kind", "currency", "percent", "minimum_minor", "maximum_minor", "fixed_minor", "brackets",
    "share_of_saving", "valid_from", "priced_on", "date_kind", "covers", "source", "trust",
)  # fmt: skip


@transaction.atomic
def load_fee_rows(path: Path = TABLE) -> int:
    """Load a fee table, replacing rows of the same key; the number of rows in it."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [_row(texts) for texts in csv.DictReader(file)]
    FeeRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["key"], update_fields=COLUMNS
    )
    return len(rows)


def _row(texts: dict[str, str]) -> FeeRow:
    share, maximum = texts["share_of_saving"], texts["maximum_minor"]
    return FeeRow(
        key=texts["key"],
        kind=texts["kind"],
        currency=texts["currency"],
        percent=Decimal(texts["percent"] or 0),
        minimum_minor=int(texts["minimum_minor"] or 0),
        maximum_minor=int(maximum) if maximum else None,
        fixed_minor=int(texts["fixed_minor"] or 0),
        brackets=texts["brackets"],
        share_of_saving=Decimal(share) if share else None,
        valid_from=date.fromisoformat(texts["valid_from"]),
        priced_on=date.fromisoformat(texts["priced_on"]),
        date_kind=texts["date_kind"],
        covers=texts["covers"],
        source=texts["source"],
        trust=texts["trust"],
    )


def fee_row(kind: FeeRow.Kind, currency: str, on: date) -> tuple[FeeRow, FeeRule]:
    """The row of a kind in force for a currency on a day, with its rule.

    Raises:
        NoFeeInForce: no row has begun.
    """
    rows = {row.key: row for row in FeeRow.objects.filter(kind=kind)}
    rule = in_force(
        [row.rule() for row in rows.values()], kind=kind.value, currency=currency, on=on
    )
    return rows[rule.key], rule
