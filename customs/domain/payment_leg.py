"""The payment's way to customs: what may be done in which state, and why it "does not exist".

Payment companies push payments to customs. A declaration is refused with 支付信息不存在 ("payment
does not exist") where the payment never came, came for other numbers, or was lost on the way.
Each cause is found by comparing the order with what was pushed, and has one step that mends it.

Source: documents of WeChat Pay and Alipay for customs declaration, and their public answers to
merchants (re-push in SUCCESS or EXCEPT only; a change takes the old record back).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import Refusal
from core.domain.trade import from_minor
from core.domain.transitions import StateTable

UNDECLARED, PROCESSING, SUCCESS, FAILED, EXCEPT = (
    "undeclared",
    "processing",
    "success",
    "failed",
    "except",
)
PUSH, QUERY, PUSH_AGAIN, MODIFY = "push", "query", "push_again", "modify"

PAYMENT_STEPS = StateTable(
    {
        UNDECLARED: {PUSH: PROCESSING, "succeeded": SUCCESS, "failed": FAILED},
        PROCESSING: {"succeeded": SUCCESS, "failed": FAILED, "lost": EXCEPT},
        SUCCESS: {PUSH_AGAIN: PROCESSING, MODIFY: PROCESSING, "lost": EXCEPT},
        FAILED: {MODIFY: PROCESSING},
        EXCEPT: {PUSH_AGAIN: PROCESSING, MODIFY: PROCESSING},
    }
)
"""Steps of a pushed payment; the answers of the payment company are named after what they say.

A company may push by itself: then the first that is heard of a payment is its answer.
"""

PRESSED = (PUSH, QUERY, PUSH_AGAIN, MODIFY)
"""Steps that a person may press; the others are heard."""

_MISSING = re.compile(r"支付[^，。；;]{0,12}(不存在|未找到|查无|没有找到)")


def says_missing(words: str) -> bool:
    """Whether customs refuses a declaration for want of its payment (支付信息不存在)."""
    return bool(_MISSING.search(words))


def outcome_of(status: str) -> str | None:
    """What a receipt of a payment (CEB412) says became of it; None while it is under way.

    Source: GACC interface for retail import 202205: 120 ends it well, 100 and negatives badly.
    """
    if status.startswith("-") or status in ("4", "100"):
        return "failed"
    return "succeeded" if status == "120" else None


class Light(StrEnum):
    """What one of an order's three papers shows."""

    DARK = "dark"
    AMBER = "amber"
    GREEN = "green"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Expected:
    """What customs compares a payment with: the order, or the part of it in one parcel.

    Amounts are minor units of yuan. ``refunded_minor`` are partial refunds before declaring.
    """

    order_no: str
    transaction_no: str
    district: str
    buyer: str
    paid_minor: int
    refunded_minor: int = 0

    @property
    def declared_minor(self) -> int:
        """What the payment has to say: paid, without what was given back."""
        return self.paid_minor - self.refunded_minor


@dataclass(frozen=True, slots=True)
class Pushed:
    """What the payment company last sent, and how that stands. Persons are blind indexes."""

    state: str = UNDECLARED
    order_no: str = ""
    transaction_no: str = ""
    district: str = ""
    payer: str = ""
    amount_minor: int = 0


class RefundAbovePayment(Refusal):
    """Raised when more is refunded than was paid."""

    code = "refund-above-payment"
    reason = "{left} CNY of the payment are left; {asked} CNY were to be refunded."
    remedy = "Refund {left} CNY or less; to give back everything, cancel the order."


class SplitAbovePayment(Refusal):
    """Raised when the parts of a split payment make more than was paid."""

    code = "split-above-payment"
    reason = "{left} CNY of payment {number} are not declared yet; the part is {asked} CNY."
    remedy = "Correct the amount of the part, or name the payment that it belongs to."


class PayerNotBuyer(Refusal):
    """Raised when the person who paid is not the one who ordered; found before any push."""

    code = "payer-not-buyer"
    reason = "The payment of order {order_no} was made by another person than its buyer."
    remedy = "Refund the payment and have the buyer pay from an account of their own."


class PaymentNotPushed(Refusal):
    """Raised when nothing was sent to customs yet."""

    code = "payment-not-pushed"
    reason = "The payment of order {order_no} was not sent to customs yet."
    remedy = "Press “Send payment”."


class PaymentUnderWay(Refusal):
    """Raised while the payment company has not answered."""

    code = "payment-under-way"
    reason = "The payment of order {order_no} was sent and is not answered yet."
    remedy = "Press “Ask for the state”; do not send it again."


class PaymentLost(Refusal):
    """Raised when the payment company says that the port lost the payment."""

    code = "payment-lost"
    reason = "The payment of order {order_no} was lost on its way to customs."
    remedy = "Press “Send again”; it repeats every figure as it was."


class PaymentOtherOrder(Refusal):
    """Raised when the payment names another order, as happens where orders were split."""

    code = "payment-other-order"
    reason = "The payment was sent for order {pushed}, customs looks for {order_no}."
    remedy = "Press “Correct payment” to send it with the number of this parcel's order."


class PaymentOtherNumber(Refusal):
    """Raised when order and push name different transactions."""

    code = "payment-other-number"
    reason = "The order names payment {transaction_no}, {pushed} was sent."
    remedy = "Press “Correct payment” to send the payment that the order names."


class PaymentOtherDistrict(Refusal):
    """Raised when the payment went to another customs than the declaration."""

    code = "payment-other-district"
    reason = "The payment was sent to customs {pushed}, the order is declared at {district}."
    remedy = "Press “Correct payment” to send it to the customs of the declaration."


class PaymentOtherAmount(Refusal):
    """Raised when the amount pushed is not what was paid less what was refunded."""

    code = "payment-other-amount"
    reason = "{pushed} CNY were sent; paid less refunded makes {expected} CNY."
    remedy = "Press “Correct payment” to send the amount that is left after refunds."


class PaymentFailed(Refusal):
    """Raised when the payment company refused and every figure agrees."""

    code = "payment-failed"
    reason = "The payment company refused to send the payment of order {order_no}."
    remedy = "Press “Correct payment”, after checking that the shop is registered there."


class CustomsMislaid(Refusal):
    """Raised when all figures agree and customs still says that there is no payment."""

    code = "customs-mislaid-payment"
    reason = "The payment of order {order_no} was sent with the right figures; customs misses it."
    remedy = "Press “Send again”; it repeats every figure as it was."


@dataclass(frozen=True, slots=True)
class Cause:
    """Why customs cannot find a payment, and the step that mends it; none needs a person."""

    refusal: Refusal
    step: str | None


def cause_of(expected: Expected, pushed: Pushed, *, is_missed: bool = False) -> Cause | None:
    """The first thing that keeps customs from finding the payment; None where all is well.

    ``is_missed`` says that customs refused the declaration for want of the payment.
    """
    if pushed.payer and pushed.payer != expected.buyer:
        return Cause(PayerNotBuyer(order_no=expected.order_no), None)
    if pushed.state == UNDECLARED:
        return Cause(PaymentNotPushed(order_no=expected.order_no), PUSH)
    if pushed.state == PROCESSING:
        return Cause(PaymentUnderWay(order_no=expected.order_no), QUERY)
    differs = next(_differences(expected, pushed), None)
    if differs is not None:
        return Cause(differs, MODIFY)
    if pushed.state == EXCEPT:
        return Cause(PaymentLost(order_no=expected.order_no), PUSH_AGAIN)
    if pushed.state == FAILED:
        return Cause(PaymentFailed(order_no=expected.order_no), MODIFY)
    if is_missed:
        return Cause(CustomsMislaid(order_no=expected.order_no), PUSH_AGAIN)
    return None


def _differences(expected: Expected, pushed: Pushed) -> Iterator[Refusal]:
    if pushed.order_no != expected.order_no:
        yield PaymentOtherOrder(pushed=pushed.order_no, order_no=expected.order_no)
    if pushed.transaction_no != expected.transaction_no:
        yield PaymentOtherNumber(
            pushed=pushed.transaction_no, transaction_no=expected.transaction_no
        )
    if pushed.district != expected.district:
        yield PaymentOtherDistrict(pushed=pushed.district, district=expected.district)
    if pushed.amount_minor != expected.declared_minor:
        yield PaymentOtherAmount(
            pushed=from_minor(pushed.amount_minor, "CNY"),
            expected=from_minor(expected.declared_minor, "CNY"),
        )


def light_of(expected: Expected, pushed: Pushed, *, is_missed: bool = False) -> Light:
    """What the payment's light shows."""
    cause = cause_of(expected, pushed, is_missed=is_missed)
    if cause is None:
        return Light.GREEN
    if cause.step == PUSH:
        return Light.DARK
    return Light.AMBER if cause.step == QUERY else Light.RED
