"""Why a payment "does not exist", and that no payment is ever pushed twice."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from core.domain.transitions import StepNotAllowed
from customs.domain import payment_leg as leg
from customs.domain.payment_leg import PAYMENT_STEPS, Expected, Light, Pushed, cause_of, light_of

EXPECTED = Expected("SH-1", "PAY-1", "3105", "blind-buyer", paid_minor=27_275)
GOOD = Pushed(leg.SUCCESS, "SH-1", "PAY-1", "3105", "blind-buyer", 27_275)


def found(pushed, expected=EXPECTED, **more):
    cause = cause_of(expected, pushed, **more)
    return (cause.refusal.code, cause.step) if cause else None


@pytest.mark.parametrize(
    ("pushed", "code", "step", "light"),
    [
        (Pushed(), "payment-not-pushed", "push", Light.DARK),
        (replace(GOOD, state=leg.PROCESSING), "payment-under-way", "query", Light.AMBER),
        (replace(GOOD, state=leg.EXCEPT), "payment-lost", "push_again", Light.RED),
        (replace(GOOD, state=leg.FAILED), "payment-failed", "modify", Light.RED),
        (replace(GOOD, order_no="SH-1-a"), "payment-other-order", "modify", Light.RED),
        (replace(GOOD, transaction_no="PAY-2"), "payment-other-number", "modify", Light.RED),
        (replace(GOOD, district="2244"), "payment-other-district", "modify", Light.RED),
        (replace(GOOD, amount_minor=27_276), "payment-other-amount", "modify", Light.RED),
        (replace(GOOD, payer="blind-other"), "payer-not-buyer", None, Light.RED),
    ],
)
def test_each_cause_has_a_name_a_light_and_the_step_that_mends_it(pushed, code, step, light):
    assert found(pushed) == (code, step)
    assert light_of(EXPECTED, pushed) is light


def test_a_payment_that_agrees_is_green_until_customs_misses_it():
    assert found(GOOD) is None
    assert light_of(EXPECTED, GOOD) is Light.GREEN
    assert found(GOOD, is_missed=True) == ("customs-mislaid-payment", "push_again")
    assert light_of(EXPECTED, GOOD, is_missed=True) is Light.RED


def test_another_payer_is_found_before_anything_is_pushed():
    assert found(Pushed(payer="blind-other")) == ("payer-not-buyer", None)


def test_a_partial_refund_lowers_what_the_payment_has_to_say():
    refunded = replace(EXPECTED, refunded_minor=2_275)

    assert found(GOOD, refunded) == ("payment-other-amount", "modify")
    assert found(replace(GOOD, amount_minor=25_000), refunded) is None


@pytest.mark.parametrize("state", [leg.UNDECLARED, leg.PROCESSING, leg.FAILED])
def test_a_payment_is_sent_again_only_when_it_succeeded_or_was_lost(state):
    with pytest.raises(StepNotAllowed):
        PAYMENT_STEPS.next(state, leg.PUSH_AGAIN)


@pytest.mark.parametrize("state", [leg.SUCCESS, leg.EXCEPT])
def test_sending_again_is_allowed_after_success_and_after_loss(state):
    assert PAYMENT_STEPS.next(state, leg.PUSH_AGAIN) == leg.PROCESSING


class PaymentCompany:
    """Keeps one record per payment, loses and delays some, and counts first pushes."""

    def __init__(self, dice):
        self.dice = dice
        self.first = Counter()

    def press(self, number, expected, pushed, step):
        if step == leg.QUERY:
            outcome = self.dice.choices(["succeeded", "lost", "failed", ""], [6, 1, 1, 2])[0]
            if not outcome:
                return pushed
            return replace(pushed, state=PAYMENT_STEPS.next(pushed.state, outcome))
        state = PAYMENT_STEPS.next(pushed.state, step)
        self.first[number] += step == leg.PUSH
        repeats = step == leg.PUSH_AGAIN
        if repeats:
            return replace(pushed, state=state)
        return Pushed(
            state,
            expected.order_no,
            expected.transaction_no,
            expected.district,
            expected.buyer,
            expected.declared_minor,
        )


FAULTS = {
    "none": {},
    "lost": {"state": leg.EXCEPT},
    "late": {"state": leg.PROCESSING},
    "split": {"order_no": "SH-whole"},
    "number": {"transaction_no": "PAY-other"},
    "district": {"district": "2244"},
    "amount": {"amount_minor": 1},
    "failed": {"state": leg.FAILED},
    "never": {"state": leg.UNDECLARED},
    "payer": {"payer": "blind-other"},
}


def test_ten_thousand_injected_faults_are_all_named_and_none_is_pushed_twice():
    dice = random.Random(20260501)  # noqa: S311
    company, ended, named = PaymentCompany(dice), Counter(), Counter()

    for number in range(10_000):
        fault = dice.choice(list(FAULTS))
        expected = replace(EXPECTED, order_no=f"SH-{number}", transaction_no=f"PAY-{number}")
        good = replace(GOOD, order_no=expected.order_no, transaction_no=expected.transaction_no)
        pushed, is_missed = replace(good, **FAULTS[fault]), fault == "none"
        company.first[number] = int(fault != "never")
        while (cause := cause_of(expected, pushed, is_missed=is_missed)) is not None:
            named[cause.refusal.code] += 1
            if cause.step is None:
                break
            pushed = company.press(number, expected, pushed, cause.step)
            is_missed = False
        ended[fault, light_of(expected, pushed)] += 1

    assert {fault for fault, light in ended if light is Light.GREEN} == set(FAULTS) - {"payer"}
    assert {light for fault, light in ended if fault == "payer"} == {Light.RED}
    assert sum(ended.values()) == 10_000
    assert max(company.first.values()) == 1
    assert set(named) == {
        "payer-not-buyer",
        "payment-not-pushed",
        "payment-under-way",
        "payment-lost",
        "payment-failed",
        "payment-other-order",
        "payment-other-number",
        "payment-other-district",
        "payment-other-amount",
        "customs-mislaid-payment",
    }


@pytest.mark.parametrize(
    ("words", "is_missing"),
    [
        ("支付信息不存在", True),
        ("-621003 订单对应的支付单[PAY-1]不存在", True),
        ("对应支付凭证查询不存在", True),
        ("订单信息查询不存在", False),
        ("支付金额不符；订单不存在", False),
    ],
)
def test_only_a_missing_payment_is_read_as_one(words, is_missing):
    assert leg.says_missing(words) is is_missing


def test_receipts_of_payments_say_what_became_of_them():
    assert [leg.outcome_of(s) for s in ("120", "100", "-401007", "4", "2")] == [
        "succeeded",
        "failed",
        "failed",
        "failed",
        None,
    ]
