"""Reading the event repository: events that a query asks for, as one importer may see them."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Collate

from traceability.domain.cbv.words import BIZ_STEPS, DISPOSITIONS
from traceability.domain.repository.asking import Condition, Query
from traceability.domain.repository.index import EVENT_TYPES, extension
from traceability.domain.repository.values import identifier, spelled, word
from traceability.epcis import masterdata
from traceability.models import EpcisEvent, EventSubject, EventTerm, Holding

Rows = QuerySet[EpcisEvent]

ORDERS = {"eventTime": "happened_at", "recordTime": "record_time"}
_COMPARE = {"in": "in", "ge": "gte", "gt": "gt", "le": "lte", "lt": "lt"}
PLACE = "place_in_order"
EPC_TERMS = ("epc", "parentID", "inputEPC", "outputEPC")


def visible(importer_id: int) -> Rows:
    """Events that an importer may see: its own, and those of lots of which it holds units."""
    return EpcisEvent.objects.filter(reduce(or_, _views(importer_id)))


def _views(importer_id: int) -> tuple[Q, Q]:
    """Why an importer may see an event; no event is seen for both reasons."""
    held = Holding.objects.filter(importer_id=importer_id).values("key")
    about = EventSubject.objects.filter(key__in=held).values("event_id")
    return Q(viewer=importer_id), Q(viewer__isnull=True, pk__in=about)


def matching(importer_id: int, query: Query) -> Rows:
    """The events that a query asks for, unordered and unlimited."""
    return _narrowed(visible(importer_id), importer_id, query)


def _narrowed(rows: Rows, importer_id: int, query: Query) -> Rows:
    for condition in query.conditions:
        is_described = condition.op == "has"
        rows = rows.filter(_is_so(condition, importer_id) if is_described else _holds(condition))
    for column, places in query.within.items():
        rows = rows.filter(**{f"{column}__in": masterdata.within(importer_id, places)})
    return rows


def _is_so(condition: Condition, importer_id: int) -> Q:
    """Whether an event's place or class is one of which master data says so."""
    said = [str(value) for value in condition.values] or None
    things = masterdata.having(importer_id, condition.prefixes, said)
    if condition.field:
        return Q(**{f"{condition.field}__in": things})
    named = EventTerm.objects.filter(name__in=condition.terms, text__in=things)
    return Q(pk__in=named.values("event_id"))


def _holds(condition: Condition) -> Q:
    if condition.field:
        return _of_column(condition)
    named = Q(name__in=condition.terms)
    return Q(pk__in=EventTerm.objects.filter(named & _of_term(condition)).values("event_id"))


def _of_column(condition: Condition) -> Q:
    if condition.op == "set":
        return ~Q(**{condition.field: ""})
    if condition.op == "in":
        return Q(**{f"{condition.field}__in": condition.values})
    bound = Q(**{f"{condition.field}__{_COMPARE[condition.op]}": condition.values[0]})
    return bound & ~Q(declared="") if condition.field == "declared" else bound


def _of_term(condition: Condition) -> Q:
    if condition.op == "exists":
        return Q()
    if condition.op == "in":
        texts = [value for value in condition.values if isinstance(value, str)]
        numbers = [float(v) for v in condition.values if not isinstance(v, str)]
        numbers += [number for text in texts if (number := _as_number(text)) is not None]
        begun = [Q(text=each) | Q(text__startswith=each + "/") for each in condition.prefixes]
        return reduce(or_, begun, Q(text__in=texts) | Q(number__in=numbers))
    value = condition.values[0]
    column = "number" if isinstance(value, float) else "at"
    return Q(**{f"{column}__{_COMPARE[condition.op]}": value})


def _as_number(text: str) -> float | None:
    """A text of an address that may stand for a number."""
    return float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else None


# pages ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """Some events, and where the next page begins; None after the last."""

    events: list[EpcisEvent]
    next: tuple[str, int] | None


def page(
    importer_id: int, query: Query, *, size: int, after: tuple[str, int] | None, shown: int = 0
) -> Page:
    """One page of a query's events after a place; two queries, one where a value orders it.

    ``shown`` are the events of earlier pages, which count towards the query's limit.
    """
    room = size if query.limit is None else min(size, query.limit - shown)
    if room <= 0:
        return Page([], None)
    if _column(query) == PLACE:
        rows = _ordered(matching(importer_id, query), query)
        found = list(rows[shown : shown + room + 1])
    else:
        found = _first(room + 1, importer_id, query, after)
    is_whole = query.limit is not None and shown + room >= query.limit
    last = found[room - 1] if len(found) > room and not is_whole else None
    return Page(found[:room], _place(last, query) if last else None)


def _first(
    most: int, importer_id: int, query: Query, after: tuple[str, int] | None
) -> list[EpcisEvent]:
    """The first events after a place in time, those of each view in the order of its index."""
    column = _column(query)
    found: list[EpcisEvent] = []
    for view in _views(importer_id):
        rows = _narrowed(EpcisEvent.objects.filter(view), importer_id, query)
        found += _ordered(_after(rows, query, after), query)[:most]
    found.sort(key=lambda event: (getattr(event, column), event.pk), reverse=_is_last_first(query))
    return found[:most]


def _is_last_first(query: Query) -> bool:
    return query.descending and bool(query.order_by)


def _column(query: Query) -> str:
    return ORDERS.get(query.order_by, PLACE if ":" in query.order_by else "record_time")


def _value(name: str) -> Any:
    """The value by which events are ordered that have it as an extension field."""
    named = EventTerm.objects.filter(event_id=OuterRef("pk"), name=extension("", name))
    return Subquery(named.order_by("text", "number").values("text")[:1])


def _ordered(rows: Rows, query: Query) -> Rows:
    is_last_first, column = _is_last_first(query), _column(query)
    if column == PLACE:
        value = F(PLACE)
        way = value.desc(nulls_last=True) if is_last_first else value.asc(nulls_last=True)
        return rows.annotate(**{PLACE: _value(query.order_by)}).order_by(way, "pk")
    sign = "-" if is_last_first else ""
    return rows.order_by(f"{sign}{column}", f"{sign}pk")


def _after(rows: Rows, query: Query, after: tuple[str, int] | None) -> Rows:
    """Rows after a place in the order of a column of time."""
    if after is None:
        return rows
    column, (said, pk) = _column(query), after
    way = "lt" if _is_last_first(query) else "gt"
    return rows.filter(Q(**{f"{column}__{way}": said}) | Q(**{column: said, f"pk__{way}": pk}))


def _place(last: EpcisEvent, query: Query) -> tuple[str, int]:
    column = _column(query)
    return "" if column == PLACE else spelled(getattr(last, column)), last.pk


def count_up_to(importer_id: int, query: Query, most: int) -> int:
    """How many events a query has, counted no further than ``most`` + 1."""
    return matching(importer_id, query).order_by()[: most + 1].count()


def by_id(importer_id: int, event_id: str) -> list[EpcisEvent]:
    """Every event of a name: the event itself, and its error declarations in their order."""
    return list(visible(importer_id).filter(event_id=event_id).order_by("declared", "pk"))


# resources: what is known of each kind -------------------------------------------------------


@dataclass(frozen=True)
class Resource:
    """A kind of thing that events are about: standard members, and those that events name."""

    name: str
    standard: Sequence[str]
    column: str
    condition: Callable[[str], Condition]

    def names(self, importer_id: int) -> QuerySet[Any, Any]:
        """The members that an importer's events name, in order."""
        events = visible(importer_id)
        rows: QuerySet[Any, Any] = events.exclude(**{self.column: ""}) if self.column else events
        if not self.column:
            ids = events.order_by().values("pk")
            rows = EventTerm.objects.filter(name__in=EPC_TERMS, event_id__in=ids)
        named = rows.annotate(member=_by_bytes(self.column or "text")).order_by("member")
        found: QuerySet[Any, Any] = named.values_list("member", flat=True).distinct()
        return found

    def knows(self, importer_id: int, value: str) -> bool:
        """Whether a member is standard, or an event in view names it."""
        said = self.condition(value).values[0]
        if said in self.standard:
            return True
        return matching(importer_id, Query((self.condition(value),))).exists()

    def members(self, importer_id: int, *, size: int, after: str) -> tuple[list[str], str | None]:
        """Members after one in their order, and the last of the page when there are more."""
        found = set(self.names(importer_id).filter(member__gt=after)[: size + 1])
        found |= {each for each in self.standard if each > after}
        listed = sorted(found)
        return listed[:size], listed[size - 1] if len(listed) > size else None


def _by_bytes(column: str) -> Collate:
    """A text in the order of its characters' numbers, which both databases and Python share."""
    return Collate(column, "C" if connection.vendor == "postgresql" else "BINARY")


def _by_word(column: str) -> Callable[[str], Condition]:
    return lambda value: Condition("in", (word(value),), column)


def _by_identifier(column: str) -> Callable[[str], Condition]:
    return lambda value: Condition("in", (identifier(value),), column)


def _by_epc(value: str) -> Condition:
    return Condition("in", (identifier(value),), "", EPC_TERMS)


RESOURCES = {
    each.name: each
    for each in (
        Resource("eventTypes", EVENT_TYPES, "event_type", _by_word("event_type")),
        Resource("epcs", (), "", _by_epc),
        Resource("bizSteps", BIZ_STEPS, "biz_step", _by_word("biz_step")),
        Resource("bizLocations", (), "biz_location", _by_identifier("biz_location")),
        Resource("readPoints", (), "read_point", _by_identifier("read_point")),
        Resource("dispositions", DISPOSITIONS, "disposition", _by_word("disposition")),
    )
}


def bodies(events: Iterable[EpcisEvent]) -> list[dict[str, Any]]:
    """Events as they are shown: with the time at which they were recorded."""
    return [
        {**json.loads(event.body), "recordTime": spelled(event.record_time)} for event in events
    ]
