"""Rows of the prove stage."""

from traceability.models.branding import Branding
from traceability.models.events import (
    READER,
    EpcisEvent,
    EventSubject,
    TracedLot,
    TracedPick,
    TracedVoyage,
)
from traceability.models.links import ResolverLink
from traceability.models.lookups import CodeUse, ScanRecord, UnknownTry
from traceability.models.passports import Passport
from traceability.models.recalls import Recall, RecallNotice, RecallUnit
from traceability.models.witnesses import Cosignature

__all__ = [
    "READER",
    "Branding",
    "CodeUse",
    "Cosignature",
    "EpcisEvent",
    "EventSubject",
    "Passport",
    "Recall",
    "RecallNotice",
    "RecallUnit",
    "ResolverLink",
    "ScanRecord",
    "TracedLot",
    "TracedPick",
    "TracedVoyage",
    "UnknownTry",
]
