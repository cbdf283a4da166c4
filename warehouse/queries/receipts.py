"""What was counted at the door, and who got which part of it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from core.models import Party
from imports.models import Consignment, ConsignmentLine
from warehouse.domain.allocation import Explanation
from warehouse.models import AllocationShare, Receipt, ReceiptLine


@dataclass(frozen=True)
class ReceiptRow:
    """One receipt in the operator's list, with its totals in units."""

    receipt_id: int
    consignment: str
    received_on: date
    expected: int
    good: int
    damaged: int
    short: int
    is_allocated: bool


def receipts_of(operator: Party) -> QuerySet[Receipt]:
    """Receipts of the pools that an operator leads: the gate in front of every receipt's page."""
    return Receipt.objects.filter(consignment__pool__operator_id=operator.pk)


def receipts(operator: Party) -> list[ReceiptRow]:
    """The receipts of an operator's pools, newest first. One query."""
    shares = AllocationShare.objects.filter(receipt=OuterRef("pk"))
    rows = (
        receipts_of(operator)
        .values_list("pk", "consignment__number", "received_on")
        .annotate(
            Sum("lines__expected"), Sum("lines__good"), Sum("lines__damaged"), Sum("lines__short")
        )
        .annotate(is_allocated=Exists(shares))
        .order_by("-received_on", "-pk")
    )
    return [ReceiptRow(*row) for row in rows]


@dataclass(frozen=True)
class ShareRow:
    """What one owner got of an order line, and why."""

    owner_id: int
    owner: str
    units: int
    explanation: Explanation
    name_zh: str = ""

    @property
    def name(self) -> str:
        """The owner's name, where names are said in the reader's language."""
        return self.owner


@dataclass(frozen=True)
class ReceiptLineRow:
    """One counted line of a receipt, with its lot."""

    line_id: int
    order_line_id: int
    gtin: str
    product: str
    product_zh: str
    lot_id: int | None
    lot_no: str | None
    expires_on: date | None
    expected: int
    good: int
    damaged: int
    short: int
    quarantined: int = 0
    over: int = 0


def receipt_lines(receipt: Receipt) -> list[ReceiptLineRow]:
    """A receipt's lines as counted. One query."""
    rows = (
        ReceiptLine.objects.filter(receipt=receipt)
        .order_by("pk")
        .values_list(
            "pk",
            "order_line_id",
            "order_line__product__gtin",
            "order_line__product__name",
            "order_line__product__name_zh",
            "lot__pk",
            "lot__number",
            "lot__expires_on",
            "expected",
            "good",
            "damaged",
            "short",
            "quarantined",
            "over",
        )
    )
    return [ReceiptLineRow(*row) for row in rows]


def allocation_shares(receipt: Receipt) -> dict[int, list[ShareRow]]:
    """A receipt's shares by order line, of whoever is in view. One query."""
    found: dict[int, list[ShareRow]] = defaultdict(list)
    rows = AllocationShare.objects.filter(receipt=receipt).select_related("owner")
    for row in rows.order_by("order_line_id", "owner__name", "pk"):
        owner = row.owner
        share = ShareRow(owner.pk, owner.name, row.units, row.explanation, owner.name_zh)
        found[row.order_line_id].append(share)
    return dict(found)


@dataclass(frozen=True)
class OwnShareRow:
    """What an importer got of one delivery of a product, and why."""

    received_on: date
    consignment: str
    product: str
    product_zh: str
    units: int
    explanation: Explanation


def shares_of(importer: Party, *, limit: int = 50) -> list[OwnShareRow]:
    """An importer's shares of the newest deliveries, with their reasons. One query."""
    rows = (
        AllocationShare.objects.filter(owner_id=importer.pk)
        .select_related("receipt__consignment", "order_line__product")
        .order_by("-receipt__received_on", "-pk")[:limit]
    )
    return [
        OwnShareRow(
            received_on=row.receipt.received_on,
            consignment=row.receipt.consignment.number,
            product=row.order_line.product.name,
            product_zh=row.order_line.product.name_zh,
            units=row.units,
            explanation=row.explanation,
        )
        for row in rows
    ]


def awaited_of(operator: Party) -> QuerySet[Consignment]:
    """Consignments that arrived in an operator's pools and are not counted yet: the gate."""
    return Consignment.objects.filter(
        pool__operator_id=operator.pk, state=Consignment.State.ARRIVED, receipt__isnull=True
    )


@dataclass(frozen=True)
class AwaitedRow:
    """A consignment that waits to be counted."""

    consignment_id: int
    number: str
    arrived_on: date
    lines: int
    units: int


def awaited(operator: Party) -> list[AwaitedRow]:
    """Consignments that wait to be counted, oldest first. One query."""
    rows = (
        awaited_of(operator)
        .values_list("pk", "number", "arrived_on")
        .annotate(Count("lines"), Sum("lines__units"))
        .order_by("arrived_on", "pk")
    )
    return [AwaitedRow(*row) for row in rows]


@dataclass(frozen=True)
class AnnouncedRow:
    """One line of a consignment, as announced."""

    order_line_id: int
    gtin: str
    product: str
    product_zh: str
    units: int


def announced(consignment: Consignment) -> list[AnnouncedRow]:
    """What a consignment should hold. One query."""
    rows = (
        ConsignmentLine.objects.filter(consignment=consignment)
        .order_by("pk")
        .values_list(
            "order_line_id",
            "order_line__product__gtin",
            "order_line__product__name",
            "order_line__product__name_zh",
            "units",
        )
    )
    return [AnnouncedRow(*row) for row in rows]
