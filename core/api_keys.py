"""Keys with which a shop calls the API: shown once, kept as digests, with scopes and an end."""

import re
import secrets
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from core import clock, facts, keys
from core.domain.errors import Refusal
from core.models.party import Importer
from core.models.user import User
from core.models.webhook import ApiKey
from core.scope import as_operator

facts.register("core.api_key.made", fields={"importer", "key", "scopes"})
facts.register("core.api_key.revoked", fields={"importer", "key"})

LONGEST = timedelta(days=365)
_KEY = re.compile(r"bp_[0-9a-f]{10}_[A-Za-z0-9_-]{32}")


class Scope(StrEnum):
    """What a key may do."""

    STOCK_READ = "stock:read"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    FORECASTS_READ = "forecasts:read"
    FORECASTS_WRITE = "forecasts:write"
    STATEMENTS_READ = "statements:read"
    NOTICES_READ = "notices:read"
    WEBHOOKS = "webhooks"
    EVENTS_READ = "events:read"
    EVENTS_WRITE = "events:write"


class KeyTooLong(Refusal):
    """Raised when a key should live longer than a year."""

    code = "key-too-long"
    reason = "A key lives {days} days at most."
    remedy = "Ask for a shorter time and renew the key before it ends."


def make(
    importer: Importer, *, name: str, scopes: Iterable[Scope], lasts: timedelta, by: User
) -> tuple[ApiKey, str]:
    """A new key; the clear text is returned once and cannot be read again.

    Raises:
        KeyTooLong: longer than a year.
    """
    if lasts > LONGEST:
        raise KeyTooLong(days=LONGEST.days)
    prefix, secret = secrets.token_hex(5), secrets.token_urlsafe(24)
    clear = f"bp_{prefix}_{secret}"
    row = ApiKey.objects.create(
        importer=importer,
        name=name,
        prefix=prefix,
        digest=keys.ring().hmac("index", clear.encode()),
        scopes=sorted(scopes),
        made_by=by,
        made_at=clock.now(),
        valid_before=clock.now() + lasts,
    )
    data = {"importer": importer.pk, "key": row.pk, "scopes": sorted(scopes)}
    facts.append("core.api_key.made", subject=f"party:{importer.pk}", data=data)
    return row, clear


def presented(authorization: str) -> ApiKey | None:
    """The live key of an Authorization header “Bearer bp_…”, whose importer is active."""
    scheme, _, clear = authorization.partition(" ")
    if scheme.lower() != "bearer" or not _KEY.fullmatch(clear):
        return None
    key = find(clear)
    return key if key is not None and key.importer.is_active else None


def find(clear: str) -> ApiKey | None:
    """The live key of a clear text; notes its use once a minute at most."""
    prefix = clear.split("_")[1] if clear.count("_") >= 2 else ""
    with as_operator("look up an API key"):
        row: ApiKey | None = (
            ApiKey.objects.select_related("importer")
            .filter(prefix=prefix, revoked_at__isnull=True, valid_before__gt=clock.now())
            .first()
        )
        digest = keys.ring().hmac("index", clear.encode())
        if row is None or not secrets.compare_digest(bytes(row.digest), digest):
            return None
        if row.used_at is None or clock.now() - row.used_at > timedelta(minutes=1):
            ApiKey.objects.filter(pk=row.pk).update(used_at=clock.now())
    return row


def revoke(key: ApiKey) -> None:
    """End a key at once; repeating it changes nothing."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=clock.now()):
        data = {"importer": key.importer_id, "key": key.pk}
        facts.append("core.api_key.revoked", subject=f"party:{key.importer_id}", data=data)
