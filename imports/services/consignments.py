"""Consignments: an order travels by the cheapest mode, and what that costs is written down."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from core import facts, numbering, rates
from core.domain.chart import TransferCode
from core.domain.errors import Refusal
from core.domain.trade import Incoterm
from imports import queries
from imports.domain.costs import Bill, Mode, cheapest
from imports.domain.freight import Charge, Load
from imports.domain.shipping import refuse_more_than_left
from imports.domain.steps import CONSIGNMENT_STEPS, ORDER_STEPS
from imports.models import (
    Consignment,
    ConsignmentCharge,
    ConsignmentLine,
    PurchaseOrder,
    PurchaseOrderLine,
)

MODES = (Mode.FCL, Mode.LCL, Mode.AIR)
"""Modes in which an order travels into the bonded zone."""

_SHARED_BY_VALUE = (TransferCode.AGENCY, TransferCode.INSURANCE)


class ArrivesBeforeItDeparts(Refusal):
    """Raised when a consignment would arrive before the day of its departure."""

    code = "arrives-before-it-departs"
    reason = "The consignment departed on {departed_on} and cannot arrive on {arrived_on}."
    remedy = "Correct one of the two days."


@transaction.atomic
def ship_order(
    order: PurchaseOrder,
    *,
    departed_on: date,
    arrived_on: date | None = None,
    units: Mapping[int, int] | None = None,
) -> Consignment:
    """Send a placed order to the pool's port as one consignment, with its charges in CNY.

    ``units`` by order line send a part; without them all that is agreed and has not left goes.
    The order is shipped once nothing is left.

    The mode is the cheapest of full container, part of a container and air for the whole order,
    at the tariffs on record and the rates of the day of departure. With ``arrived_on`` the
    arrival is recorded too.

    Raises:
        StepNotAllowed: the order is not placed, or travels already.
        NothingTravels, MoreThanLeft, ArrivesBeforeItDeparts, NoLane, RateTooOld, TariffMissing:
            nothing was recorded.
    """
    parcel = _parcel(order, units)
    value = sum(line.amount_minor * count // line.units for line, count in parcel)
    goods_minor = rates.convert_on(value, order.currency, "CNY", departed_on)
    terms = queries.terms(order.origin_port, departed_on, incoterm=Incoterm(order.incoterm))
    bill = cheapest(_load(parcel, goods_minor), terms, modes=MODES)
    consignment = _create(order, parcel, bill, departed_on)
    _note(consignment, "departed", departed_on)
    if arrived_on is not None:
        arrive(consignment, on=arrived_on)
    return consignment


@transaction.atomic
def arrive(consignment: Consignment, *, on: date) -> Consignment:
    """Record that a consignment reached the pool's port; the warehouse receives it next.

    Raises:
        StepNotAllowed: it arrived before.
        ArrivesBeforeItDeparts: nothing was recorded.
    """
    if on < consignment.departed_on:
        raise ArrivesBeforeItDeparts(departed_on=consignment.departed_on, arrived_on=on)
    state = CONSIGNMENT_STEPS.next(consignment.state, "arrive")
    rows = Consignment.objects.filter(pk=consignment.pk, state=consignment.state)
    if not rows.update(state=state, arrived_on=on):
        consignment.refresh_from_db()
        CONSIGNMENT_STEPS.next(consignment.state, "arrive")
    consignment.state, consignment.arrived_on = state, on
    _follow(consignment.order)
    _note(consignment, "arrived", on)
    return consignment


Parcel = list[tuple[PurchaseOrderLine, int]]
"""Order lines with the units of each that travel."""


def _parcel(order: PurchaseOrder, units: Mapping[int, int] | None) -> Parcel:
    """The lines that go, with their units; the order is shipped where they are all that is left."""
    order.state = PurchaseOrder.objects.select_for_update().get(pk=order.pk).state
    ORDER_STEPS.next(order.state, "ship")
    left = queries.unshipped_units(order)
    wanted = left if units is None else units
    refuse_more_than_left(wanted, left, queries.skus_of(order))
    if all(wanted.get(line, 0) == count for line, count in left.items()):
        _advance(order, "ship")
    lines = order.lines.select_related("product").order_by("pk")
    return [(line, wanted[line.pk]) for line in lines if wanted.get(line.pk)]


def _follow(order: PurchaseOrder) -> None:
    """The order has arrived with the last of its consignments, once nothing is left to ship."""
    order.refresh_from_db()
    under_way = order.consignments.filter(state=Consignment.State.DEPARTED).exists()
    if order.state == PurchaseOrder.State.SHIPPED and not under_way:
        _advance(order, "arrive")


def _advance(order: PurchaseOrder, action: str) -> None:
    """Take an order one step on; of two that try at once exactly one succeeds."""
    state = ORDER_STEPS.next(order.state, action)
    if not PurchaseOrder.objects.filter(pk=order.pk, state=order.state).update(state=state):
        order.refresh_from_db()
        state = ORDER_STEPS.next(order.state, action)
    order.state = state


def _load(parcel: Parcel, goods_minor: int) -> Load:
    volume = sum(units * line.product.volume_cm3 for line, units in parcel)
    weight = sum(units * line.product.gross_weight_g for line, units in parcel)
    return Load(
        volume_m3=Decimal(volume) / 1_000_000,
        weight_kg=Decimal(weight) / 1_000,
        goods_minor=goods_minor,
    )


def _create(order: PurchaseOrder, parcel: Parcel, bill: Bill, departed_on: date) -> Consignment:
    pool = order.round.pool
    consignment = Consignment.objects.create(
        pool=pool,
        order=order,
        number=numbering.next_number("CN", departed_on.year),
        origin_port=order.origin_port,
        destination_port=pool.port,
        mode=bill.mode,
        containers=bill.containers,
        departed_on=departed_on,
        volume_cm3=int(bill.load.volume_m3 * 1_000_000),
        gross_weight_g=int(bill.load.weight_kg * 1_000),
        goods_cny_minor=bill.load.goods_minor,
    )
    ConsignmentLine.objects.bulk_create(
        ConsignmentLine(consignment=consignment, order_line=line, units=units)
        for line, units in parcel
    )
    ConsignmentCharge.objects.bulk_create(
        _charge(consignment, charge, bill) for charge in bill.charges if charge.cny_minor
    )
    return consignment


def _charge(consignment: Consignment, charge: Charge, bill: Bill) -> ConsignmentCharge:
    size = ConsignmentCharge.Basis.WEIGHT
    if bill.is_volume_limited:
        size = ConsignmentCharge.Basis.VOLUME
    by_value = charge.kind in _SHARED_BY_VALUE
    return ConsignmentCharge(
        consignment=consignment,
        kind=charge.kind,
        tariff_key=charge.key,
        basis=ConsignmentCharge.Basis.VALUE if by_value else size,
        currency=charge.currency,
        amount_minor=charge.amount_minor,
        amount_cny_minor=charge.cny_minor,
        at_rate_cny_minor=charge.at_rate_minor,
        is_fixed=charge.is_fixed,
    )


def _note(consignment: Consignment, what: str, on: date) -> None:
    """Add the fact of a departure or arrival, at noon of its day in the pool's zone."""
    port = consignment.origin_port if what == "departed" else consignment.destination_port
    data = {
        "consignment": consignment.pk,
        "number": consignment.number,
        "order": consignment.order_id,
        "port": port,
        "mode": consignment.mode,
        "on": on.isoformat(),
    }
    facts.append(
        f"imports.consignment.{what}",
        subject=f"consignment:{consignment.pk}",
        data=data,
        at=timezone.make_aware(datetime.combine(on, time(12))),
    )
