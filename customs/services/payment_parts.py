"""Parts of payments: what goes back to a payer, and one payment that pays several orders."""

from decimal import Decimal

from django.db import transaction
from django.db.models import F

from core import clock, documents, tenancy
from core.domain.errors import Refusal
from core.domain.trade import from_minor
from core.models import Document, Party
from customs.domain.payment_leg import RefundAbovePayment, SplitAbovePayment
from customs.domain.states import LET_GO, LIVE
from customs.models import ConsumerOrder, PaymentLeg, PaymentSplit, PaymentStep
from customs.paper_queries import expected_of
from customs.services.message_files import changed_order
from customs.services.payment_desk import advance, locked


class RefundAfterRelease(Refusal):
    """Raised when a refund would change an order whose amounts customs has settled."""

    code = "refund-after-release"
    reason = "Customs let order {order_no} go; the amounts that it declared stand."
    remedy = "Refund the buyer as a matter of trade; goods that come back are a return."


class SplitOtherwise(Refusal):
    """Raised when a split payment comes again with another amount."""

    code = "split-otherwise"
    reason = "Payment {number} was split before as {known} CNY, not {asked} CNY."
    remedy = "Enter the amount that was paid, or the number of the other payment."


class PartOfOtherCompany(Refusal):
    """Raised when a part of a payment was paid through another company than the whole."""

    code = "part-of-other-company"
    reason = "Order {order_no} was paid through {paid_through}, the whole through {company}."
    remedy = "Name the company of the order, or leave the order out."


@transaction.atomic
def refund_part(order: ConsumerOrder, amount_minor: int, *, request_key: str) -> PaymentLeg:
    """Note that a part of a payment went back to its payer; the same key again: no change.

    The order then says less: what was refunded is a discount. A payment that was pushed before has
    to be corrected, and an order that customs holds is written again as a change of it (CEB311).

    Raises:
        RefundAbovePayment: more than is left, or nothing.
        RefundAfterRelease: customs has let the order go.
    """
    with tenancy.as_operator("refund a part of a payment"):
        current, leg = locked(order)
        if PaymentStep.objects.filter(request_key=request_key).exists():
            return leg
        if current.declaration.state in LET_GO:
            raise RefundAfterRelease(order_no=current.order_no)
        left = leg.paid_minor - leg.refunded_minor
        room = PaymentLeg.objects.filter(
            pk=leg.pk, refunded_minor__lt=F("paid_minor") - amount_minor
        )
        if amount_minor <= 0 or not room.update(refunded_minor=F("refunded_minor") + amount_minor):
            raise RefundAbovePayment(left=_cny(max(left - 1, 0)), asked=_cny(amount_minor))
        leg.refresh_from_db()
        if leg.split_id:
            PaymentSplit.objects.filter(pk=leg.split_id).update(
                declared_minor=F("declared_minor") - amount_minor
            )
        told = _rewrite(current, leg, amount_minor)
        return advance(leg, "refund", leg.state, request_key, told, amount_minor=amount_minor)


def _rewrite(order: ConsumerOrder, leg: PaymentLeg, amount_minor: int) -> Document | None:
    """Have the order say what is left; the message of the change where customs has the order."""
    ConsumerOrder.objects.filter(pk=order.pk).update(
        discount_minor=F("discount_minor") + amount_minor,
        paid_minor=F("paid_minor") - amount_minor,
    )
    if order.declaration.state not in LIVE:
        return None
    number = leg.steps.count() + 1
    return documents.store(
        key=f"customs.order:{order.pk}/change/{number}",
        content=changed_order(order.declaration, number, clock.now()),
        filename=f"CEB311-{order.order_no}-{number}.xml",
        media_type="application/xml",
        owner=order.pool.broker,
        subject=f"order:{order.pk}",
        is_sealed=True,
    )


@transaction.atomic
def split_payment(
    company: Party, transaction_no: str, paid_minor: int, orders: list[ConsumerOrder]
) -> PaymentSplit:
    """Note that one payment pays several orders, each a part of it with a number of its own.

    The parts never make more than was paid; the database holds that. Again: no change.

    Raises:
        SplitAbovePayment: the parts make more; nothing was noted.
        SplitOtherwise: the payment was noted with another amount.
        PartOfOtherCompany: an order was paid through another company.
    """
    with tenancy.as_operator("split a payment"):
        split, _ = PaymentSplit.objects.get_or_create(
            company=company,
            transaction_no=transaction_no,
            defaults={"paid_minor": paid_minor},
        )
        if split.paid_minor != paid_minor:
            raise SplitOtherwise(
                number=transaction_no, known=_cny(split.paid_minor), asked=_cny(paid_minor)
            )
        for order in sorted(orders, key=lambda each: each.pk):
            current, leg = locked(order)
            if leg.split_id is None:
                _take_part(split, current, leg)
        split.refresh_from_db()
        return split


def _take_part(split: PaymentSplit, order: ConsumerOrder, leg: PaymentLeg) -> None:
    if order.payment.company_id != split.company_id:
        raise PartOfOtherCompany(
            order_no=order.order_no,
            paid_through=order.payment.company.name,
            company=split.company.name,
        )
    part = expected_of(order, leg).declared_minor
    room = PaymentSplit.objects.filter(pk=split.pk, declared_minor__lte=F("paid_minor") - part)
    if not room.update(declared_minor=F("declared_minor") + part):
        split.refresh_from_db()
        left = split.paid_minor - split.declared_minor
        raise SplitAbovePayment(number=split.transaction_no, left=_cny(left), asked=_cny(part))
    PaymentLeg.objects.filter(pk=leg.pk).update(split=split)


def _cny(minor: int) -> Decimal:
    return from_minor(minor, "CNY")
