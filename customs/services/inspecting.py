"""Officers and auditors look by a signed link for a time; every look stands in the log."""

import hashlib
import json
import zipfile
from datetime import UTC, date, timedelta
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import clock, facts, links, sheets, tenancy
from core.domain.errors import Refusal
from core.domain.trade import from_minor
from core.models import Fact, Party, Pool
from customs import inspection_queries as queries
from customs.models import CreditGrade, CustomsReceipt, Declaration, InspectionGrant

PURPOSE = "customs.inspection"
MOST_DAYS = 30
MOST_IN_A_PACK = 5_000
EPOCH = (1980, 1, 1, 0, 0, 0)


class GrantTooLong(Refusal):
    """Raised when somebody would look for longer than a grant lasts."""

    code = "grant-too-long"
    reason = "{days} days were asked for; a grant lasts from 1 to {most} days."
    remedy = "Grant {most} days or fewer; it can be granted again."


class GrantEnded(Refusal):
    """Raised when a link is opened after its time, or after it was withdrawn."""

    code = "grant-ended"
    reason = "The time in which this link showed the pool is over."
    remedy = "Ask the operator for a new link."


class PackTooLarge(Refusal):
    """Raised when a period holds more declarations than one pack takes."""

    code = "pack-too-large"
    reason = "{count} declarations were made from {first} to {last}; a pack takes {most}."
    remedy = "Choose a shorter time, and take several packs."


@transaction.atomic
def grant(pool: Pool, *, office: str, days: int, by: Party) -> InspectionGrant:
    """Let an office look into a pool for some days.

    Raises:
        GrantTooLong: not from 1 to 30 days; nothing was granted.
    """
    if not 1 <= days <= MOST_DAYS:
        raise GrantTooLong(days=days, most=MOST_DAYS)
    now = clock.now()
    made = InspectionGrant.objects.create(
        pool=pool,
        office=office.strip(),
        granted_by=by,
        granted_at=now,
        valid_before=now + timedelta(days=days),
    )
    _tell("granted", made)
    return made


@transaction.atomic
def end(granted: InspectionGrant) -> InspectionGrant:
    """Withdraw a grant at once; again: no change."""
    rows = InspectionGrant.objects.filter(pk=granted.pk, ended_at__isnull=True)
    if rows.update(ended_at=clock.now()):
        _tell("ended", granted)
    granted.refresh_from_db()
    return granted


def token(granted: InspectionGrant) -> str:
    """The signed part of a grant's address."""
    return links.token(PURPOSE, {"grant": granted.pk})


@transaction.atomic
def look(signed: str, page: str) -> InspectionGrant:
    """The grant behind a link, with the look at a page written down.

    Raises:
        LinkNotValid: the link was changed or is too old.
        GrantEnded: its time is over; nothing was written.
    """
    number = links.read(PURPOSE, signed, max_age=timedelta(days=MOST_DAYS + 1))["grant"]
    found = InspectionGrant.objects.select_related("pool__operator").filter(pk=number).first()
    if found is None or found.ended_at is not None or found.valid_before <= clock.now():
        raise GrantEnded
    _tell("looked", found, page=page)
    return found


def actor(granted: InspectionGrant) -> str:
    """As whom an office acts."""
    return f"inspection:{granted.pk}"


def _tell(what: str, granted: InspectionGrant, **more: str) -> None:
    data = {"grant": granted.pk, "pool": granted.pool_id, **more}
    facts.append(f"customs.inspection.{what}", subject=f"pool:{granted.pool_id}", data=data)


def evidence(pool: Pool, first: date, last: date) -> bytes:
    """Declarations of a time with all that proves them, as a ZIP; people stand nowhere in it.

    Raises:
        PackTooLarge: more declarations than one pack takes.
    """
    rows = queries.declared_between(pool, first, last)
    count = rows.count()
    if count > MOST_IN_A_PACK:
        raise PackTooLarge(count=count, first=first, last=last, most=MOST_IN_A_PACK)
    found = list(rows.prefetch_related("lines"))
    head = facts.head()
    entries = {
        "declarations.csv": _declarations(found),
        "lines.csv": _lines(found),
        "receipts.csv": _receipts(found),
        "facts.jsonl": _facts(found),
        "account-book.csv": _plain(queries.book(pool)),
        "stock.csv": _plain(queries.stock(pool)),
        "partners.csv": _partners(pool),
        "log-head.txt": head.note.encode() if head else b"",
        "log-key.txt": facts.log_verifier_keys().encode(),
    }
    return _packed(pool, first, last, entries)


def _packed(pool: Pool, first: date, last: date, entries: dict[str, bytes]) -> bytes:
    manifest = {
        "pool": pool.code,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "made_at": timezone.localtime(clock.now()).isoformat(timespec="seconds"),
        "leaf": "SHA-256 over 0x00 and the canonical fact, RFC 6962",
        "files": [
            {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for name, content in entries.items()
        ],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True).encode()
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in [*entries.items(), ("manifest.json", text)]:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


MONEY = ("dutiable_minor", "duty_minor", "consumption_tax_minor", "vat_minor")


def _declarations(rows: list[Declaration]) -> bytes:
    headings = (
        "cop_no", "invt_no", "order_no", "importer", "state", "declared_at", "released_at",
        "account_book", *(name.replace("_minor", "_cny") for name in MONEY),
    )  # fmt: skip
    return sheets.write_csv(
        headings,
        [
            [
                row.cop_no, row.invt_no, row.order.order_no, row.importer.name, row.state,
                _at(row.declared_at), _at(row.released_at), row.account_book,
                *(from_minor(getattr(row, name), "CNY") for name in MONEY),
            ]
            for row in rows
        ],
    )  # fmt: skip


def _at(moment: Any) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


def _lines(rows: list[Declaration]) -> bytes:
    headings = ("cop_no", "line", "item_no", "hs_code", "name", "origin", "units", "returned",
                "statutory_quantity", "statutory_unit", "price_cny")  # fmt: skip
    return sheets.write_csv(
        headings,
        [
            [
                row.cop_no, line.line_no, line.record_no, line.hs_code, line.name_zh, line.origin,
                line.units, line.returned_units, line.statutory_quantity, line.statutory_unit,
                from_minor(line.price_minor, "CNY"),
            ]
            for row in rows for line in sorted(row.lines.all(), key=lambda line: line.line_no)
        ],
    )  # fmt: skip


def _receipts(rows: list[Declaration]) -> bytes:
    found = CustomsReceipt.objects.filter(attempt__declaration__in=rows).order_by("pk")
    headings = ("cop_no", "status", "error_code", "answered_at", "received_at", "followed")
    return sheets.write_csv(
        headings,
        [
            [cop_no, status, error, _at(answered), _at(received), "yes" if moved else "no"]
            for cop_no, status, error, answered, received, moved in found.values_list(
                "attempt__cop_no", "status", "error_code", "answered_at", "received_at", "has_moved"
            )
        ],
    )


def _facts(rows: list[Declaration]) -> bytes:
    subjects = {subject for row in rows for subject in queries.subjects_of(row)}
    wanted, told = sorted(subjects), []
    for start in range(0, len(wanted), 500):
        found = Fact.objects.filter(subject__in=wanted[start : start + 500])
        told += list(found.select_related("entry"))
    return b"".join(_fact(fact) for fact in sorted(told, key=lambda fact: fact.pk))


def _fact(fact: Fact) -> bytes:
    entry = getattr(fact, "entry", None)
    said = {
        "position": entry.position if entry else None,
        "leaf_sha256": bytes(entry.leaf_hash).hex() if entry else None,
        "name": fact.name,
        "subject": fact.subject,
        "actor": fact.actor,
        "at": fact.at.astimezone(UTC).isoformat(),
        "data": fact.data,
        "salt": bytes(fact.salt).hex(),
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _plain(rows: list[Any]) -> bytes:
    """Rows of one dataclass as a table; nothing where there are none."""
    names = list(rows[0].__dataclass_fields__) if rows else []
    return sheets.write_csv(names, [[getattr(row, name) for name in names] for row in rows])


def _partners(pool: Pool) -> bytes:
    found = queries.partners(pool, clock.today())
    return sheets.write_csv(
        ("code", "name", "kind", "papers", "credit", "credit_since", "credit_source", "declared",
         "released", "refused"),
        [
            [row.party.code, row.party.name, row.party.kind, row.papers, *_credit(row.credit),
             row.declared, row.released, row.refused]
            for row in found
        ],
    )  # fmt: skip


def _credit(row: CreditGrade | None) -> tuple[str, date | None, str]:
    return (row.grade, row.since, row.source) if row else ("", None, "")


def as_office(granted: InspectionGrant) -> Any:
    """The tenancy in which an office looks: all rows of the pool's operator, as itself."""
    return tenancy.as_operator("an office looks into a pool", actor=actor(granted))
