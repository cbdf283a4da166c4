"""The payment of each order on its way to customs: pressed step by step, answered, never twice.

A press writes the step and the message for the payment company (CEB411) in one transaction. Where
a gateway to the company is configured a job hands it over; else the file is downloaded. What the
company or customs answers is heard here and moves the payment on.
"""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from core import clock, documents, facts, jobs, tenancy, vault
from core.domain.errors import Refusal
from core.models import Document, Pool
from customs.domain import payment_leg as pay
from customs.domain.payment_leg import (
    MODIFY,
    PAYMENT_STEPS,
    PROCESSING,
    PUSH,
    QUERY,
    UNDECLARED,
    PayerNotBuyer,
)
from customs.jurisdictions.cn.messages.payments import CHANGED, NEW, PaymentCase, payment_message
from customs.jurisdictions.cn.messages.retail import Sender
from customs.jurisdictions.cn.messages.signing import write_signed
from customs.models import ConsumerOrder, Declaration, PaymentLeg, PaymentStep
from customs.paper_queries import expected_of
from customs.services.content import enterprise
from customs.services.signing import configured_signer


class NobodyToAsk(Refusal):
    """Raised when the state of a payment is asked for and no company can be asked."""

    code = "nobody-to-ask"
    reason = "No connection to the payment company {company} is set up."
    remedy = "Take in the receipt of customs (CEB412), or ask the company."


@dataclass(frozen=True, slots=True)
class GatewayRequest:
    """What a gateway is told: numbers and amounts, never a person; the company knows its payer."""

    request_key: str
    step: str
    company: str
    order_no: str
    transaction_no: str
    district: str
    amount_minor: int


class Gateway(Protocol):
    """A connection to payment companies, named by ``CUSTOMS_PAYMENT_GATEWAY``.

    Both answer ``succeeded``, ``failed``, ``lost``, or nothing while it is under way. The same
    request may be sent again after a failure and must not be pushed again by the company.
    """

    def send(self, request: GatewayRequest) -> str: ...

    def ask(self, request: GatewayRequest) -> str: ...


class SimulatedGateway:
    """The company of a demonstration: every payment succeeds when it is asked for."""

    def send(self, request: GatewayRequest) -> str:
        """Under way."""
        return ""

    def ask(self, request: GatewayRequest) -> str:
        """Done."""
        return "succeeded"


def gateway_of(pool: Pool) -> Gateway | None:
    """The connection that a pool's payments go by, if any; demonstrations speak to nobody."""
    if pool.is_simulated:
        return SimulatedGateway()
    path = settings.CUSTOMS_PAYMENT_GATEWAY
    return import_string(path)() if path else None


@transaction.atomic
def press(order: ConsumerOrder, step: str, *, request_key: str) -> PaymentLeg:
    """Take a step of a payment: push, ask, push again as it was, or correct it.

    The same key again changes nothing; of two who press at once the database lets in one.

    Raises:
        PayerNotBuyer: another person paid; found before anything is pushed.
        StepNotAllowed: the payment's state does not have the step.
        NobodyToAsk: the state is asked for without a connection.
    """
    with tenancy.as_operator("send a payment to customs"):
        current, leg = locked(order)
        if PaymentStep.objects.filter(request_key=request_key).exists():
            return leg
        if step == QUERY:
            return _ask(current, leg, request_key)
        if current.payment.payer_id != current.buyer_id:
            raise PayerNotBuyer(order_no=current.order_no)
        state = PAYMENT_STEPS.next(leg.state, step)
        if step in (PUSH, MODIFY):
            _set_pushed(current, leg)
        document = _write(current, leg, step, request_key)
        return advance(leg, step, state, request_key, document, is_push=True)


def locked(order: ConsumerOrder) -> tuple[ConsumerOrder, PaymentLeg]:
    """An order as it is now, with its payment's leg for the caller alone; made where none is."""
    current = ConsumerOrder.objects.select_related(
        "payment__company", "pool__broker", "platform", "buyer"
    ).get(pk=order.pk)
    PaymentLeg.objects.get_or_create(
        order_id=current.pk,
        defaults={
            "importer_id": current.importer_id,
            "paid_minor": current.payment.amount_minor,
        },
    )
    return current, PaymentLeg.objects.select_for_update(of=("self",)).get(order_id=current.pk)


def _ask(order: ConsumerOrder, leg: PaymentLeg, request_key: str) -> PaymentLeg:
    gateway = gateway_of(order.pool)
    if gateway is None:
        raise NobodyToAsk(company=order.payment.company.name)
    if leg.state != PROCESSING:
        return leg
    outcome = gateway.ask(_request(order, leg, QUERY, request_key))
    if outcome not in PAYMENT_STEPS.allowed(leg.state):
        return leg
    return advance(leg, outcome, PAYMENT_STEPS.next(leg.state, outcome), request_key)


def _request(order: ConsumerOrder, leg: PaymentLeg, step: str, request_key: str) -> GatewayRequest:
    return GatewayRequest(
        request_key=request_key,
        step=step,
        company=order.payment.company.code,
        order_no=leg.pushed_order_no,
        transaction_no=leg.pushed_transaction_no,
        district=leg.pushed_district,
        amount_minor=leg.pushed_amount_minor,
    )


def _set_pushed(order: ConsumerOrder, leg: PaymentLeg) -> None:
    expected = expected_of(order, leg)
    leg.pushed_order_no = expected.order_no
    leg.pushed_transaction_no = expected.transaction_no
    leg.pushed_district = expected.district
    leg.pushed_payer_id = order.payment.payer_id
    leg.pushed_amount_minor = expected.declared_minor


def _write(order: ConsumerOrder, leg: PaymentLeg, step: str, request_key: str) -> Document:
    """The payment as pushed, sealed: the payer stands there in clear."""
    payer = vault.reveal(order.payment.payer, "payment sent to customs")
    case = PaymentCase(
        number=f"payment:{order.pk}/{leg.pushes + 1}",
        company=enterprise(order.payment.company),
        transaction_no=leg.pushed_transaction_no,
        order_no=leg.pushed_order_no,
        platform=enterprise(order.platform),
        payer_name=payer.get("name", ""),
        payer_id_number=payer.get("id_number", ""),
        payer_phone=payer.get("phone", ""),
        amount_minor=leg.pushed_amount_minor,
        paid_at=order.payment.paid_at,
        written_at=clock.now(),
        kind=CHANGED if step == MODIFY else NEW,
    )
    sender = Sender(enterprise(order.payment.company), settings.CUSTOMS_EXCHANGE_ID)
    return documents.store(
        key=f"customs.payment:{order.pk}/{leg.pushes + 1}",
        content=write_signed(payment_message(case, sender.transfer), configured_signer()),
        filename=f"CEB411-{order.order_no}-{leg.pushes + 1}.xml",
        media_type="application/xml",
        owner=order.pool.broker,
        subject=f"order:{order.pk}",
        is_sealed=True,
    )


def advance(
    leg: PaymentLeg,
    step: str,
    state: str,
    request_key: str,
    document: Document | None = None,
    *,
    is_push: bool = False,
    amount_minor: int | None = None,
) -> PaymentLeg:
    """Write a step of a payment down, move its leg on, and tell of it."""
    before, leg.state = leg.state, state
    if is_push:
        leg.pushes += 1
        leg.is_missed = False
        if gateway_of(leg.order.pool) is not None:
            jobs.order("customs.send_payment", key=f"customs.payment:{request_key}", leg=leg.pk)
    PaymentStep.objects.create(
        importer_id=leg.importer_id,
        leg=leg,
        step=step,
        state_before=before,
        state_after=state,
        amount_minor=leg.pushed_amount_minor if amount_minor is None else amount_minor,
        request_key=request_key,
        made_at=clock.now(),
        actor=tenancy.actor(),
        document=document,
    )
    leg.save()
    _tell(leg, step, before)
    return leg


def _tell(leg: PaymentLeg, step: str, before: str) -> None:
    facts.append(
        "customs.payment.stepped",
        subject=f"order:{leg.order_id}",
        data={
            "importer": leg.importer_id,
            "order": leg.order_id,
            "order_no": leg.order.order_no,
            "step": step,
            "before": before,
            "after": leg.state,
            "amount_minor": leg.pushed_amount_minor,
        },
    )


def send(leg_id: int) -> None:
    """Hand a pushed payment to the company; again: the company is told the same request again."""
    with tenancy.as_operator("send a payment to its company"):
        leg = PaymentLeg.objects.select_related("order__pool", "order__payment__company").get(
            pk=leg_id
        )
        last = leg.steps.order_by("-pk").first()
        gateway = gateway_of(leg.order.pool)
        if leg.state != PROCESSING or last is None or gateway is None:
            return
        outcome = gateway.send(_request(leg.order, leg, last.step, last.request_key))
    if outcome:
        hear_payment(leg.order, outcome, request_key=f"{last.request_key}/answer")


@transaction.atomic
def hear_payment(order: ConsumerOrder, outcome: str, *, request_key: str) -> bool:
    """Follow what the company or customs says of a payment; whether it moved it on.

    A payment that its company pushed by itself is first heard of here; it is taken to say what
    the order says, for customs has matched it by its number.
    """
    with tenancy.as_operator("answer to a payment"):
        current, leg = locked(order)
        is_known = PaymentStep.objects.filter(request_key=request_key).exists()
        if is_known or outcome not in PAYMENT_STEPS.allowed(leg.state):
            return False
        if leg.state == UNDECLARED:
            _set_pushed(current, leg)
        advance(leg, outcome, PAYMENT_STEPS.next(leg.state, outcome), request_key)
        return True


def note_missing(declaration: Declaration, words: str) -> None:
    """Note that customs refused a declaration because it does not find the payment."""
    if pay.says_missing(words):
        _, leg = locked(declaration.order)
        PaymentLeg.objects.filter(pk=leg.pk).update(is_missed=True)
