"""Rounds: what everybody asked for becomes one purchase order per supplier."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from core import clock, facts, numbering, rates
from core.domain.calendar import month_start
from core.domain.errors import Refusal
from core.domain.trade import minor_units
from core.models import Pool
from imports import notices, queries
from imports.domain.consolidation import (
    Ask,
    LinePlan,
    NoOfferInForce,
    NothingAsked,
    Offer,
    choose_offer,
)
from imports.domain.filling import Filling, TopUp, filling
from imports.domain.steps import ORDER_STEPS, ROUND_STEPS
from imports.models import OrderShare, Product, PurchaseOrder, PurchaseOrderLine, Round
from imports.queries import AskRow

STEP = 500
OrderKey = tuple[int, str, str, str]
"""Supplier, currency, incoterm and port: what one purchase order has one of."""


@dataclass(frozen=True)
class FillRow:
    """A product of an open round, what is missing, and who could top up by how much."""

    sku: str
    name: str
    name_zh: str
    filling: Filling[int]
    top_ups: tuple[tuple[str, TopUp[int]], ...]


class MonthsAlreadyInRound(Refusal):
    """Raised when a forecast month would be bought for twice."""

    code = "months-already-in-round"
    reason = "Round {round_code} already buys for some of these months."
    remedy = "Choose months that no round of this pool covers."


@transaction.atomic
def open_round(pool: Pool, *, first_month: date, last_month: date) -> Round:
    """Open an order window for forecast months, both included.

    Raises:
        MonthsAlreadyInRound: another round of the pool covers one of the months.
    """
    first, last = month_start(first_month), month_start(last_month)
    Pool.objects.select_for_update().get(pk=pool.pk)
    taken = Round.objects.filter(pool=pool, first_month__lte=last, last_month__gte=first).first()
    if taken is not None:
        raise MonthsAlreadyInRound(round_code=taken.code)
    opened = Round.objects.create(
        pool=pool, code=f"{pool.code}-{first:%Y-%m}", first_month=first, last_month=last
    )
    notices.tell_wanted(opened)
    return opened


@transaction.atomic
def consolidate_round(round_: Round) -> list[PurchaseOrder]:
    """Turn the plans of a round's months into draft purchase orders, one per supplier.

    A supplier's products share an order when currency, incoterm and port agree. Each product is
    bought at the offer that costs least at today's reference rates. Shares add up to the lines.

    Raises:
        StepNotAllowed: the round was consolidated before.
        NothingAsked: nobody plans anything in these months.
        NoOfferInForce: a product that is planned has no supplier.
    """
    _advance(round_, "consolidate")
    asked = queries.asks(round_.first_month, round_.last_month)
    if not asked:
        raise NothingAsked
    plans = _plans(asked, on=clock.today())
    orders = _create_orders(round_, plans)
    _create_lines(orders, plans, operator_id=round_.pool.operator_id)
    data = {
        "round": round_.pk,
        "orders": len(orders),
        "lines": len(plans),
        "asked": sum(plan.asked_units for plan in plans),
        "units": sum(plan.units for plan in plans),
    }
    notices.settle_wanted(round_)
    facts.append("imports.round.consolidated", subject=f"round:{round_.pk}", data=data)
    return list(orders.values())


@transaction.atomic
def place_orders(round_: Round, *, on: date | None = None) -> list[PurchaseOrder]:
    """Send a round's draft orders to their suppliers, dated ``on`` (today without it).

    Raises:
        StepNotAllowed: the round is not consolidated, or its orders were placed.
    """
    day = on or clock.today()
    _advance(round_, "place")
    orders = list(PurchaseOrder.objects.filter(round=round_).order_by("pk"))
    for order in orders:
        order.state = ORDER_STEPS.next(order.state, "place")
        order.ordered_on = day
    PurchaseOrder.objects.bulk_update(orders, ["state", "ordered_on"])
    facts.append_many([_placed(order, day) for order in orders])
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


def _advance(round_: Round, action: str) -> None:
    """Take a round one step on; of two that try at once exactly one succeeds."""
    state = ROUND_STEPS.next(round_.state, action)
    if not Round.objects.filter(pk=round_.pk, state=round_.state).update(state=state):
        round_.refresh_from_db()
        state = ROUND_STEPS.next(round_.state, action)
    round_.state = state


def _plans(asked: Sequence[AskRow], *, on: date) -> list[LinePlan[int]]:
    """The cheapest purchase of every product, in the order of products."""
    by_product: dict[int, dict[int, Ask]] = defaultdict(dict)
    for ask in asked:
        by_product[ask.product_id][ask.importer_id] = Ask(ask.units, ask.tolerance_units)
    found = queries.offers(by_product, on)
    for product in sorted(set(by_product) - set(found)):
        sku = Product.objects.values_list("sku", flat=True).get(pk=product)
        raise NoOfferInForce(sku=sku, on=on)
    cny_per = _cny_per_minor([offer for offers in found.values() for offer in offers], on)
    return [
        choose_offer(found[product], asks, cny_per) for product, asks in sorted(by_product.items())
    ]


def fill_of(round_: Round) -> list[FillRow]:
    """What is missing to the next pack and price tier of each product of an open round.

    As the round would be bought today; products without an offer are left out. By SKU.
    """
    asked = queries.asks(round_.first_month, round_.last_month)
    offered = queries.offers({ask.product_id for ask in asked}, clock.today())
    plans = _plans([ask for ask in asked if ask.product_id in offered], on=clock.today())
    fillings = [filling(plan) for plan in plans]
    names = queries.names_of(
        {plan.offer.product_id for plan in plans}, {key for plan in plans for key in plan.asks}
    )
    rows = [
        FillRow(
            *names.products[each.plan.offer.product_id],
            filling=each,
            top_ups=tuple((names.parties[one.importer], one) for one in each.top_ups),
        )
        for each in fillings
    ]
    return sorted(rows, key=lambda row: row.sku)


def _cny_per_minor(offers: Sequence[Offer], on: date) -> dict[str, Decimal]:
    """CNY per minor unit of every currency that is offered."""
    currencies = sorted({offer.currency for offer in offers})
    return {
        currency: rates.mid(currency, "CNY", on).rate.scaleb(-minor_units(currency))
        for currency in currencies
    }


def _key(plan: LinePlan[int]) -> OrderKey:
    offer = plan.offer
    return offer.supplier_id, offer.currency, offer.incoterm, offer.origin_port


def _create_orders(round_: Round, plans: Sequence[LinePlan[int]]) -> dict[OrderKey, PurchaseOrder]:
    totals: dict[OrderKey, int] = defaultdict(int)
    for plan in plans:
        totals[_key(plan)] += plan.amount_minor
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
        )
        for key, number in zip(keys, numbers, strict=True)
    ]
    return dict(zip(keys, PurchaseOrder.objects.bulk_create(orders), strict=True))


def _create_lines(
    orders: Mapping[OrderKey, PurchaseOrder],
    plans: Sequence[LinePlan[int]],
    *,
    operator_id: int,
) -> None:
    lines = PurchaseOrderLine.objects.bulk_create(
        [_line(orders[_key(plan)], plan) for plan in plans], batch_size=STEP
    )
    shares = [
        share
        for line, plan in zip(lines, plans, strict=True)
        for share in _shares(line, plan, operator_id)
    ]
    OrderShare.objects.bulk_create(shares, batch_size=STEP)


def _line(order: PurchaseOrder, plan: LinePlan[int]) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        order=order,
        product_id=plan.offer.product_id,
        offer_id=plan.offer.offer_id,
        units=plan.units,
        asked_units=plan.asked_units,
        surplus_units=plan.surplus_units,
        surplus_cause=plan.surplus,
        pack_units=plan.offer.pack_units,
        unit_price_minor=plan.unit_price_minor,
        amount_minor=plan.amount_minor,
    )


def _shares(line: PurchaseOrderLine, plan: LinePlan[int], operator_id: int) -> Iterator[OrderShare]:
    """The importers' shares, and the operator's when something is left for the buffer."""
    for importer, share in sorted(plan.shares.items()):
        yield OrderShare(
            line=line,
            owner_id=importer,
            asked_units=plan.asks[importer].units,
            units=share.units,
            cost_minor=share.cost_minor,
        )
    if plan.buffer_units:
        yield OrderShare(
            line=line, owner_id=operator_id, asked_units=0, units=plan.buffer_units, cost_minor=0
        )
