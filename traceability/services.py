"""Issue codes, print their labels, and answer those who look a code up."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import keys, tenancy
from core.domain.errors import Refusal
from traceability import counting, passports, queries
from traceability.domain import codes
from traceability.domain.digital_link import ItemKey
from traceability.domain.epcis import Issuer
from traceability.domain.label import Label, label_address
from traceability.domain.networks import network_of
from traceability.domain.page import TracePage
from traceability.domain.passport import Ready
from traceability.domain.plausibility import refuse_implausible
from traceability.domain.verdict import Limits, Standing, UnitState, Verdict, decide
from traceability.models import ScanRecord, UnknownTry
from traceability.passports import Asked, Found
from traceability.proofs import Exported, NothingToProve, prove
from warehouse.models import Lot, UnitIdentity
from warehouse.services import commission_units

KEPT = timedelta(days=180)
"""How long single look-ups are kept; afterwards only their number is known."""

WINDOW = timedelta(minutes=10)
MOST_UNKNOWN = 20
"""Codes nobody issued that one address may ask for in a window; honest people mistype a few."""


class TooManyUnknownCodes(Refusal):
    """Raised when an address asks for code after code that was never issued."""

    code = "too-many-unknown-codes"
    reason = "{tries} codes that were never issued were asked for from this connection."
    remedy = "Wait ten minutes, then scan the symbol on the label instead of typing."


def code_hmac(code: str) -> bytes:
    """What the warehouse knows a code by; nobody without the key ring gets back to the code."""
    return keys.ring().hmac("codes", code.encode())


@transaction.atomic
def issue_codes(lot: Lot, units: int, *, draw: codes.Draw = secrets.randbelow) -> list[str]:
    """Give units of a lot trace codes; the clear codes are returned this once and never stored.

    Raises:
        MoreCodesThanUnits: the lot has fewer good units without a code.
        ChainImplausible: the lot's records contradict each other; nothing is published of it.
    """
    refuse_implausible(queries.claims(lot))
    issued = [codes.draw_code(draw) for _ in range(units)]
    commission_units(lot, [code_hmac(code) for code in issued])
    return issued


def label_sheet(lot: Lot, issued: Sequence[str]) -> list[Label]:
    """What to print on each unit of a lot, in the order of the codes."""
    product = lot.product
    return [
        Label(
            code=code,
            gtin=product.gtin,
            address=label_address(product.gtin, code, settings.PUBLIC_HOST),
            product=product.name,
            lot_number=lot.number,
            expires_on=lot.expires_on,
        )
        for code in issued
    ]


def symbol_address(typed: str) -> str | None:
    """What the symbol of an issued code says; None for a code that nobody issued.

    Raises:
        NotACode, BadCheck: it cannot be a code.
    """
    code = codes.read_code(typed)
    identity = queries.unit_by_hash(code_hmac(code))
    if identity is None:
        return None
    return label_address(identity.product.gtin, code, settings.PUBLIC_HOST)


@dataclass(frozen=True)
class Looked:
    """The answer to a look-up, and the row of the ready answer behind it.

    ``body`` is empty where no such row was there. Two answers with the same body say the same of
    all that the units of a lot in one dispatch share.
    """

    page: TracePage
    body: str = ""


def look_up(
    typed: str,
    *,
    at: datetime,
    address: str,
    counts: bool,
    kind: str = ScanRecord.Kind.PAGE,
    label: ItemKey | None = None,
) -> TracePage:
    """The answer to whoever looks a code up, and, when it ``counts``, a record of the look-up.

    ``label`` is what a scanned symbol says besides the code. Reading takes one query once the
    answer for the unit's lot and dispatch is ready; counting takes its own.

    Raises:
        TooManyUnknownCodes: the address guesses.
    """
    return look(typed, at=at, address=address, counts=counts, kind=kind, label=label).page


def look(
    typed: str, *, at: datetime, address: str, counts: bool, kind: str, label: ItemKey | None
) -> Looked:
    """:func:`look_up`, with the row behind the answer.

    Raises:
        TooManyUnknownCodes: the address guesses.
    """
    try:
        code = codes.read_code(typed)
    except (codes.NotACode, codes.BadCheck):
        return Looked(TracePage(Verdict.BAD_CHECK, typed[:64]))
    with tenancy.as_operator("a consumer looks up a trace code", actor="public"):
        local = timezone.localtime(at)
        asked = _asked(code_hmac(code), local, address)
        found = passports.find(asked)
        if found.tries >= MOST_UNKNOWN:
            raise TooManyUnknownCodes(tries=found.tries)
        ready = passports.ready_answer(found, asked.code_hmac, local.date())
        if ready is None or found.identity_id is None:
            note_guess(address, at)
            return Looked(TracePage(Verdict.UNKNOWN, codes.shown(code)))
        if counts:
            network = _hashed(network_of(address), local.date())
            found = _counted(found, found.identity_id, local, asked.day_start, network, kind)
        page = _answer(found, ready, codes.shown(code), label, local, counts=counts)
        return Looked(page, found.body or "")


def _asked(code: bytes, local: datetime, address: str) -> Asked:
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return Asked(code, _hashed(address, local.date()), _window(local), start)


def _counted(
    found: Found, unit: int, at: datetime, day_start: datetime, network: str, kind: str
) -> Found:
    """What was found, as it stands once this look-up is written down."""
    is_early = found.state in (UnitIdentity.State.ISSUED, UnitIdentity.State.APPLIED)
    told = counting.count(counting.Look(unit, is_early, at, day_start, network, kind))
    return replace(
        found,
        lookups=told.lookups,
        lookups_before_release=told.lookups_before_release,
        first_looked_up_at=told.first_looked_up_at,
        places_in_a_day=told.places_in_a_day,
    )


def is_a_look(meta: Mapping[str, Any]) -> bool:
    """Whether somebody looks: not a HEAD request, not a browser fetching ahead of its user."""
    purposes = (meta.get("HTTP_SEC_PURPOSE", ""), meta.get("HTTP_PURPOSE", ""))
    return meta["REQUEST_METHOD"] == "GET" and not any("prefetch" in text for text in purposes)


def proof_of_code(typed: str, *, at: datetime, address: str) -> Exported:
    """The proof of a unit's last step in the signed log. A fixed number of queries.

    Raises:
        NotACode, BadCheck: misread. NothingToProve: no unit of ours, or no step under a head.
        TooManyUnknownCodes: the address guesses.
    """
    code = codes.read_code(typed)
    with tenancy.as_operator("a consumer proves a trace code", actor="public"):
        _refuse_guessing(address, at)
        identity = queries.unit_by_hash(code_hmac(code))
        if identity is None:
            note_guess(address, at)
            raise NothingToProve
        way = queries.journey(identity, Issuer(settings.PUBLIC_HOST))
        if not way.steps:
            raise NothingToProve
        return prove(max(step.position for step in way.steps))


def _answer(
    found: Found, ready: Ready, code: str, label: ItemKey | None, local: datetime, *, counts: bool
) -> TracePage:
    standing = Standing(
        state=UnitState(found.state),
        expires_on=ready.unit.expires_on,
        earlier_lookups=found.lookups - 1 if counts else found.lookups,
        lookups_before_release=found.lookups_before_release,
        places_in_a_day=found.places_in_a_day,
        contradictions=ready.contradictions,
        labels_agree=_agrees(ready, label),
    )
    decision = decide(standing, today=local.date(), limits=Limits())
    return TracePage(
        verdict=decision.verdict,
        rule=decision.rule,
        code=code,
        unit=ready.unit,
        entry=ready.entry,
        seller=ready.seller,
        brand=ready.brand,
        steps=ready.steps,
        voyage=ready.voyage,
        lookups=found.lookups,
        first_looked_up_at=found.first_looked_up_at,
        evidence=passports.evidence_of(found),
        is_simulated=ready.is_simulated,
    )


def _agrees(ready: Ready, label: ItemKey | None) -> bool:
    """Whether a scanned symbol names the product, and the lot if any, of its code."""
    if label is None:
        return True
    return label.gtin == ready.unit.gtin and label.lot in ("", ready.unit.lot_number)


def _hashed(origin: str, day: date) -> str:
    """A keyed hash of where a request came from, another one each day."""
    return keys.ring().hmac("codes", f"look-up {day} {origin}".encode()).hex()[:32]


def _hashed_at(origin: str, at: datetime) -> str:
    return _hashed(origin, timezone.localtime(at).date())


def _window(at: datetime) -> datetime:
    seconds = int(WINDOW.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, tz=at.tzinfo)


def guesses(origin: str, at: datetime) -> int:
    """How often an origin guessed wrong in the present window. One query."""
    tried = UnknownTry.objects.filter(address_hash=_hashed_at(origin, at), window_at=_window(at))
    return tried.values_list("tries", flat=True).first() or 0


def _refuse_guessing(address: str, at: datetime) -> None:
    tries = guesses(address, at)
    if tries >= MOST_UNKNOWN:
        raise TooManyUnknownCodes(tries=tries)


@transaction.atomic
def note_guess(origin: str, at: datetime) -> None:
    """Count a wrong guess of an origin: an address, or what was guessed at."""
    mine = {
        "address_hash": _hashed_at(origin, at),
        "window_at": _window(at),
    }
    UnknownTry.objects.bulk_create([UnknownTry(**mine, tries=0)], ignore_conflicts=True)
    UnknownTry.objects.filter(**mine).update(tries=F("tries") + 1)


@transaction.atomic
def forget(before: datetime) -> int:
    """Remove single look-ups and guesses from before an instant; counters stay. The number."""
    scans, _ = ScanRecord.objects.filter(at__lt=before).delete()
    tries, _ = UnknownTry.objects.filter(window_at__lt=before).delete()
    return scans + tries
