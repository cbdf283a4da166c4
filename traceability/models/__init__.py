"""Rows of the prove stage."""

from traceability.models.events import (
    READER,
    EpcisEvent,
    EventSubject,
    TracedLot,
    TracedPick,
    TracedVoyage,
)
from traceability.models.lookups import CodeUse, ScanRecord, UnknownTry

__all__ = [
    "READER",
    "CodeUse",
    "EpcisEvent",
    "EventSubject",
    "ScanRecord",
    "TracedLot",
    "TracedPick",
    "TracedVoyage",
    "UnknownTry",
]
