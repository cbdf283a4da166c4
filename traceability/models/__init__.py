"""Rows of the prove stage."""

from traceability.models.events import (
    EpcisEvent,
    EventSubject,
    TracedLot,
    TracedPick,
    TracedVoyage,
)
from traceability.models.lookups import CodeUse, ScanRecord, UnknownTry

__all__ = [
    "CodeUse",
    "EpcisEvent",
    "EventSubject",
    "ScanRecord",
    "TracedLot",
    "TracedPick",
    "TracedVoyage",
    "UnknownTry",
]
