"""Ready answers: read with one SELECT, put together when the event tables or the day change."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings

from core import facts
from traceability import queries, quick
from traceability.branding import brand_of
from traceability.counting import instant
from traceability.domain import passport
from traceability.domain.epcis import Issuer
from traceability.domain.page import Evidence
from traceability.domain.passport import Ready
from traceability.domain.plausibility import contradictions
from traceability.models import Passport
from traceability.seals import opened, sealed
from warehouse.models import UnitIdentity

SELECT = """
SELECT u.id, u.state, u.lot_id, l.order_id, p.body,
       c.scan_count, c.scans_before_release, c.first_scanned_at,
       (SELECT COUNT(DISTINCT s.network_hash) FROM traceability_scanrecord s
         WHERE s.identity_id = u.id AND s.at >= %s),
       h.size, h.signed_at, h.note, t.tries
  FROM (SELECT 1 AS one) o
  LEFT JOIN warehouse_unitidentity u ON u.code_hmac = %s
  LEFT JOIN warehouse_dispatchline l ON l.id = u.dispatch_line_id
  LEFT JOIN traceability_passport p
         ON p.lot_id = u.lot_id AND p.order_id = COALESCE(l.order_id, 0) AND p."on" = %s
  LEFT JOIN traceability_codeuse c ON c.identity_id = u.id
  LEFT JOIN traceability_unknowntry t ON t.address_hash = %s AND t.window_at = %s
  LEFT JOIN core_loghead h ON h.size = (SELECT MAX(size) FROM core_loghead)
"""
"""Written out: building this text anew for each look-up took longer than running it."""


REMEMBERED = 1_000
"""Ready answers that a process keeps as objects: the last ones that were asked for."""


@dataclass(frozen=True)
class Asked:
    """What is asked: a code by its hash, and who asks by the hash of the address.

    ``day_start`` is the pool's midnight, in the pool's zone.
    """

    code_hmac: bytes
    address_hash: str
    window_at: datetime
    day_start: datetime


@dataclass(frozen=True)
class Found:
    """One row: the unit as it stands now, its ready answer if any, the newest head, the guesses."""

    identity_id: int | None
    state: str
    lot_id: int
    order_id: int
    body: str | None
    lookups: int
    lookups_before_release: int
    first_looked_up_at: datetime | None
    places_in_a_day: int
    head: tuple[int, datetime, str] | None
    tries: int


def find(asked: Asked) -> Found:
    """Everything that a look-up needs to know. One query."""
    database = quick.database()
    values = (
        quick.moment(database, asked.day_start),
        asked.code_hmac,
        quick.day(database, asked.day_start.date()),
        asked.address_hash,
        quick.moment(database, asked.window_at),
    )
    return _found(quick.row(database, SELECT, values))


def _found(row: tuple[Any, ...]) -> Found:
    head = (row[9], instant(row[10]), row[11]) if row[9] is not None else None
    return Found(
        identity_id=row[0],
        state=row[1] or "",
        lot_id=row[2] or 0,
        order_id=row[3] or 0,
        body=row[4],
        lookups=row[5] or 0,
        lookups_before_release=row[6] or 0,
        first_looked_up_at=instant(row[7]) if row[7] else None,
        places_in_a_day=row[8] or 0,
        head=head,
        tries=row[12] or 0,
    )


def evidence_of(found: Found) -> Evidence | None:
    """The signed head of a row, with the key to check it."""
    if found.head is None:
        return None
    size, signed_at, note = found.head
    return Evidence(size, signed_at, note, facts.log_verifier_key())


def ready_answer(found: Found, code_hmac: bytes, on: date) -> Ready | None:
    """The shared part of a unit's page: as it was put together, or put together and kept now.

    None for a unit that is not there. No query when the row holds the answer.
    """
    ready = _read(found.body, found.lot_id, found.order_id, on) if found.body else None
    if ready:
        return ready
    identity = queries.unit_by_hash(code_hmac)
    return renew(identity, on) if identity else None


@lru_cache(maxsize=REMEMBERED)
def _read(body: str, lot_id: int, order_id: int, on: date) -> Ready | None:
    """A ready answer out of its row; None where its seal is broken. Read again only when new."""
    text = opened(body, lot_id, order_id, on)
    return passport.read(text) if text else None


def renew(identity: UnitIdentity, on: date) -> Ready:
    """Put the ready answer of a unit's lot and dispatch together for a day, and keep it."""
    way = queries.journey(identity, Issuer(settings.PUBLIC_HOST))
    line = identity.dispatch_line
    ready = Ready(
        unit=queries.described(identity),
        entry=queries.entry(identity, way),
        seller=queries.seller(identity, on),
        brand=brand_of(line.order.importer_id) if line else None,
        steps=way.steps,
        voyage=way.voyage,
        contradictions=len(contradictions(queries.journey_dates(identity, way))),
        is_simulated=identity.lot.book_item.book.pool.is_simulated,
    )
    row = Passport(
        lot_id=identity.lot_id,
        order_id=line.order_id if line else 0,
        importer_id=line.order.importer_id if line else 0,
        on=on,
        body=sealed(passport.written(ready), identity.lot_id, line.order_id if line else 0, on),
    )
    Passport.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["lot_id", "order_id"],
        update_fields=["importer_id", "on", "body"],
    )
    return ready
