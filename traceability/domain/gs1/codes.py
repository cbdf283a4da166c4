"""Code lists that GS1 elements use: ISO 3166-1 countries and ISO 4217 currencies, as numbers."""

import csv
from pathlib import Path


def _lists() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    with Path(__file__).with_name("codes.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            found.setdefault(row["list"], set()).add(row["word"])
    return {name: frozenset(held) for name, held in found.items()}


_LISTS = _lists()
COUNTRIES_2 = _LISTS["countries_2"]
COUNTRIES = _LISTS["countries"]
CURRENCIES = _LISTS["currencies"]
PACKAGE_TYPES = _LISTS["package_types"]
