"""What was wrong with deliveries: photos and claims; and what was scanned at the door so far."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from core.models import Party
from imports.models import Consignment
from warehouse.domain.claims import Against
from warehouse.models import Claim, DoorScan, Photo, Receipt, ReceiptLine
from warehouse.queries.receipts import AnnouncedRow, ReceiptLineRow


@dataclass(frozen=True)
class ClaimRow:
    """One claim, as listed."""

    claim_id: int
    number: str
    cause: str
    against: str
    party: str
    product: str
    product_zh: str
    consignment: str
    units: int
    amount_minor: int
    currency: str
    state: str
    accepted_minor: int | None
    made_on: date
    document_id: int | None


@dataclass(frozen=True)
class Finding:
    """A counted line with its photos and claims, and what may still be claimed of it."""

    line: ReceiptLineRow
    photos: tuple[int, ...]
    claims: tuple[ClaimRow, ...]
    open_causes: tuple[str, ...]


def lines_of(operator: Party) -> QuerySet[ReceiptLine]:
    """Counted lines of an operator's pools: the gate in front of photos and new claims."""
    return ReceiptLine.objects.filter(receipt__consignment__pool__operator_id=operator.pk)


def claims_of(operator: Party) -> QuerySet[Claim]:
    """Claims of an operator's pools: the gate in front of every claim."""
    return Claim.objects.filter(receipt_line__in=lines_of(operator))


def photos_of(operator: Party) -> QuerySet[Photo]:
    """Photos of an operator's pools: the gate in front of every photo."""
    return Photo.objects.filter(receipt_line__in=lines_of(operator))


_CLAIM = (
    "pk",
    "number",
    "cause",
    "against",
    "party__name",
    "receipt_line__order_line__product__name",
    "receipt_line__order_line__product__name_zh",
    "receipt_line__receipt__consignment__number",
    "units",
    "amount_minor",
    "currency",
    "state",
    "accepted_minor",
    "made_on",
    "document_id",
)


def claims(operator: Party) -> list[ClaimRow]:
    """An operator's claims, open ones first, then the newest. One query."""
    rows = claims_of(operator).order_by("answered_on", "-pk")
    listed = [ClaimRow(*row) for row in rows.values_list(*_CLAIM)]
    return sorted(listed, key=lambda row: row.state != Claim.State.MADE)


def insurers(operator: Party) -> list[str]:
    """The insurers that an operator's claims were made against so far. One query."""
    rows = claims_of(operator).filter(against=Against.INSURER).order_by("party__name")
    return list(rows.values_list("party__name", flat=True).distinct())


def findings(receipt: Receipt, lines: Sequence[ReceiptLineRow]) -> list[Finding]:
    """The lines of a receipt with their photos and claims. Two queries."""
    made: dict[int, list[ClaimRow]] = defaultdict(list)
    rows = Claim.objects.filter(receipt_line__receipt=receipt).order_by("pk")
    for line_id, *row in rows.values_list("receipt_line_id", *_CLAIM):
        made[line_id].append(ClaimRow(*row))
    photos: dict[int, list[int]] = defaultdict(list)
    kept = Photo.objects.filter(receipt_line__receipt=receipt).order_by("pk")
    for line_id, photo_id in kept.values_list("receipt_line_id", "pk"):
        photos[line_id].append(photo_id)
    return [_finding(line, photos[line.line_id], made[line.line_id]) for line in lines]


def _finding(line: ReceiptLineRow, photos: list[int], made: list[ClaimRow]) -> Finding:
    claimed = {row.cause for row in made}
    missing = {"short": line.short, "damaged": line.damaged}
    causes = tuple(cause for cause, units in missing.items() if units and cause not in claimed)
    return Finding(line, tuple(photos), tuple(made), causes)


def counted_at_the_door(
    consignment: Consignment, announced: Sequence[AnnouncedRow]
) -> list[dict[str, Any]]:
    """What the count of each announced line starts from. One query.

    What was scanned at the door; all of it good, where nothing was scanned at all.
    """
    scans = list(DoorScan.objects.filter(consignment=consignment).order_by("pk"))
    by_line: dict[int, list[DoorScan]] = defaultdict(list)
    for scan in scans:
        by_line[scan.order_line_id].append(scan)
    return [
        _scanned(row, by_line[row.order_line_id]) if scans else _all_good(row) for row in announced
    ]


def _all_good(row: AnnouncedRow) -> dict[str, Any]:
    return {"order_line": row.order_line_id, "good": row.units, "damaged": 0, "short": 0}


def _scanned(row: AnnouncedRow, scans: Sequence[DoorScan]) -> dict[str, Any]:
    units: Counter[str] = Counter()
    for scan in scans:
        units[scan.condition] += scan.units
    more = units.total() - row.units
    over = min(max(more, 0), units["good"])
    return {
        "order_line": row.order_line_id,
        "good": units["good"] - over,
        "damaged": units["damaged"],
        "quarantined": units["quarantined"],
        "short": max(-more, 0),
        "over": over,
        "lot_no": next((scan.lot_no for scan in scans if scan.lot_no), ""),
        "produced_on": next((scan.produced_on for scan in scans if scan.produced_on), None),
        "expires_on": next((scan.expires_on for scan in scans if scan.expires_on), None),
    }
