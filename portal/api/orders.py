"""Consumer orders of a shop: sent with their papers, read back, cancelled in time."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Header, Path, Query, Status
from pydantic import Field

from core import idempotency
from core.api_keys import Scope
from core.domain.errors import Refusal
from core.models import Party
from core.web.refusals import render_refusal
from customs import paper_queries, queries, services, words
from customs.domain.payment_leg import UNDECLARED
from customs.domain.payment_leg import Cause as PaymentCause
from customs.domain.states import STATES
from customs.models import ConsumerOrder
from customs.paper_queries import PaperRow
from portal.api.gate import importer_of, operation
from portal.api.order_shapes import (
    Answer,
    Cause,
    DeclarationOut,
    Declined,
    Light,
    Lights,
    LineOut,
    OrderIn,
    OrderOut,
    OrderRowOut,
    OrdersIn,
    OutcomeOut,
    OutcomesOut,
    PaymentOut,
    Reason,
)
from portal.api.shapes import CURRENCY, Code, Listed, Number, Page, money

MATCHED = "matched"
"""An order is only taken when its three papers agree."""

RequestKey = Annotated[str, Field(min_length=1, max_length=255)]


class OrderNumberAmbiguous(Refusal):
    """Raised when two platforms use the same number for orders of one importer."""

    code = "order-number-ambiguous"
    reason = "Orders of several platforms have the number {order_no}."
    remedy = "Name the platform as well: ?platform=CODE."


@operation(
    "POST",
    "/orders",
    scope=Scope.ORDERS_WRITE,
    answers={201: OrderOut},
    declines=[400, 409],
)
def take_order(
    request: HttpRequest,
    response: HttpResponse,
    order: OrderIn,
    idempotency_key: Annotated[RequestKey, Header(alias="Idempotency-Key")],
) -> Any:
    """Take a consumer order with its payment and waybill; stock and taxes are set aside for it.

    Send it again with the same key after a lost answer: the first answer comes back, with
    `Idempotent-Replayed: true`. The refusal says which rule the papers break.
    """
    importer = importer_of(request)

    def take() -> tuple[int, Any]:
        taken = services.take_order(importer, services.intake_of(order.as_plain()))
        return 201, _told(_found(taken.order_no, taken.platform.code)).model_dump(mode="json")

    said = order.model_dump(mode="json")
    reply = idempotency.once(f"api.orders:{importer.pk}", idempotency_key, said, take)
    if reply.is_replayed:
        response["Idempotent-Replayed"] = "true"
    return Status(reply.status, reply.body)


@operation(
    "POST",
    "/order-batches",
    scope=Scope.ORDERS_WRITE,
    answers={200: OutcomesOut},
    declines=[400, 409],
)
def take_orders(
    request: HttpRequest,
    response: HttpResponse,
    orders: OrdersIn,
    idempotency_key: Annotated[RequestKey, Header(alias="Idempotency-Key")],
) -> Any:
    """Take up to a hundred orders, each by itself; one that is refused stops no other.

    The answer says of each order whether it was taken, and why not. Send the same again with the
    same key after a lost answer; send refused orders, corrected, with a new key.
    """
    importer = importer_of(request)
    said = orders.model_dump(mode="json")

    def take() -> tuple[int, Any]:
        return 200, _taken_together(importer, orders).model_dump(mode="json")

    reply = idempotency.once(f"api.order-batches:{importer.pk}", idempotency_key, said, take)
    if reply.is_replayed:
        response["Idempotent-Replayed"] = "true"
    return Status(reply.status, reply.body)


def _taken_together(importer: Party, sent: OrdersIn) -> OutcomesOut:
    """What became of each order; those that name something unknown are refused as well."""
    named = services.intakes_of([order.as_plain() for order in sent.orders])
    known = [each for each in named if not isinstance(each, Refusal)]
    taken = iter(services.take_orders(importer, known))
    refusals = [each if isinstance(each, Refusal) else next(taken).refusal for each in named]
    items = list(map(_outcome, sent.orders, refusals))
    refused = sum(item.refusal is not None for item in items)
    return OutcomesOut(taken=len(items) - refused, refused=refused, items=items)


def _outcome(order: OrderIn, refusal: Refusal | None) -> OutcomeOut:
    return OutcomeOut(
        order_no=order.order_no,
        platform=order.platform,
        state="refused" if refusal else "taken",
        refusal=_declined(refusal) if refusal else None,
    )


def _declined(refusal: Refusal) -> Declined:
    told = render_refusal(refusal)
    return Declined(
        code=told.code, status=told.status, detail=str(told.reason), remedy=str(told.remedy)
    )


@operation("GET", "/orders", scope=Scope.ORDERS_READ, answers={200: Listed[OrderRowOut]})
def list_orders(request: HttpRequest, page: Query[Page]) -> Listed[OrderRowOut]:
    """The importer's orders, newest first, with what customs did with them."""
    found = queries.orders(importer_of(request), before=page.position, limit=page.limit + 1)
    shown = found[: page.limit]
    last = shown[-1].order_id if len(found) > page.limit else None
    return Listed(items=[_row(row) for row in shown], next=str(last) if last else None)


@operation(
    "GET",
    "/orders/{order_no}",
    scope=Scope.ORDERS_READ,
    answers={200: OrderOut},
    declines=[404, 409],
)
def read_order(
    request: HttpRequest, order_no: Path[Number], platform: Query[Code | None] = None
) -> OrderOut:
    """One order: its three papers, its declaration, and customs' answers with their remedies."""
    return _told(_found(order_no, platform))


@operation(
    "POST",
    "/orders/{order_no}/cancel",
    scope=Scope.ORDERS_WRITE,
    answers={200: OrderOut},
    declines=[404, 409],
)
def cancel_order(
    request: HttpRequest, order_no: Path[Number], platform: Query[Code | None] = None
) -> OrderOut:
    """Cancel an order that customs does not have; a declared one is refused with 409.

    Cancelling it again changes nothing.
    """
    found = _found(order_no, platform)
    if found.state != ConsumerOrder.State.CANCELLED:
        services.cancel_order(found)
    return _told(_found(order_no, found.platform.code))


def _found(order_no: str, platform: str | None) -> ConsumerOrder:
    """An order of the importer in view.

    Raises:
        Http404: there is none.
        OrderNumberAmbiguous: several platforms have one.
    """
    rows = queries.order_in_view().select_related("pool").filter(order_no=order_no)
    if platform:
        rows = rows.filter(platform__code=platform)
    found = list(rows.order_by("pk")[:2])
    if not found:
        raise Http404
    if len(found) > 1:
        raise OrderNumberAmbiguous(order_no=order_no)
    return found[0]


def _row(row: queries.OrderRow) -> OrderRowOut:
    return OrderRowOut(
        order_no=row.order_no,
        platform=row.platform,
        ordered_at=row.ordered_at,
        transaction_no=row.transaction_no,
        waybill_no=row.waybill_no,
        paid=money(row.paid_minor),
        tax=money(row.tax_minor),
        state=row.state,
        cop_no=row.cop_no,
        refusal=_reason(row.error_code),
    )


def _told(order: ConsumerOrder) -> OrderOut:
    declaration, found = order.declaration, paper_queries.paper_row(order)
    lines = order.lines.select_related("product").order_by("line_no")
    return OrderOut(
        order_no=order.order_no,
        platform=order.platform.code,
        pool=order.pool.code,
        ordered_at=order.ordered_at,
        state=order.state,
        can_cancel="cancel" in STATES.allowed(declaration.state),
        currency=CURRENCY,
        goods=money(order.goods_minor),
        freight=money(order.freight_minor),
        discount=money(order.discount_minor),
        tax=money(order.tax_minor),
        paid=money(order.paid_minor),
        lines=[
            LineOut(
                sku=line.product.sku,
                gtin=line.product.gtin,
                units=line.units,
                price=money(line.price_minor),
            )
            for line in lines
        ],
        papers=_lights(order, found),
        payment=_payment(order, found),
        declaration=_declaration(order),
        dispatch=declaration.dispatch_order.state if declaration.dispatch_order else None,
    )


def _lights(order: ConsumerOrder, found: PaperRow) -> Lights:
    return Lights(
        order=Light(number=order.order_no, state=MATCHED, customs=found.order),
        payment=Light(number=found.transaction_no, state=MATCHED, customs=found.payment),
        waybill=Light(number=found.waybill_no, state=MATCHED, customs=found.waybill),
    )


def _payment(order: ConsumerOrder, found: PaperRow) -> PaymentOut:
    leg = paper_queries.leg_of(order)
    expected = paper_queries.expected_of(order, leg)
    return PaymentOut(
        state=leg.state if leg else UNDECLARED,
        pushes=found.pushes,
        expected=money(expected.declared_minor),
        sent=money(leg.pushed_amount_minor) if leg and leg.pushed_order_no else None,
        refunded=money(expected.refunded_minor),
        split_of=leg.split.transaction_no if leg and leg.split else None,
        cause=_cause(found.cause),
    )


def _cause(found: PaymentCause | None) -> Cause | None:
    if found is None:
        return None
    told = render_refusal(found.refusal)
    return Cause(
        code=found.refusal.code,
        reason=str(told.reason),
        remedy=str(told.remedy),
        step=found.step,
        button=words.press(found.step) if found.step else "",
    )


def _declaration(order: ConsumerOrder) -> DeclarationOut:
    made = order.declaration
    return DeclarationOut(
        state=made.state,
        cop_no=made.cop_no,
        invt_no=made.invt_no,
        declared_at=made.declared_at,
        released_at=made.released_at,
        regime=made.regime,
        dutiable=money(made.dutiable_minor),
        duty=money(made.duty_minor),
        consumption_tax=money(made.consumption_tax_minor),
        vat=money(made.vat_minor),
        refusal=_reason(made.error_code),
        answers=[
            Answer(
                at=row.answered_at,
                cop_no=row.cop_no,
                status=row.status,
                meaning=words.status(row.status),
                refusal=_reason(row.error_code),
            )
            for row in queries.answers(made)
        ],
    )


def _reason(error_code: str) -> Reason | None:
    if not error_code:
        return None
    meaning = words.error(error_code)
    return Reason(code=error_code, reason=meaning.name, remedy=meaning.remedy)
