"""Thousands of payments, some lost, late, split or mismatched: each cause is named and mended.

A desk that knows nothing but the named cause presses the button that it names, every button
twice, and every request to the company is delivered twice. The company counts what it pushed.
"""

import os
import random
from collections import Counter
from dataclasses import dataclass, field

import pytest

from core import tenancy
from core.models import Job, Person
from customs import paper_queries, services
from customs.domain import payment_leg as pay
from customs.models import ConsumerOrder, Declaration, PaymentLeg, PaymentRecord, Waybill
from customs.services import payment_desk
from tests.customs.shop import OTHER_BUYER

pytestmark = pytest.mark.django_db

NAMED = {
    "fine": ["payment-not-pushed", "payment-under-way"],
    "late": ["payment-not-pushed", *["payment-under-way"] * 4],
    "lost": [
        "payment-not-pushed",
        "payment-under-way",
        "payment-lost",
        "payment-under-way",
    ],
    "missed": [
        "payment-not-pushed",
        "payment-under-way",
        "customs-mislaid-payment",
        "payment-under-way",
    ],
    "refused": [
        "payment-not-pushed",
        "payment-under-way",
        "payment-failed",
        "payment-under-way",
    ],
    "split": ["payment-other-order", "payment-under-way"],
    "other-number": ["payment-other-number", "payment-under-way"],
    "other-customs": ["payment-other-district", "payment-under-way"],
    "refunded": [
        "payment-not-pushed",
        "payment-under-way",
        "payment-other-amount",
        "payment-under-way",
    ],
    "other-payer": ["payer-not-buyer"],
}
"""By fate, the causes that a desk reads one after another until customs has the payment."""

WRONG = {
    "split": {"pushed_order_no": "WHOLE-ORDER"},
    "other-number": {"pushed_transaction_no": "PAY-OTHER"},
    "other-customs": {"pushed_district": "9999"},
}
"""What a company had pushed by itself before the desk looked."""


MANY = int(os.environ.get("PAYMENTS_TO_TRY", "2500"))
"""Payments of the deep test; ten thousand take some ten minutes of a processor."""

ASKED_IN_VAIN = 6
"""Answers that say nothing yet, for a payment that is late: three presses, each twice."""


@dataclass
class Company:
    """A payment company to which each payment has a fate; it notes every push."""

    fates: dict[str, str]
    pushed: Counter = field(default_factory=Counter)
    known: set = field(default_factory=set)
    asked: Counter = field(default_factory=Counter)

    def send(self, request):
        if request.request_key not in self.known:
            self.known.add(request.request_key)
            self.pushed[request.order_no, request.step] += 1
        return ""

    def ask(self, request):
        fate = self.fates[request.order_no]
        self.asked[request.order_no] += 1
        if fate == "late":
            return "succeeded" if self.asked[request.order_no] == ASKED_IN_VAIN + 1 else ""
        is_first = not any(
            self.pushed[request.order_no, step] for step in (pay.PUSH_AGAIN, pay.MODIFY)
        )
        if is_first and fate in ("lost", "refused"):
            return {"lost": "lost", "refused": "failed"}[fate]
        return "succeeded"


def clones(order, fates):
    """Orders like one, with papers of their own, each by its fate."""
    with tenancy.as_operator("test"):
        kept = _copies(order, fates, ConsumerOrder, order_no="{}")
        mine = {each.order_no: each for each in kept}
        _copies(order.payment, fates, PaymentRecord, mine, transaction_no="PAY-{}")
        _copies(order.waybill, fates, Waybill, mine, waybill_no="YT-{}")
        _copies(Declaration.objects.get(order=order), fates, Declaration, mine)
        return list(mine.values())


def _copies(one, numbers, model, orders=None, **named):
    rows = []
    for number in numbers:
        row = model(**{f.attname: getattr(one, f.attname) for f in model._meta.concrete_fields})
        row.pk = None
        for name, text in named.items():
            setattr(row, name, text.format(number))
        if orders is not None:
            row.order = orders[number]
        rows.append(row)
    return model.objects.bulk_create(rows, batch_size=500)


def doomed(orders, fates, other):
    """Give each order what its fate says happened before anybody looked."""
    payments = PaymentRecord.objects.filter(order__in=[x.pk for x in orders])
    payments = {row.order_id: row for row in payments}
    for order in orders:
        fate = fates[order.order_no]
        if fate == "other-payer":
            payments[order.pk].payer = other
            payments[order.pk].save()
        if fate in WRONG:
            services.hear_payment(order, "succeeded", request_key=f"{order.pk}/own")
            with tenancy.as_operator("test"):
                PaymentLeg.objects.filter(order=order).update(**WRONG[fate])


def cause(order_id):
    """What the desk reads of an order now."""
    with tenancy.as_operator("test"):
        order = ConsumerOrder.objects.select_related("payment__company", "pool", "payment_leg").get(
            pk=order_id
        )
        return paper_queries.cause(order, paper_queries.leg_of(order))


def delivered_twice():
    """Every request that waits for the company is handed over twice, as a queue may."""
    for job in Job.objects.filter(task="customs.send_payment", state=Job.State.QUEUED):
        for _ in range(2):
            payment_desk.send(job.args["leg"])
        Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)


def mended(order, fate):
    """Press what is named until nothing is, each button twice; the causes that were read."""
    named, done = [], set()
    while (found := cause(order.pk)) is not None and len(named) < 8:
        named.append(found.refusal.code)
        if found.step is None:
            break
        key = f"{order.pk}/{len(named)}"
        for _ in range(2):
            services.press(order, found.step, request_key=key)
        delivered_twice()
        if cause(order.pk) is None and fate not in done:
            done.add(fate)
            if fate == "missed":
                with tenancy.as_operator("test"):
                    PaymentLeg.objects.filter(order=order).update(is_missed=True)
            if fate == "refunded":
                services.refund_part(order, 100, request_key=f"{key}/refund")
    return named


@pytest.mark.parametrize("many", [40, pytest.param(MANY, marks=pytest.mark.deep)])
def test_every_cause_is_named_and_no_payment_is_pushed_twice(take, many, monkeypatch):
    dice = random.Random(f"payments/{many}")  # noqa: S311  a seed, not a secret
    names = [f"F-{number:05d}" for number in range(many)]
    fates = {name: dice.choice(list(NAMED)) for name in names}
    fates.update(zip(names, NAMED, strict=False))
    company = Company(fates)
    monkeypatch.setattr(payment_desk, "gateway_of", lambda pool: company)
    orders = clones(take(1), fates)
    doomed(orders, fates, Person.objects.get(pk=take(1, buyer=OTHER_BUYER).buyer_id))

    read = {order.order_no: mended(order, fates[order.order_no]) for order in orders}

    assert {name: NAMED[fate] for name, fate in fates.items()} == read
    assert max(company.pushed.values()) == 1
    lacking = {order.order_no for order in orders if cause(order.pk) is not None}
    assert lacking == {name for name, fate in fates.items() if fate == "other-payer"}
    assert lacking.isdisjoint(number for number, _ in company.pushed)
