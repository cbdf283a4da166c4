"""Salts of facts: drawn under a key that is not in the database, so they prove who wrote a fact.

Facts older than the key bear salts drawn at random; one keyed fact says which those are.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.domain.canonical import canonical
from core.keys import KeyRing
from core.models.fact import Fact

SALT_BYTES = 16
KEYED = "core.salts.keyed"
"""The fact that ends the time of random salts. Written once, where facts are older than it."""


def drawn(
    ring: KeyRing,
    name: str,
    subject: str,
    data: dict[str, Any],
    actor: str,
    at: datetime,
    recorded_at: datetime,
) -> bytes:
    """The salt of a fact, from everything that it says: unguessable for whoever lacks the key."""
    as_kept = json.loads(json.dumps(data))
    instants = [each.astimezone(UTC).isoformat() for each in (at, recorded_at)]
    said = canonical([name, subject, as_kept, actor, *instants])
    return ring.hmac("index", b"fact\0" + said)[:SALT_BYTES]


def fits(fact: Fact, ring: KeyRing) -> bool:
    """Whether a stored fact still bears the salt with which a service wrote it."""
    said = (fact.name, fact.subject, fact.data, fact.actor, fact.at, fact.recorded_at)
    return drawn(ring, *said) == bytes(fact.salt)


@dataclass(frozen=True)
class Older:
    """Facts with random salts: those in the first ``size`` places of the log, and some waiting.

    The signed head over those places vouches for them; ``waiting`` are ids of facts that had no
    place yet.
    """

    size: int = 0
    waiting: frozenset[int] = frozenset()

    def hold(self, fact_id: int, position: int | None) -> bool:
        """Whether a fact is one of them; ``position`` is None while it has no place."""
        return fact_id in self.waiting or (position is not None and position < self.size)


def older(ring: KeyRing) -> Older:
    """What the first keyed fact says of those before it; none where all are keyed. One query."""
    for fact in Fact.objects.filter(name=KEYED).order_by("pk"):
        if fits(fact, ring):
            return Older(fact.data["size"], frozenset(fact.data["waiting"]))
    return Older()
