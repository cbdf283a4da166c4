"""What programs sent to the repository and what they watch, as people read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from core.models import Membership
from core.models.party import Role
from traceability.models import Capture, NamedQuery, QuerySubscription
from warehouse.models import Holding

MOST_ROWS = 100
MOST_FAULTS = 20


@dataclass(frozen=True)
class Sent:
    """One capture; ``state`` is done, partial or failed."""

    capture_id: str
    importer: str
    at: datetime
    state: str
    sent: int
    kept: int
    faults: Sequence[str]
    more: int


@dataclass(frozen=True)
class Watched:
    """One subscription to a kept query."""

    query: str
    importer: str
    address: str
    schedule: str
    last_told_at: datetime | None
    failures: int


@dataclass(frozen=True)
class Overview:
    """The newest captures, live queries that nobody subscribed to, and live subscriptions."""

    captures: Sequence[Sent]
    queries: Sequence[str]
    subscriptions: Sequence[Watched]


def overview(membership: Membership) -> Overview:
    """What a reader may see: an importer its own, an operator that of its pools. Three queries."""
    mine = _in_view(membership)
    captures = Capture.objects.filter(mine).select_related("importer").order_by("-pk")
    live = QuerySubscription.objects.filter(mine, ended_at__isnull=True)
    told = live.select_related("query", "importer").order_by("pk")[:MOST_ROWS]
    queries = NamedQuery.objects.filter(mine, ended_at__isnull=True)
    unwatched = queries.exclude(pk__in=live.values("query_id")).order_by("name")
    return Overview(
        captures=[_sent(row) for row in captures[:MOST_ROWS]],
        queries=list(unwatched.values_list("name", flat=True)[:MOST_ROWS]),
        subscriptions=[_watched(row) for row in told],
    )


def _in_view(membership: Membership) -> Q:
    """Rows of the importer, or of those who hold or held stock in the operator's pools."""
    if membership.role != Role.OPERATOR:
        return Q(importer_id=membership.party_id)
    pools = Holding.objects.filter(lot__book_item__book__pool__operator_id=membership.party_id)
    return Q(importer_id__in=pools.values("owner_id"))


def _sent(row: Capture) -> Sent:
    state = "done" if row.is_success else "partial" if row.kept_events else "failed"
    errors: list[dict[str, Any]] = row.errors
    return Sent(
        capture_id=row.capture_id,
        importer=row.importer.name,
        at=row.created_at,
        state=state,
        sent=row.sent_events,
        kept=row.kept_events,
        faults=[f"{e['event'] + 1}: {e['detail']}" for e in errors[:MOST_FAULTS]],
        more=max(0, len(errors) - MOST_FAULTS),
    )


def _watched(row: QuerySubscription) -> Watched:
    parts = (row.schedule or {}).items()
    return Watched(
        query=row.query.name,
        importer=row.importer.name,
        address=row.address,
        schedule=", ".join(f"{name} {value}" for name, value in parts),
        last_told_at=row.last_told_at,
        failures=row.failures,
    )
