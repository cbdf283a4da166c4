"""The standard words of CBV 2.0, and the measurement words that EPCIS 2.0 allows in sensor reports.

Source: GS1 EPCIS and CBV 2.0.1 (vocabulary tables).
"""

import csv
from pathlib import Path


def _lists() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with Path(__file__).with_name("words.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            found.setdefault(row["list"], []).append(row["word"])
    return found


_LISTS = _lists()
BIZ_STEPS = _LISTS["biz_steps"]
DISPOSITIONS = _LISTS["dispositions"]
TRANSACTIONS = _LISTS["transactions"]
PARTIES = _LISTS["parties"]
ERROR_REASONS = _LISTS["error_reasons"]
ALERTS = _LISTS["alerts"]
COMPONENTS = _LISTS["components"]
MEASUREMENTS = _LISTS["measurements"]
