"""The leaf of a fact: commits to every field, shows none that is not disclosed.

Each field enters as SHA-256 of a salt, its name and its canonical value. Whoever is given the
salt and the value of one field can check it; the others stay hidden behind theirs.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from core.domain.canonical import canonical

VERSION = 1


def field_salt(salt: bytes, name: str) -> bytes:
    """The salt of one field, derived from the fact's own."""
    return hmac.new(salt, name.encode(), hashlib.sha256).digest()[:16]


def field_digest(salt: bytes, name: str, value: Any) -> str:
    """The commitment to one field, in hexadecimal."""
    body = canonical([field_salt(salt, name).hex(), name, value])
    return hashlib.sha256(body).hexdigest()


def leaf_bytes(
    *, name: str, at: str, subject: str, actor: str, data: Mapping[str, Any], salt: bytes
) -> bytes:
    """The canonical bytes of a leaf. ``at`` is the instant in ISO 8601, UTC."""
    fields = {"subject": subject, "actor": actor, **{f"data.{k}": v for k, v in data.items()}}
    digests = sorted(field_digest(salt, key, value) for key, value in fields.items())
    return canonical({"v": VERSION, "name": name, "at": at, "digests": digests})
