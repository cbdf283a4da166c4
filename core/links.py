"""Links that carry their own permission: signed by the key ring, for one purpose, for a time."""

from datetime import timedelta
from typing import Any

from django.core import signing

from core import keys
from core.domain.errors import Refusal


class LinkNotValid(Refusal):
    """Raised for a link that was changed, is too old, or was made for something else."""

    code = "link-not-valid"
    reason = "The link is not valid, or no longer."
    remedy = "Ask for a new link."


def token(purpose: str, data: dict[str, Any]) -> str:
    """A URL-safe token for ids of one purpose."""
    return _signer(purpose).sign_object(data, compress=True)


def read(purpose: str, value: str, *, max_age: timedelta) -> dict[str, Any]:
    """What a token carries.

    Raises:
        LinkNotValid: changed, too old, or made for another purpose.
    """
    try:
        data: dict[str, Any] = _signer(purpose).unsign_object(value, max_age=max_age)
    except signing.BadSignature:
        raise LinkNotValid from None
    return data


def _signer(purpose: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(key=keys.ring().secret("links").hex(), salt=purpose)
