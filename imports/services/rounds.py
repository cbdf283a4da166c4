"""Rounds: what everybody asked for becomes one purchase order per supplier."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from django.db import transaction

from core import bulk, clock, facts, numbering
from core.domain.calendar import month_start
from core.domain.errors import Refusal
from core.models import Pool
from imports import notices
from imports.domain.commitments import Deadlines
from imports.domain.round_orders import OrderLine
from imports.domain.steps import ORDER_STEPS, ROUND_STEPS
from imports.models import (
    BuyUpTried,
    OrderShare,
    PurchaseOrder,
    PurchaseOrderLine,
    Round,
    RoundPlan,
    RoundShare,
)
from imports.services import exposure
from imports.services.calendar import advance
from imports.services.commitments import state_on, submit_round
from imports.services.planning import BUDGET_SECONDS, PlannedRound, plan_purchase
from imports.services.supplier_links import send_new_link

OrderKey = tuple[int, str, str, str]
"""Supplier, currency, incoterm and port: what one purchase order has one of."""


class MonthsAlreadyInRound(Refusal):
    """Raised when a forecast month would be bought for twice."""

    code = "months-already-in-round"
    reason = "Round {round_code} already buys for some of these months."
    remedy = "Choose months that no round of this pool covers."


@transaction.atomic
def open_round(
    pool: Pool, *, first_month: date, last_month: date, deadlines: Deadlines | None = None
) -> Round:
    """Open an order window for forecast months, both included.

    With deadlines the round submits, fills and locks by itself; without, consolidating it takes
    the plans as they are.

    Raises:
        MonthsAlreadyInRound: another round of the pool covers one of the months.
        DatesOutOfOrder: the deadlines do not follow each other.
    """
    if deadlines:
        deadlines.refuse_out_of_order()
    first, last = month_start(first_month), month_start(last_month)
    Pool.objects.select_for_update().get(pk=pool.pk)
    taken = Round.objects.filter(pool=pool, first_month__lte=last, last_month__gte=first).first()
    if taken is not None:
        raise MonthsAlreadyInRound(round_code=taken.code)
    opened = Round.objects.create(
        pool=pool,
        code=f"{pool.code}-{first:%Y-%m}",
        first_month=first,
        last_month=last,
        submission_on=deadlines.submission if deadlines else None,
        filling_on=deadlines.filling if deadlines else None,
        lock_on=deadlines.lock if deadlines else None,
    )
    notices.tell_wanted(opened)
    return opened


def refuse_unready(round_: Round) -> None:
    """Raises:
    StepNotAllowed: the round was consolidated before.
    NotLockedYet: the round has deadlines, and its plans may still change.
    """
    ROUND_STEPS.next(round_.state, "consolidate")
    if round_.lock_on and state_on(round_, clock.today()) != Round.State.LOCKED:
        raise NotLockedYet(round_code=round_.code, on=round_.lock_on)


def consolidate_round(
    round_: Round,
    *,
    seconds: float = BUDGET_SECONDS,
    told: Callable[[int, int], None] | None = None,
) -> list[PurchaseOrder]:
    """Turn the plans of a round's months into draft purchase orders, one per supplier.

    A supplier's products share an order when currency, incoterm and port agree. The purchase is
    the cheapest that is found at today's reference rates, with its bound on record; shares add up
    to the lines. It is planned before anything is locked, and written only if nothing changed.
    ``told`` hears how many groups of products are planned, of how many.

    Raises:
        StepNotAllowed: the round was consolidated before.
        NotLockedYet: the round has deadlines, and its plans may still change.
        NothingAsked: nobody plans anything in these months.
        NoOfferInForce, CapacityTooLow: a product that is planned cannot be had.
        PlansChangedMeanwhile: somebody's plan changed while the round was planned.
    """
    refuse_unready(round_)
    planned = plan_purchase(round_, seconds=seconds, told=told)
    return _write(round_, planned)


class NotLockedYet(Refusal):
    """Raised when a round with deadlines is bought before its plans are locked."""

    code = "not-locked-yet"
    reason = "Importers may change their plans for round {round_code} until {on}."
    remedy = "Wait for that day, or lock the round now."


class PlansChangedMeanwhile(Refusal):
    """Raised when what a round was planned for is no longer what importers ask."""

    code = "plans-changed-meanwhile"
    reason = "Plans for round {round_code} changed while it was being planned."
    remedy = "Lock the round, so that nothing changes any more, and consolidate it again."


@transaction.atomic
def _write(round_: Round, planned: PlannedRound) -> list[PurchaseOrder]:
    """Write orders, lines, shares and the record of the plan, if it is still what is asked."""
    submit_round(round_)
    advance(round_, "consolidate")
    if not planned.is_current(round_):
        raise PlansChangedMeanwhile(round_code=round_.code)
    orders = _create_orders(round_, planned.lines)
    _create_lines(orders, planned.lines, operator_id=round_.pool.operator_id)
    _record(round_, planned)
    data = {
        "round": round_.pk,
        "orders": len(orders),
        "lines": len(planned.lines),
        "asked": sum(line.asked_units for line in planned.lines),
        "units": sum(line.units for line in planned.lines),
    }
    exposure.post(round_, {importer: cost for importer, cost, *_ in planned.importer_shares()})
    notices.settle_wanted(round_)
    facts.append("imports.round.consolidated", subject=f"round:{round_.pk}", data=data)
    return list(orders.values())


@transaction.atomic
def place_orders(round_: Round, *, on: date | None = None) -> list[PurchaseOrder]:
    """Send a round's draft orders to their suppliers, dated ``on`` (today without it).

    Each supplier gets the link by which it answers.

    Raises:
        StepNotAllowed: the round is not consolidated, or its orders were placed.
    """
    day = on or clock.today()
    advance(round_, "place")
    orders = list(PurchaseOrder.objects.filter(round=round_).order_by("pk"))
    for order in orders:
        order.state = ORDER_STEPS.next(order.state, "place")
        order.ordered_on = day
    PurchaseOrder.objects.bulk_update(orders, ["state", "ordered_on"])
    facts.append_many([_placed(order, day) for order in orders])
    for order in orders:
        send_new_link(order=order)
    return orders


def _placed(order: PurchaseOrder, day: date) -> tuple[str, str, dict[str, object]]:
    data: dict[str, object] = {
        "order": order.pk,
        "number": order.number,
        "supplier": order.supplier_id,
        "currency": order.currency,
        "total_minor": order.total_minor,
        "on": day.isoformat(),
    }
    return "imports.order.placed", f"order:{order.pk}", data


def _key(line: OrderLine[int]) -> OrderKey:
    offer = line.offer
    return offer.supplier_id, offer.currency, offer.incoterm, offer.origin_port


def _create_orders(round_: Round, lines: Sequence[OrderLine[int]]) -> dict[OrderKey, PurchaseOrder]:
    totals: dict[OrderKey, int] = defaultdict(int)
    percents = {_key(line): line.percent for line in lines}
    for line in lines:
        totals[_key(line)] += line.amount_minor
    keys = sorted(totals)
    numbers = numbering.next_numbers("PO", clock.today().year, len(keys))
    orders = [
        PurchaseOrder(
            round=round_,
            supplier_id=key[0],
            number=number,
            currency=key[1],
            incoterm=key[2],
            origin_port=key[3],
            total_minor=totals[key],
            rebate_percent=percents[key],
        )
        for key, number in zip(keys, numbers, strict=True)
    ]
    return dict(zip(keys, PurchaseOrder.objects.bulk_create(orders), strict=True))


_LINE = (
    "order_id", "product_id", "offer_id", "units", "asked_units", "surplus_units",
    "surplus_cause", "pack_units", "unit_price_minor", "amount_minor",
)  # fmt: skip
_BUY_UP = (
    "round_id", "supplier_id", "product_id", "from_units", "more_units", "gain_cny_minor",
    "is_taken",
)  # fmt: skip
_ROUND_SHARE = ("round_id", "importer_id", "cost_cny_minor", "alone_cny_minor", "alone_lines")
_SHARE = ("line_id", "owner_id", "asked_units", "units", "cost_minor")


def _create_lines(
    orders: Mapping[OrderKey, PurchaseOrder],
    planned: Sequence[OrderLine[int]],
    *,
    operator_id: int,
) -> None:
    rows = [_line(orders[_key(line)].pk, line) for line in planned]
    lines = bulk.create(PurchaseOrderLine, _LINE, rows)
    shares = [
        share
        for row, line in zip(lines, planned, strict=True)
        for share in _shares(row.pk, line, operator_id)
    ]
    bulk.insert(OrderShare, _SHARE, shares)


def _line(order_id: int, line: OrderLine[int]) -> tuple[object, ...]:
    """The values of ``_LINE``."""
    offer = line.offer
    surplus = line.units - line.asked_units
    price = line.amount_minor // line.units
    what = (order_id, offer.product_id, offer.offer_id, line.units, line.asked_units, surplus)
    return (*what, str(line.surplus), offer.pack_units, price, line.amount_minor)


def _shares(
    line_id: int, line: OrderLine[int], operator_id: int
) -> Iterator[tuple[int, int, int, int, int]]:
    """The importers' shares, and the operator's when something is left for the buffer."""
    for importer, held in sorted(line.shares.items()):
        yield line_id, importer, held.asked_units, held.units, held.cost_minor
    if line.buffer_units:
        yield line_id, operator_id, 0, line.buffer_units, 0


def _record(round_: Round, planned: PlannedRound) -> None:
    """Keep how the round was planned: cost, bound, breaks tried, and everybody's share."""
    RoundPlan.objects.create(round=round_, **planned.figures)
    tried = [
        (
            round_.pk,
            each.supplier_id,
            each.product_id,
            each.from_units,
            each.more_units,
            planned.fen(each.gain),
            each.is_taken,
        )
        for each in planned.buy_ups
    ]
    bulk.insert(BuyUpTried, _BUY_UP, tried)
    bulk.insert(
        RoundShare, _ROUND_SHARE, [(round_.pk, *share) for share in planned.importer_shares()]
    )
