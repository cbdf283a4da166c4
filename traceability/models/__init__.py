"""Rows of the prove stage."""

from traceability.models.branding import Branding
from traceability.models.captures import Capture, NamedQuery, QuerySubscription
from traceability.models.complaints import Complaint
from traceability.models.events import (
    READER,
    EpcisEvent,
    EventSubject,
    EventTerm,
    Holding,
    TracedLot,
    TracedPick,
    TracedVoyage,
)
from traceability.models.labels import LabelBatch, PinUse
from traceability.models.links import ResolverLink
from traceability.models.lookups import CodeUse, ScanRecord, UnknownTry
from traceability.models.masterdata import MasterEntry, MasterTerm
from traceability.models.passports import Passport
from traceability.models.recalls import Recall, RecallNotice, RecallUnit
from traceability.models.samples import Sample
from traceability.models.witnesses import Cosignature

__all__ = [
    "READER",
    "Branding",
    "Capture",
    "CodeUse",
    "Complaint",
    "Cosignature",
    "EpcisEvent",
    "EventSubject",
    "EventTerm",
    "Holding",
    "LabelBatch",
    "MasterEntry",
    "MasterTerm",
    "NamedQuery",
    "Passport",
    "PinUse",
    "QuerySubscription",
    "Recall",
    "RecallNotice",
    "RecallUnit",
    "ResolverLink",
    "Sample",
    "ScanRecord",
    "TracedLot",
    "TracedPick",
    "TracedVoyage",
    "UnknownTry",
]
