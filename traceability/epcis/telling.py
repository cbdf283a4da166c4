"""Telling subscribers: new events of a query as signed calls, each event once.

A call carries ``GS1-Signature: t=…,v1=…``: HMAC-SHA-256 of the time, a dot and the body under the
token that the subscriber gave. It is sent as every call is: to public addresses over https only.
Until it is answered with 2xx it is repeated, each time after a longer pause.
"""

import logging
from datetime import timedelta

from django.db.models import F, Q

from core import clock, keys, webhooks
from core.scope import as_operator
from core.webhooks import Call, signature
from traceability.domain.repository import reading
from traceability.domain.repository.asking import Query
from traceability.domain.repository.documents import query_document
from traceability.epcis import repository, standing
from traceability.models import EpcisEvent, QuerySubscription

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Events in one call."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
MOST_FAILURES = 20


def tell_due(limit: int) -> int:
    """Tell the subscriptions whose time has come; the number of calls made."""
    with as_operator("tell subscribers"):
        due = QuerySubscription.objects.filter(ended_at__isnull=True, next_at__lte=clock.now())
        rows = due.select_related("query").order_by("next_at", "pk")[:limit]
        return sum(_tell(row) for row in rows)


def new_events(subscription: QuerySubscription, query: Query) -> list[EpcisEvent]:
    """The next events that a subscription was not told of; those of the log come first."""
    rows = repository.matching(subscription.importer_id, query)
    if subscription.initial_record_time:
        rows = rows.filter(record_time__gte=subscription.initial_record_time)
    projected = rows.filter(fact_position__gt=subscription.after_fact)
    found = list(projected.order_by("fact_position", "pk")[:AT_ONCE])
    captured = rows.filter(capture__isnull=False, pk__gt=subscription.after_event)
    return found + list(captured.order_by("pk")[: AT_ONCE - len(found)])


def _tell(subscription: QuerySubscription) -> int:
    query = standing.query_of(subscription.query)
    events = new_events(subscription, query)
    if not events and not (subscription.schedule and subscription.reports_if_empty):
        _come_back(subscription)
        return 0
    status = webhooks.call(call_of(subscription, events))
    if status is not None and 200 <= status < 300:
        _told(subscription, events)
    else:
        _failed(subscription)
    return 1


def call_of(subscription: QuerySubscription, events: list[EpcisEvent]) -> Call:
    """The signed call that tells of events."""
    document = query_document(
        repository.bodies(events),
        name=subscription.query.name,
        at=clock.now(),
        epc_format=subscription.epc_format,
        subscription=subscription.subscription_id,
    )
    body = reading.spell(document)
    headers = {"Content-Type": "application/json", "GS1-EPCIS-Version": "2.0.0"}
    if subscription.sealed_token is not None:
        context = subscription.address.encode()
        token = keys.ring().unseal("vault", bytes(subscription.sealed_token), context)
        moment = str(int(clock.now().timestamp()))
        headers["GS1-Signature"] = f"t={moment},v1={signature(token, moment, body)}"
    return Call(address=subscription.address, body=body, headers=headers)


def _live(subscription: QuerySubscription) -> "Q":
    return Q(pk=subscription.pk, ended_at__isnull=True)


def _come_back(subscription: QuerySubscription) -> None:
    """Look again at the next time of the schedule; a stream is looked at when events come."""
    pause = timedelta(seconds=0 if subscription.schedule else 2)
    again = standing.next_time(subscription, clock.now()) + pause
    QuerySubscription.objects.filter(_live(subscription)).update(next_at=again)


def _told(subscription: QuerySubscription, events: list[EpcisEvent]) -> None:
    positions = [e.fact_position for e in events if e.fact_position is not None]
    ids = [event.pk for event in events if event.capture_id is not None]
    is_full = len(events) >= AT_ONCE
    again = clock.now() if is_full else standing.next_time(subscription, clock.now())
    QuerySubscription.objects.filter(_live(subscription)).update(
        after_fact=max([subscription.after_fact, *positions]),
        after_event=max([subscription.after_event, *ids]),
        last_told_at=clock.now(),
        next_at=again,
        failures=0,
    )


def _failed(subscription: QuerySubscription) -> None:
    """Try again later; who never answers is not asked for ever."""
    pause = min(FIRST_PAUSE * 2 ** min(subscription.failures, 12), LONGEST_PAUSE)
    QuerySubscription.objects.filter(_live(subscription)).update(
        failures=F("failures") + 1, next_at=clock.now() + pause
    )
    if subscription.failures + 1 >= MOST_FAILURES:
        standing.end_subscription(subscription)
