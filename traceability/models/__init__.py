"""Rows of the prove stage."""

from traceability.models.events import EpcisEvent, EventSubject, TracedLot, TracedPick

__all__ = ["EpcisEvent", "EventSubject", "TracedLot", "TracedPick"]
