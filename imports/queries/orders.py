"""Rounds, purchase orders and consignments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet, Sum

from core.models import Party, Pool
from imports.models import Consignment, OrderShare, PurchaseOrder, PurchaseOrderLine, Round


@dataclass(frozen=True)
class RoundRow:
    """A round with how far it has come."""

    round_id: int
    code: str
    first_month: date
    last_month: date
    state: str
    order_count: int


@dataclass(frozen=True)
class OrderRow:
    """A purchase order with the sums of its lines."""

    order_id: int
    number: str
    supplier: str
    currency: str
    incoterm: str
    origin_port: str
    state: str
    ordered_on: date | None
    total_minor: int
    line_count: int
    units: int
    surplus_units: int


@dataclass(frozen=True)
class OrderLineRow:
    """One line of an order: what was asked, what is bought and why more."""

    line_id: int
    sku: str
    name: str
    name_zh: str
    asked_units: int
    units: int
    surplus_units: int
    surplus_cause: str
    pack_units: int
    unit_price_minor: int
    amount_minor: int


@dataclass(frozen=True)
class ShareRow:
    """One owner's part of an order line."""

    line_id: int
    sku: str
    owner_id: int
    owner: str
    asked_units: int
    units: int
    cost_minor: int


@dataclass(frozen=True)
class OwnerRow:
    """An owner's part of a whole order."""

    owner_id: int
    owner: str
    products: int
    asked_units: int
    units: int
    cost_minor: int


@dataclass(frozen=True)
class OwnOrderRow:
    """An importer's part of one product of an order."""

    order_id: int
    number: str
    supplier: str
    state: str
    ordered_on: date | None
    currency: str
    sku: str
    name: str
    name_zh: str
    asked_units: int
    units: int
    cost_minor: int


@dataclass(frozen=True)
class ConsignmentRow:
    """A consignment of an order."""

    consignment_id: int
    number: str
    mode: str
    containers: int
    origin_port: str
    destination_port: str
    departed_on: date
    arrived_on: date | None
    state: str


def rounds(pools: Iterable[Pool]) -> list[RoundRow]:
    """The rounds of pools, by month. One query."""
    rows = (
        Round.objects.filter(pool__in=[pool.pk for pool in pools])
        .annotate(order_count=Count("orders"))
        .order_by("first_month")
        .values_list("pk", "code", "first_month", "last_month", "state", "order_count")
    )
    return [RoundRow(*row) for row in rows]


def orders_of(round_: Round) -> list[OrderRow]:
    """The purchase orders of a round, by number. One query."""
    return _order_rows(PurchaseOrder.objects.filter(round=round_))


def order_row(order_id: int) -> OrderRow | None:
    """One purchase order with its sums. One query."""
    return next(iter(_order_rows(PurchaseOrder.objects.filter(pk=order_id))), None)


def _order_rows(orders: QuerySet[PurchaseOrder]) -> list[OrderRow]:
    rows = (
        orders.annotate(
            line_count=Count("lines"),
            units=Sum("lines__units"),
            surplus=Sum("lines__surplus_units"),
        )
        .order_by("number")
        .values_list(
            "pk", "number", "supplier__name", "currency", "incoterm", "origin_port", "state",
            "ordered_on", "total_minor", "line_count", "units", "surplus",
        )
    )  # fmt: skip
    return [OrderRow(*row) for row in rows]


def order_lines(order_id: int) -> list[OrderLineRow]:
    """The lines of an order, by SKU. One query."""
    rows = (
        PurchaseOrderLine.objects.filter(order_id=order_id)
        .order_by("product__sku")
        .values_list(
            "pk", "product__sku", "product__name", "product__name_zh", "asked_units", "units",
            "surplus_units", "surplus_cause", "pack_units", "unit_price_minor", "amount_minor",
        )
    )  # fmt: skip
    return [OrderLineRow(*row) for row in rows]


def shares_of(order_id: int) -> list[ShareRow]:
    """Shares of an order that are in view: all for the operator, its own for an importer.

    One query.
    """
    rows = (
        OrderShare.objects.filter(line__order_id=order_id)
        .order_by("line__product__sku", "owner__name")
        .values_list(
            "line_id", "line__product__sku", "owner_id", "owner__name", "asked_units", "units",
            "cost_minor",
        )
    )  # fmt: skip
    return [ShareRow(*row) for row in rows]


def owners_of(order_id: int) -> list[OwnerRow]:
    """Shares of an order that are in view, summed by owner, by name. One query."""
    rows = (
        OrderShare.objects.filter(line__order_id=order_id)
        .values_list("owner_id", "owner__name")
        .annotate(Count("pk"), Sum("asked_units"), Sum("units"), Sum("cost_minor"))
        .order_by("owner__name", "owner_id")
    )
    return [OwnerRow(*row) for row in rows]


def own_orders(importer: Party) -> list[OwnOrderRow]:
    """An importer's part of every order, newest order first, then by SKU. One query."""
    rows = (
        OrderShare.objects.filter(owner_id=importer.pk)
        .order_by("-line__order__number", "line__product__sku")
        .values_list(
            "line__order_id", "line__order__number", "line__order__supplier__name",
            "line__order__state", "line__order__ordered_on", "line__order__currency",
            "line__product__sku", "line__product__name", "line__product__name_zh", "asked_units",
            "units", "cost_minor",
        )
    )  # fmt: skip
    return [OwnOrderRow(*row) for row in rows]


def consignments_of(order_id: int) -> list[ConsignmentRow]:
    """The consignments of an order, by number. One query."""
    rows = (
        Consignment.objects.filter(order_id=order_id)
        .order_by("number")
        .values_list(
            "pk", "number", "mode", "containers", "origin_port", "destination_port", "departed_on",
            "arrived_on", "state",
        )
    )  # fmt: skip
    return [ConsignmentRow(*row) for row in rows]
