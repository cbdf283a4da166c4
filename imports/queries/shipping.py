"""What is agreed of an order, what has left, and when it is expected."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from core.domain.shares import split_in_proportion
from core.models import Party
from imports.domain.shipping import Arrival
from imports.models import (
    ConsignmentLine,
    ExpectedArrival,
    OrderAmendment,
    OrderAmendmentLine,
    OrderShare,
    PurchaseOrder,
    ShippingNoticeLine,
)


def skus_of(order: PurchaseOrder) -> dict[int, str]:
    """The SKU of each line of an order. One query."""
    return dict(order.lines.values_list("pk", "product__sku"))


def agreed_units(order: PurchaseOrder) -> dict[int, int]:
    """Units of each line by the latest accepted version, else as placed. Two queries."""
    placed = dict(order.lines.order_by("pk").values_list("pk", "units"))
    latest = _latest_accepted([order.pk]).get(order.pk)
    return {**placed, **(latest[1] if latest else {})}


def _latest_accepted(orders: list[int]) -> dict[int, tuple[date, dict[int, int]]]:
    """The ready day and the units by line of each order's latest accepted version. Two queries."""
    rows = OrderAmendment.objects.filter(order__in=orders, state=OrderAmendment.State.ACCEPTED)
    latest = {
        order: (pk, ready)
        for order, pk, ready in rows.order_by("version").values_list("order_id", "pk", "ready_on")
    }
    units: dict[int, dict[int, int]] = defaultdict(dict)
    lines = OrderAmendmentLine.objects.filter(amendment__in=[pk for pk, _ in latest.values()])
    for amendment, line, count in lines.values_list("amendment_id", "order_line_id", "units"):
        units[amendment][line] = count
    return {order: (ready, units[pk]) for order, (pk, ready) in latest.items()}


def unshipped_units(order: PurchaseOrder) -> dict[int, int]:
    """Units of each line that are agreed and do not travel yet. Three queries."""
    return _less(
        agreed_units(order),
        ConsignmentLine.objects.filter(order_line__order=order)
        .values_list("order_line_id")
        .annotate(Sum("units")),
    )


def unannounced_units(order: PurchaseOrder) -> dict[int, int]:
    """Units of each line that neither travel nor are announced. Four queries."""
    waiting = ShippingNoticeLine.objects.filter(
        notice__order=order, notice__consignment__isnull=True
    )
    return _less(
        unshipped_units(order), waiting.values_list("order_line_id").annotate(Sum("units"))
    )


def _less(units: dict[int, int], taken: object) -> dict[int, int]:
    gone = dict(taken)  # type: ignore[call-overload]
    return {line: max(0, count - gone.get(line, 0)) for line, count in units.items()}


@dataclass(frozen=True)
class Coming:
    """An importer's units of an order that are still to arrive."""

    product_id: int
    number: str
    arrival: Arrival


TRANSIT_DAYS = 35
"""Days at sea and in port that are assumed while nobody has said when goods arrive."""


def coming_to(importer: Party) -> list[Coming]:
    """An importer's part of every placed order that has not arrived whole, by what is known.

    As planned: placing, lead time and transit. As expected: the latest word on the consignment,
    else the supplier's ready day and transit. Six queries, whatever the number.
    """
    shares = list(
        OrderShare.objects.filter(owner_id=importer.pk, units__gt=0)
        .exclude(line__order__state__in=["draft", "arrived"])
        .select_related("line__order", "line__offer")
        .order_by("line__order__number", "line_id")
    )
    lines = [share.line_id for share in shares]
    accepted = _latest_accepted(sorted({share.line.order_id for share in shares}))
    travelling = _travelling(lines)
    return [one for share in shares for one in _coming(share, accepted, travelling)]


Leg = tuple[int, date | None, date, bool]
"""Units of a line in a consignment, when it is expected, when it departed, whether it arrived."""


def _travelling(lines: list[int]) -> dict[int, list[Leg]]:
    """The consignments that lines travel in. Two queries."""
    rows = ConsignmentLine.objects.filter(order_line__in=lines).values_list(
        "order_line_id", "units", "consignment_id", "consignment__departed_on",
        "consignment__arrived_on",
    )  # fmt: skip
    found = list(rows)
    words = ExpectedArrival.objects.filter(consignment__in={row[2] for row in found})
    expected = dict(words.order_by("noted_at", "pk").values_list("consignment_id", "expected_on"))
    legs: dict[int, list[Leg]] = defaultdict(list)
    for line, units, consignment, departed, arrived in found:
        legs[line].append((units, expected.get(consignment), departed, arrived is not None))
    return legs


def _coming(
    share: OrderShare,
    accepted: dict[int, tuple[date, dict[int, int]]],
    travelling: dict[int, list[Leg]],
) -> list[Coming]:
    """A share of a line, leg by leg: the owner's part of each, and of what has not left yet."""
    line = share.line
    order, transit = line.order, timedelta(days=TRANSIT_DAYS)
    ready, units = accepted.get(order.pk, (None, {}))
    if order.ordered_on is None:
        return []
    placed: date = order.ordered_on + timedelta(days=line.offer.lead_time_days)
    legs = list(travelling.get(line.pk, ()))
    left = units.get(line.pk, line.units) - sum(leg[0] for leg in legs)
    days = [expected or departed + transit for _, expected, departed, _ in legs]
    if left > 0:
        legs.append((left, None, placed, False))
        days.append((ready or placed) + transit)
    own = split_in_proportion(
        share.units * sum(leg[0] for leg in legs) // line.units,
        {place: leg[0] for place, leg in enumerate(legs)},
    )
    return [
        Coming(line.product_id, order.number, Arrival(own[n], placed + transit, days[n]))
        for n, leg in enumerate(legs)
        if not leg[3] and own[n]
    ]
