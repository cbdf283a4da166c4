"""Master data that importers sent: kept as it was, asked for by queries, shown beside events."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Max, QuerySet

from core import bulk
from traceability.domain.repository.values import identifier
from traceability.domain.repository.vocabulary import CHILD, Entry, attribute
from traceability.models import Capture, MasterEntry, MasterTerm

_ENTRY = ("importer_id", "capture_id", "vocabulary", "element", "body")
_TERM = ("entry_id", "name", "text")
MOST_LEVELS = 20
_CLASSES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")


def current(importer_id: int) -> QuerySet[MasterEntry]:
    """What an importer said last of each thing."""
    own = MasterEntry.objects.filter(importer_id=importer_id)
    newest = own.values("vocabulary", "element").annotate(last=Max("pk")).values("last")
    return MasterEntry.objects.filter(pk__in=newest)


def unknown(importer_id: int, entries: Sequence[Entry]) -> list[Entry]:
    """Those elements that say something new. One query, where there are any."""
    if not entries:
        return []
    rows = current(importer_id).filter(element__in=[each.element for each in entries])
    known = {(row.vocabulary, row.element): row.body.encode() for row in rows}
    return [each for each in entries if known.get((each.vocabulary, each.element)) != each.body]


def keep(capture: Capture, entries: Sequence[Entry]) -> None:
    """Keep elements with the terms by which they are asked for."""
    if not entries:
        return
    own = (capture.importer_id, capture.pk)
    rows = [(*own, each.vocabulary, each.element, each.body.decode()) for each in entries]
    made = bulk.create(MasterEntry, _ENTRY, rows)
    pairs = zip(made, entries, strict=True)
    terms = [(row.pk, name, text) for row, each in pairs for name, text in each.terms]
    bulk.insert(MasterTerm, _TERM, terms)


def within(importer_id: int, places: Iterable[str]) -> set[str]:
    """Places with all that master data names as inside them. A query for each level."""
    found = fringe = set(places)
    for _ in range(MOST_LEVELS):
        terms = MasterTerm.objects.filter(
            name=CHILD, entry__in=current(importer_id).filter(element__in=fringe)
        )
        fringe = set(terms.values_list("text", flat=True)) - found
        if not fringe:
            break
        found = found | fringe
    return found


def having(importer_id: int, names: Sequence[str], values: Sequence[str] | None) -> Any:
    """Things of which master data names one of some attributes, with one of some values."""
    terms = MasterTerm.objects.filter(name__in=[attribute(name) for name in names])
    if values is not None:
        terms = terms.filter(text__in=values)
    return current(importer_id).filter(pk__in=terms.values("entry_id")).values("element")


def about(importer_id: int, events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Vocabularies with what an importer said of the places and classes of some events.

    One query.
    """
    named = {identifier(each) for event in events for each in _named(event)}
    listed: dict[str, list[dict[str, Any]]] = {}
    rows = current(importer_id).filter(element__in=named).order_by("vocabulary", "element")
    for row in rows if named else ():
        element = json.loads(row.body)
        del element["type"]
        listed.setdefault(row.vocabulary, []).append(element)
    return [{"type": kind, "vocabularyElementList": told} for kind, told in listed.items()]


def _named(event: dict[str, Any]) -> Iterable[str]:
    for name in ("readPoint", "bizLocation"):
        place = event.get(name)
        if isinstance(place, dict) and isinstance(place.get("id"), str):
            yield place["id"]
    for name in _CLASSES:
        for each in event.get(name) or ():
            if isinstance(each, dict) and isinstance(each.get("epcClass"), str):
                yield each["epcClass"]
