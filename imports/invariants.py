"""What must always hold in plan and buy."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, F, Q, Sum

from core.invariants import invariant
from imports.models import (
    ConsignmentLine,
    ForecastLine,
    OrderShare,
    PurchaseOrder,
    PurchaseOrderLine,
    Round,
)


@invariant("imports.shares_equal_lines", "An order line's shares add up to its units and amount.")
def shares_equal_lines() -> Iterator[str]:
    rows = (
        PurchaseOrderLine.objects.annotate(
            shared=Sum("shares__units"), cost=Sum("shares__cost_minor")
        )
        .filter(
            Q(shared__isnull=True) | ~Q(shared=F("units")) | ~Q(cost=F("amount_minor")),
        )
        .order_by("pk")
        .values_list("pk", "units", "shared", "amount_minor", "cost")
    )
    for pk, units, shared, amount, cost in rows:
        yield f"order line {pk}: {units} units of {amount}, shares give {shared} of {cost}"


@invariant("imports.orders_equal_lines", "An order's total is the sum of its lines.")
def orders_equal_lines() -> Iterator[str]:
    rows = (
        PurchaseOrder.objects.annotate(amount=Sum("lines__amount_minor"))
        .filter(Q(amount__isnull=True) | ~Q(amount=F("total_minor")))
        .order_by("pk")
        .values_list("number", "total_minor", "amount")
    )
    for number, total, amount in rows:
        yield f"order {number} says {total}, its lines give {amount}"


@invariant("imports.buffer_costs_nothing", "The operator's buffer is borne by the importers.")
def buffer_costs_nothing() -> Iterator[str]:
    rows = (
        OrderShare.objects.filter(owner=F("line__order__round__pool__operator"))
        .exclude(cost_minor=0)
        .order_by("pk")
        .values_list("line_id", "cost_minor")
    )
    for line, cost in rows:
        yield f"order line {line}: the operator bears {cost}"


@invariant(
    "imports.one_current_forecast", "An importer has one current forecast line a product and year."
)
def one_current_forecast() -> Iterator[str]:
    rows = (
        ForecastLine.objects.filter(version_before__isnull=True)
        .values_list("importer_id", "product_id", "year")
        .annotate(lines=Count("pk"))
        .filter(lines__gt=1)
        .order_by("importer_id", "product_id", "year")
    )
    for importer, product, year, lines in rows:
        yield f"importer {importer} has {lines} lines of product {product} in {year}"


@invariant("imports.rounds_do_not_overlap", "A forecast month is bought for by one round a pool.")
def rounds_do_not_overlap() -> Iterator[str]:
    rounds = Round.objects.order_by("pool_id", "first_month").values_list(
        "pool_id", "code", "first_month", "last_month"
    )
    earlier: tuple[int, str, date] | None = None
    for pool, code, first, last in rounds:
        if earlier and earlier[0] == pool and first <= earlier[2]:
            yield f"rounds {earlier[1]} and {code} cover the same month"
        earlier = (pool, code, last)


@invariant("imports.nothing_travels_unordered", "No more of an order line travels than was bought.")
def nothing_travels_unordered() -> Iterator[str]:
    rows = (
        ConsignmentLine.objects.values_list("order_line_id", "order_line__units")
        .annotate(travelling=Sum("units"))
        .filter(travelling__gt=F("order_line__units"))
        .order_by("order_line_id")
    )
    for line, units, travelling in rows:
        yield f"order line {line}: {units} units were bought, {travelling} travel"
