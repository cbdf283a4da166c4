"""Consignments and the customs entries that they came in under."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q, QuerySet

from core.models import Party
from customs.domain.zone import CANCELLED, COUNTED, REFUSED
from customs.models import ZonePaper
from fx_settlement.models import EntryNumber
from imports.models import Consignment

SHOWN = 100


@dataclass(frozen=True)
class EntryRow:
    """A consignment that arrived, and its entry once customs accepted it."""

    consignment_id: int
    consignment: str
    order: str
    supplier: str
    arrived_on: date | None
    number: str | None
    accepted_on: date | None
    list_no: str = ""
    """The list by which customs brings the number, where one is on its way."""


def consignments_in_view(party: Party) -> "QuerySet[Consignment]":
    """Arrived consignments of pools that an operator leads or a broker declares for."""
    return Consignment.objects.filter(
        Q(pool__operator=party) | Q(pool__broker=party), state=Consignment.State.ARRIVED
    )


def entry_rows(party: Party) -> list[EntryRow]:
    """Consignments in view, those without an entry first, newest first. Three queries."""
    found = list(
        consignments_in_view(party)
        .order_by("-arrived_on", "-pk")
        .values_list("pk", "number", "order__number", "order__supplier__name", "arrived_on")[:SHOWN]
    )
    entries = EntryNumber.objects.filter(consignment__in=[row[0] for row in found])
    known = {row.consignment_id: (row.number, row.accepted_on) for row in entries}
    lists = ZonePaper.objects.filter(consignment__in=[row[0] for row in found])
    sent = dict(
        lists.exclude(state__in=[REFUSED, CANCELLED, COUNTED])
        .order_by("pk")
        .values_list("consignment_id", "number")
    )
    rows = [
        replace(EntryRow(*row, *known.get(row[0], (None, None))), list_no=sent.get(row[0], ""))
        for row in found
    ]
    return sorted(rows, key=lambda row: row.number is not None)
