"""How an importer's shop is connected: its keys, its webhooks, and what was told."""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.models import ApiKey, Delivery, Importer, Subscription


@dataclass(frozen=True)
class KeyRow:
    """A key as its owner sees it; the clear text is not kept."""

    key_id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    made_at: datetime
    valid_before: datetime
    used_at: datetime | None
    is_live: bool


@dataclass(frozen=True)
class WebhookRow:
    """A webhook in use."""

    webhook_id: int
    address: str
    names: tuple[str, ...]
    failures: int


@dataclass(frozen=True)
class DeliveryRow:
    """One event on its way to the shop."""

    position: int
    name: str
    address: str
    state: str
    tries: int
    last_status: int | None
    next_try_at: datetime | None


def keys(importer: Importer) -> list[KeyRow]:
    """An importer's keys, newest first, live or not. One query."""
    now = clock.now()
    return [
        KeyRow(
            key_id=row.pk,
            name=row.name,
            prefix=row.prefix,
            scopes=tuple(row.scopes),
            made_at=row.made_at,
            valid_before=row.valid_before,
            used_at=row.used_at,
            is_live=row.revoked_at is None and row.valid_before > now,
        )
        for row in ApiKey.objects.filter(importer_id=importer.pk).order_by("-pk")
    ]


def webhooks(importer: Importer) -> list[WebhookRow]:
    """An importer's webhooks in use. One query."""
    rows = Subscription.objects.filter(importer_id=importer.pk, is_active=True).order_by("pk")
    return [WebhookRow(row.pk, row.address, tuple(row.names), row.failures) for row in rows]


def deliveries(importer: Importer, *, limit: int = 50) -> list[DeliveryRow]:
    """The newest events told, or to be told, to an importer's shop. One query."""
    rows = (
        Delivery.objects.filter(subscription__importer_id=importer.pk)
        .select_related("subscription")
        .order_by("-position", "-pk")[:limit]
    )
    return [
        DeliveryRow(
            position=row.position,
            name=row.name,
            address=row.subscription.address,
            state=row.state,
            tries=row.tries,
            last_status=row.last_status,
            next_try_at=row.next_try_at if row.state == Delivery.State.WAITING else None,
        )
        for row in rows
    ]
