"""What the certificates of a round are made of."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F, Sum

from core.models import Party
from core.tenancy import as_operator
from imports.domain.certificate import OrderSum
from imports.models import (
    OrderShare,
    PurchaseOrder,
    PurchaseOrderLine,
    Round,
    RoundShare,
    SupplierOffer,
)


@dataclass(frozen=True)
class OwnPart:
    """An importer's part of an order line, with the size of a unit and where the line ships."""

    product_id: int
    sku: str
    name: str
    name_zh: str
    asked_units: int
    units: int
    cost_minor: int
    currency: str
    port: str
    incoterm: str
    volume_cm3: int
    weight_g: int


@dataclass(frozen=True)
class OfferTold:
    """An offer's supplier and where it ships from."""

    supplier: str
    port: str
    incoterm: str


def share_of(round_: Round, importer: Party) -> RoundShare | None:
    """An importer's share of a round; None where it has none. One query."""
    found: RoundShare | None = RoundShare.objects.filter(
        round=round_, importer_id=importer.pk
    ).first()
    return found


def own_parts(round_: Round, importer: Party) -> list[OwnPart]:
    """An importer's parts of a round's lines, by SKU. One query."""
    rows = (
        OrderShare.objects.filter(line__order__round=round_, owner_id=importer.pk)
        .order_by("line__product__sku", "line_id")
        .values_list(
            "line__product_id", "line__product__sku", "line__product__name",
            "line__product__name_zh", "asked_units", "units", "cost_minor",
            "line__order__currency", "line__order__origin_port", "line__order__incoterm",
            "line__product__volume_cm3", "line__product__gross_weight_g",
        )
    )  # fmt: skip
    return [OwnPart(*row) for row in rows]


def offers_told(offer_ids: set[int]) -> dict[int, OfferTold]:
    """Supplier and port of offers, by id. One query."""
    rows = SupplierOffer.objects.filter(pk__in=offer_ids)
    names = ("pk", "supplier__name", "origin_port", "incoterm")
    return {pk: OfferTold(*told) for pk, *told in rows.values_list(*names)}


def order_sums(round_: Round) -> list[OrderSum]:
    """The orders of a round beside the sums of all their shares, by number. Two queries."""
    with as_operator("sum check of certificates"):
        sums = dict(
            OrderShare.objects.filter(line__order__round=round_)
            .values_list("line__order_id")
            .annotate(Sum("cost_minor"))
        )
    rows = PurchaseOrder.objects.filter(round=round_).order_by("number")
    return [
        OrderSum(number, supplier, currency, total, sums.get(pk, 0))
        for pk, number, supplier, currency, total in rows.values_list(
            "pk", "number", "supplier__name", "currency", "total_minor"
        )
    ]


def loads_by_port(round_: Round) -> dict[tuple[str, str], tuple[int, int, dict[str, int]]]:
    """Volume (cm3), weight (g), and goods by currency that a round ships, by port and incoterm.

    One query.
    """
    rows = (
        PurchaseOrderLine.objects.filter(order__round=round_)
        .values_list("order__origin_port", "order__incoterm", "order__currency")
        .annotate(
            volume=Sum(F("units") * F("product__volume_cm3")),
            weight=Sum(F("units") * F("product__gross_weight_g")),
            goods=Sum("amount_minor"),
        )
    )
    goods: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    sizes: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for port, incoterm, currency, volume, weight, amount in rows:
        goods[port, incoterm][currency] = amount
        sizes[port, incoterm][0] += volume
        sizes[port, incoterm][1] += weight
    return {key: (volume, weight, goods[key]) for key, (volume, weight) in sizes.items()}
