"""Taking a consumer order: three papers that agree, taxes assessed, stock and year reserved."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from django.db import IntegrityError, transaction

from core import clock, facts, tenancy, vault
from core.domain.errors import Phrase, Refusal
from core.models import Party, Pool
from customs import queries, territories
from customs.domain.assessment import Assessment
from customs.domain.states import DRAFT, STATES
from customs.models import (
    ConsumerOrder,
    ConsumerOrderLine,
    Declaration,
    DeclarationLine,
    PaymentRecord,
    Waybill,
)
from customs.services import commitments, guarding, order_rows, quantities
from customs.services.grounds import Grounds, assessed, grounds_of
from customs.services.intake import OrderedLine, OrderIntake, Parcel, Payment, fingerprint, tax_case

MOST_ATTEMPTS = 4
"""How often an order starts over that met another of the same number or person."""


class OrderTakenOtherwise(Refusal):
    """Raised when an order number comes again with another content."""

    code = "order-taken-otherwise"
    reason = "Order {order_no} was taken before and says something else now."
    remedy = "Cancel the first order, or give the new one a number of its own."


class PaperUsedBefore(Refusal):
    """Raised when a payment or waybill already belongs to another order."""

    code = "paper-used-before"
    reason = "The {paper} {number} already belongs to another order."
    remedy = "Send the {paper} of this order."


def quote(
    pool: Pool, lines: Sequence[OrderedLine], *, freight_minor: int = 0, on: date | None = None
) -> Assessment:
    """The taxes that a platform is to collect at checkout, with the steps that lead to them.

    Raises:
        OverOrderLimit: the order is too large for retail import.
    """
    territory, day = territories.of(pool), on or clock.today()
    measures = queries.measures(territory.code, [line.product.hs_code for line in lines], day)
    case = tax_case(lines, freight_minor=freight_minor, measures=measures)
    return territory.assess(case, day)


def take_order(importer: Party, intake: OrderIntake) -> ConsumerOrder:
    """Take an order whose papers keep every rule; stock, year and taxes are set aside for it.

    The same order again returns the first and writes nothing, also when both come at the same
    moment. An order that meets another of the same number or person starts over, a bounded number
    of times. Many orders are taken faster together, by ``taking_many.take_orders``.

    Raises:
        Refusal: the first rule that the papers break, by its own code.
        OverOrderLimit, OverPersonYearLimit, TaxCollectedDiffers: as the assessment says.
        NotEnoughStock: the importer has too few free units.
        OrderTakenOtherwise, PaperUsedBefore: numbers come again for something else.
    """
    print_of_it = fingerprint(importer, intake)
    try:
        for _ in range(MOST_ATTEMPTS - 1):
            with suppress(IntegrityError):
                return _take_once(importer, intake, print_of_it)
        return _take_once(importer, intake, print_of_it)
    except Refusal:
        taken_meanwhile = _taken_before(intake, print_of_it)
        if taken_meanwhile is None:
            raise
        return taken_meanwhile


@transaction.atomic
def _take_once(importer: Party, intake: OrderIntake, print_of_it: bytes) -> ConsumerOrder:
    earlier = _taken_before(intake, print_of_it)
    if earlier is not None:
        return earlier
    with tenancy.acting_for(importer):
        return _take(importer, intake, print_of_it)


def _taken_before(intake: OrderIntake, print_of_it: bytes) -> ConsumerOrder | None:
    """The order of this number, where one was taken.

    Raises:
        OrderTakenOtherwise: it says something else.
    """
    with tenancy.as_operator("look for an order taken before"):
        earlier: ConsumerOrder | None = ConsumerOrder.objects.filter(
            platform=intake.platform, order_no=intake.order_no
        ).first()
    if earlier is not None and bytes(earlier.intake_hmac) != print_of_it:
        raise OrderTakenOtherwise(order_no=intake.order_no)
    return earlier


def _take(importer: Party, intake: OrderIntake, print_of_it: bytes) -> ConsumerOrder:
    (grounds,) = grounds_of([intake])
    assessment = _judge(intake, grounds)
    order = _write_order(importer, intake, print_of_it)
    declaration = _write_declaration(order, assessment)
    lines = _write_lines(declaration, intake, grounds, assessment)
    commitments.reserve_stock(declaration, lines, minimum_expiry=intake.minimum_expiry)
    limit = grounds.territory.person_year_limit_minor(assessment.on)
    commitments.use_year(order, declaration.dutiable_minor, limit)
    quantities.open_years(order, grounds.quotas)
    quantities.take(order, lines, grounds.quotas)
    commitments.hold_tax_in_trust(order)
    guarding.trace(order, intake.parcel, declaration)
    facts.append_many([taken_fact(order, declaration)])
    return order


def _judge(intake: OrderIntake, grounds: Grounds) -> Assessment:
    """The assessment of papers that keep every rule.

    Raises:
        Refusal: whichever comes first.
    """
    for refusal in grounds.breaches():
        raise refusal
    _refuse_used_papers(intake)
    buyer, year = vault.find("id_number", intake.buyer.id_number), grounds.on.year
    asked = quantities.asked_of(intake.lines, grounds.quotas)
    if asked:
        quantities.refuse_beyond(asked, quantities.used_of(buyer, year), year)
    return assessed(intake, grounds, commitments.used_this_year(buyer, year))


def _refuse_used_papers(intake: OrderIntake) -> None:
    payment, parcel = intake.payment, intake.parcel
    if PaymentRecord.objects.filter(
        company=payment.company, transaction_no=payment.transaction_no
    ).exists():
        raise payment_used(payment)
    if Waybill.objects.filter(carrier=parcel.carrier, waybill_no=parcel.waybill_no).exists():
        raise waybill_used(parcel)


def payment_used(payment: Payment) -> PaperUsedBefore:
    """The refusal of a payment that paid another order."""
    return PaperUsedBefore(paper=Phrase("payment"), number=payment.transaction_no)


def waybill_used(parcel: Parcel) -> PaperUsedBefore:
    """The refusal of a waybill that carries another order."""
    return PaperUsedBefore(paper=Phrase("waybill"), number=parcel.waybill_no)


def _write_order(importer: Party, intake: OrderIntake, print_of_it: bytes) -> ConsumerOrder:
    buyer, consignee = vault.keep_many(order_rows.people_of([intake]))
    order = ConsumerOrder(**order_rows.order_row(importer, intake, buyer.pk, print_of_it))
    order.importer, order.pool, order.platform = importer, intake.pool, intake.platform
    order.buyer = buyer
    order.save(force_insert=True)
    ConsumerOrderLine.objects.bulk_create(
        ConsumerOrderLine(**row) for row in order_rows.line_rows(order.pk, intake)
    )
    PaymentRecord.objects.create(**order_rows.payment_row(order.pk, intake, buyer.pk))
    Waybill.objects.create(**order_rows.waybill_row(order.pk, intake, consignee.pk))
    return order


def _write_declaration(order: ConsumerOrder, assessment: Assessment) -> Declaration:
    declaration = Declaration(**order_rows.declaration_row(order.pk, order.importer, assessment))
    declaration.importer, declaration.order = order.importer, order
    declaration.save(force_insert=True)
    return declaration


def _write_lines(
    declaration: Declaration, intake: OrderIntake, grounds: Grounds, assessment: Assessment
) -> list[DeclarationLine]:
    rows = order_rows.declared_rows(declaration.pk, intake, grounds, assessment)
    lines = [DeclarationLine(**row) for row in rows]
    for line, ordered in zip(lines, intake.lines, strict=True):
        line.product = ordered.product
    return DeclarationLine.objects.bulk_create(lines)


def taken_fact(order: ConsumerOrder, declaration: Declaration) -> facts.Row:
    """What the log and the importer's shop are told of an order that was taken."""
    return _fact("customs.order.taken", order, declaration, tax_minor=order.tax_minor)


def _fact(name: str, order: ConsumerOrder, declaration: Declaration, **more: int) -> facts.Row:
    data = {
        "importer": declaration.importer_id,
        "order": order.pk,
        "order_no": order.order_no,
        "declaration": declaration.pk,
        **more,
    }
    return (name, f"order:{order.pk}", data)


@transaction.atomic
def cancel_order(order: ConsumerOrder) -> ConsumerOrder:
    """Cancel an order that customs does not have: stock, year and taxes go back.

    Raises:
        StepNotAllowed: it is declared or released; customs has to be asked instead.
    """
    with tenancy.as_operator("cancel an order"):
        declaration = Declaration.objects.select_for_update(of=("self",)).get(order=order)
        state = STATES.next(declaration.state, "cancel")
        if declaration.state == DRAFT:
            lines = list(declaration.lines.select_related("product"))
            commitments.free_stock(declaration, lines)
            commitments.free_year(order, declaration.dutiable_minor)
            quantities.free_all(order, lines)
        commitments.refund_tax(order)
        Declaration.objects.filter(pk=declaration.pk).update(state=state)
        ConsumerOrder.objects.filter(pk=order.pk).update(state=ConsumerOrder.State.CANCELLED)
        facts.append_many([_fact("customs.order.cancelled", order, declaration)])
        order.refresh_from_db()
        return order
