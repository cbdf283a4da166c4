"""One answer per request key: repeated requests are answered, not repeated.

The meaning follows Stripe's: the first status and body are kept once work has begun; the same key
with another request is an error; nothing is kept of a request that was declined before it began.
Source: docs.stripe.com/api/idempotent_requests.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from core import clock
from core.domain.canonical import digest
from core.domain.errors import Refusal
from core.models.idempotency import IdempotencyRecord

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255


class BadRequestKey(Refusal):
    """Raised for an empty or overlong key."""

    code = "bad-request-key"
    reason = "A request key has 1 to 255 characters; this one has {length}."
    remedy = "Send a fresh random key, such as a UUID."


class KeyUsedForOther(Refusal):
    """Raised when a key comes back with another request."""

    code = "key-used-for-other"
    reason = "The request key “{key}” was used for a different request."
    remedy = "Send a new key with a new request."


class StillInProgress(Refusal):
    """Raised while the first request of a key is still being worked on."""

    code = "still-in-progress"
    reason = "The first request with the key “{key}” is still in progress."
    remedy = "Wait a moment and send the same request again."


@dataclass(frozen=True)
class Reply:
    """An answer: status, plain body, and whether it was given before."""

    status: int
    body: Any
    is_replayed: bool


def once(scope: str, key: str, request: Any, call: Callable[[], tuple[int, Any]]) -> Reply:
    """Run ``call`` the first time a key is seen in a scope; later return its answer.

    ``call`` and the record stand or fall in one transaction: a refusal keeps nothing.

    Raises:
        BadRequestKey, KeyUsedForOther, StillInProgress: ``call`` was not run.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise BadRequestKey(length=len(key))
    fingerprint = digest(request)
    with transaction.atomic():
        record, is_new = IdempotencyRecord.objects.get_or_create(
            scope=scope,
            key=key,
            defaults={"request_digest": fingerprint, "created_at": clock.now()},
        )
        if not is_new:
            return _earlier(record, fingerprint)
        status, body = call()
        IdempotencyRecord.objects.filter(pk=record.pk).update(status=status, body=body)
    return Reply(status, body, is_replayed=False)


def _earlier(record: IdempotencyRecord, fingerprint: str) -> Reply:
    if record.request_digest != fingerprint:
        raise KeyUsedForOther(key=record.key)
    if record.status is None:
        raise StillInProgress(key=record.key)
    return Reply(record.status, record.body, is_replayed=True)


def prune() -> int:
    """Drop records older than ``KEPT_FOR``; the number dropped."""
    old = IdempotencyRecord.objects.filter(created_at__lt=clock.now() - KEPT_FOR)
    return old.delete()[0]
