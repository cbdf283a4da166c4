"""The authorities' lists and the words for goods are loaded from their files."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models, transaction

from imports.models import GoodsWord, PositiveListLine, TradeMeasureLine

DATA = Path(__file__).resolve().parent.parent / "data"
Row = dict[str, str]


def load_lists(folder: Path = DATA) -> dict[str, int]:
    """Load the positive list, trade measures and words for goods; rows on record are kept.

    A row with the same key is brought up to date; returns the number of rows by list.
    """
    with transaction.atomic():
        return {
            "positive_list": _load(
                folder / "positive_list.csv", PositiveListLine, _dated, ("code", "edition")
            ),
            "trade_measures": _load(
                folder / "trade_measures.csv",
                TradeMeasureLine,
                _dated,
                ("code", "origin", "kind", "valid_from"),
            ),
            "goods_words": _load(folder / "goods_words.csv", GoodsWord, _word, ("word", "code")),
        }


def _load(
    path: Path, model: type[models.Model], read: Callable[[Row], Any], unique: tuple[str, ...]
) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = [model(**read(row)) for row in reader]
    updated = [name for name in reader.fieldnames or () if name not in unique]
    model._default_manager.bulk_create(  # noqa: SLF001
        rows, update_conflicts=True, unique_fields=list(unique), update_fields=updated
    )
    return len(rows)


def _dated(row: Row) -> dict[str, Any]:
    ends = row["valid_before"]
    return {
        **row,
        "valid_from": date.fromisoformat(row["valid_from"]),
        "valid_before": date.fromisoformat(ends) if ends else None,
    }


def _word(row: Row) -> dict[str, Any]:
    return {**row, "is_name": row["is_name"] == "yes"}
