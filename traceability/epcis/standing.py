"""Queries that are kept under a name, and subscriptions to them."""

import json
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.db.models import Max

from core import clock, facts, keys
from core.domain.addresses import AddressNotAllowed, callable_host
from core.domain.canonical import digest
from core.models.fact import LogHead
from core.models.party import Importer
from traceability.domain.repository import reading
from traceability.domain.repository.asking import Query, stored_query
from traceability.domain.repository.faults import EpcisFault
from traceability.domain.repository.said import QueryWrong
from traceability.domain.repository.schedule import SubscriptionWrong, schedule_of
from traceability.domain.repository.values import instant
from traceability.models import EpcisEvent, NamedQuery, QuerySubscription

MOST_QUERIES, MOST_SUBSCRIPTIONS = 100, 20
SIMPLE = "SimpleEventQuery"
_NAME = re.compile(r"[^/?#\x00-\x1f\x7f\ud800-\udfff]{1,120}")
KEPT, ENDED = "traceability.query.kept", "traceability.query.ended"
MADE, CANCELLED = "traceability.subscription.made", "traceability.subscription.ended"


class QueryExists(EpcisFault):
    """Raised for a query whose name is in use."""

    code = "epcis-query-exists"
    exception = "ResourceAlreadyExistsException"
    statuses = (HTTPStatus.CONFLICT,)
    reason = "A query of this name is kept already."
    remedy = "Choose another name, or end the other query first."


class QueryInvalid(EpcisFault):
    """Raised for a query that cannot be kept."""

    code = "epcis-query-not-valid"
    exception = "QueryValidationException"
    statuses = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    reason = "The query cannot be kept: {fault}"
    remedy = "Send “name” and “query”, an object with parameters of SimpleEventQuery."


@transaction.atomic
def keep_query(importer: Importer, data: bytes) -> NamedQuery:
    """Keep a query under a name of the importer's own.

    Raises:
        NotReadable, QueryInvalid, QueryExists: nothing was kept.
    """
    name, body = _definition(reading.parse(data))
    in_use = NamedQuery.objects.filter(importer_id=importer.pk, ended_at__isnull=True)
    if name == SIMPLE or in_use.filter(name=name).exists():
        raise QueryExists
    if in_use.count() >= MOST_QUERIES:
        raise QueryInvalid(fault=f"at most {MOST_QUERIES} are kept.")
    made: NamedQuery = NamedQuery.objects.create(
        importer_id=importer.pk, name=name, body=body, created_at=clock.now()
    )
    told = {"importer": importer.pk, "query": made.pk, "digest": query_commitment(made)}
    facts.append(KEPT, subject=f"query:{made.pk}", data=told)
    return made


def _definition(said: Any) -> tuple[str, str]:
    if not isinstance(said, dict) or set(said) - {"name", "query", "@context"}:
        raise QueryInvalid(fault="it is no object with “name” and “query”.")
    name, query = said.get("name"), said.get("query")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise QueryInvalid(fault="its name is no text of 1 to 120 characters without “/”.")
    try:
        stored_query(query)
    except QueryWrong as wrong:
        raise QueryInvalid(fault=wrong.reason_text()) from None
    return name, reading.spell(query).decode()


def query_commitment(query: NamedQuery) -> str:
    """The digest with which the log commits to a kept query."""
    return digest(
        {
            "importer": query.importer_id,
            "name": query.name,
            "body": query.body,
            "created": reading_time(query.created_at),
        }
    )


def reading_time(at: datetime | None) -> str:
    """An instant as commitments spell it."""
    return at.astimezone(UTC).isoformat() if at else ""


def query_of(kept: NamedQuery) -> Query:
    """The query that is kept."""
    return stored_query(json.loads(kept.body))


@transaction.atomic
def end_query(query: NamedQuery) -> None:
    """Stop keeping a query, and every subscription to it; repeating it changes nothing."""
    for subscription in QuerySubscription.objects.filter(query=query, ended_at__isnull=True):
        end_subscription(subscription)
    live = NamedQuery.objects.filter(pk=query.pk, ended_at__isnull=True)
    if live.update(ended_at=clock.now()):
        told = {"importer": query.importer_id, "query": query.pk}
        facts.append(ENDED, subject=f"query:{query.pk}", data=told)


# subscriptions -------------------------------------------------------------------------------


@transaction.atomic
def subscribe(query: NamedQuery, data: bytes, epc_format: str) -> QuerySubscription:
    """Have a query's new events told to an address, as they come or by a schedule.

    Raises:
        NotReadable, SubscriptionWrong: nothing was kept.
    """
    said = reading.parse(data)
    address = _address(said)
    schedule = _schedule(said)
    token = said.get("signatureToken", said.get("secret"))
    begins = _begins(said)
    _refuse_more(query)
    made = QuerySubscription(
        importer_id=query.importer_id,
        subscription_id=str(uuid.uuid4()),
        query=query,
        address=address,
        sealed_token=_sealed(token, address),
        schedule=schedule,
        reports_if_empty=said.get("reportIfEmpty") is True,
        initial_record_time=begins,
        epc_format=epc_format,
        created_at=clock.now(),
        next_at=clock.now(),
        **({} if begins else _newest()),
    )
    made.next_at = next_time(made, clock.now())
    made.save()
    told = {
        "importer": made.importer_id,
        "subscription": made.pk,
        "query": query.pk,
        "digest": subscription_commitment(made),
    }
    facts.append(MADE, subject=f"subscription:{made.pk}", data=told)
    return made


def _address(said: Any) -> str:
    dest = said.get("dest") if isinstance(said, dict) else None
    if not isinstance(dest, str) or len(dest) > 300:
        raise SubscriptionWrong(fault="“dest” is no address of at most 300 characters")
    try:
        callable_host(dest)
    except AddressNotAllowed as refusal:
        raise SubscriptionWrong(fault=str(refusal.params["fault"])) from None
    return dest


def _schedule(said: Mapping[str, Any]) -> dict[str, str] | None:
    streams, schedule = said.get("stream"), said.get("schedule")
    if (streams is True) == (schedule is not None):
        raise SubscriptionWrong(fault="it needs either “stream”: true or a “schedule”")
    if schedule is None:
        return None
    if schedule_of(schedule).after(clock.now()) is None:
        raise SubscriptionWrong(fault="no day meets the schedule")
    return {name: str(value) for name, value in schedule.items()}


def _begins(said: Mapping[str, Any]) -> datetime | None:
    text = said.get("initialRecordTime")
    at = instant(text)
    if text is not None and at is None:
        raise SubscriptionWrong(fault="“initialRecordTime” is no instant with a time zone")
    return at


def _refuse_more(query: NamedQuery) -> None:
    live = QuerySubscription.objects.filter(
        importer_id=query.importer_id, ended_at__isnull=True
    ).count()
    if live >= MOST_SUBSCRIPTIONS:
        raise SubscriptionWrong(fault=f"at most {MOST_SUBSCRIPTIONS} are kept")


def _sealed(token: Any, address: str) -> bytes | None:
    if token is None or token == "":
        return None
    if not isinstance(token, str) or len(token) > 400:
        raise SubscriptionWrong(fault="“signatureToken” is no text of at most 400 characters")
    return keys.ring().seal("vault", token.encode(), address.encode())


def _newest() -> dict[str, int]:
    """Where telling begins when no time is given: after all that is there now."""
    ends = EpcisEvent.objects.aggregate(fact=Max("fact_position"), event=Max("pk"))
    head = LogHead.objects.aggregate(size=Max("size"))["size"] or 0
    last = max(head - 1, ends["fact"] if ends["fact"] is not None else -1)
    return {"after_fact": last, "after_event": ends["event"] or 0}


def next_time(subscription: QuerySubscription, after: datetime) -> datetime:
    """When to look again: at the schedule's next time, or at once."""
    if subscription.schedule is None:
        return after
    return schedule_of(subscription.schedule).after(after) or after


def subscription_commitment(made: QuerySubscription) -> str:
    """The digest with which the log commits to a subscription."""
    token = bytes(made.sealed_token) if made.sealed_token is not None else b""
    return digest(
        {
            "importer": made.importer_id,
            "id": made.subscription_id,
            "query": made.query_id,
            "address": made.address,
            "token": sha256(token).hexdigest(),
            "schedule": made.schedule,
            "if_empty": made.reports_if_empty,
            "begins": reading_time(made.initial_record_time),
            "format": made.epc_format,
            "created": reading_time(made.created_at),
        }
    )


def end_subscription(subscription: QuerySubscription) -> None:
    """Stop telling; repeating it changes nothing."""
    live = QuerySubscription.objects.filter(pk=subscription.pk, ended_at__isnull=True)
    if live.update(ended_at=clock.now()):
        told = {"importer": subscription.importer_id, "subscription": subscription.pk}
        facts.append(CANCELLED, subject=f"subscription:{subscription.pk}", data=told)
