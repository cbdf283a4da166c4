"""The way of each order's payment to customs, and what customs answers to an order's papers."""

from django.db import models
from django.db.models import F, Q

from core.models import Document, Party, Person
from core.tenancy import Owned
from core.triggers import append_only
from customs.domain import payment_leg
from customs.models.orders import ConsumerOrder


class PaymentSplit(models.Model):
    """One payment for several orders, and how much of it their parts have taken."""

    company = models.ForeignKey(Party, models.PROTECT, related_name="+")
    transaction_no = models.CharField(max_length=60)
    paid_minor = models.BigIntegerField()
    declared_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "transaction_no"], name="a_payment_is_split_once"
            ),
            models.CheckConstraint(
                condition=Q(declared_minor__gte=0, declared_minor__lte=F("paid_minor")),
                name="the_parts_of_a_payment_stay_within_it",
            ),
        ]

    def __str__(self) -> str:
        return self.transaction_no


class PaymentLeg(Owned):
    """How far the payment of an order is on its way to customs, and what was last pushed."""

    order = models.OneToOneField(ConsumerOrder, models.PROTECT, related_name="payment_leg")
    state = models.CharField(max_length=12, default=payment_leg.UNDECLARED)
    pushes = models.PositiveIntegerField(default=0)
    pushed_order_no = models.CharField(max_length=60, blank=True)
    pushed_transaction_no = models.CharField(max_length=60, blank=True)
    pushed_district = models.CharField(max_length=4, blank=True)
    pushed_payer = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    pushed_amount_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    is_missed = models.BooleanField(default=False, help_text="customs said that it does not exist")
    split = models.ForeignKey(PaymentSplit, models.PROTECT, null=True, related_name="parts")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(payment_leg.PAYMENT_STEPS.states)),
                name="a_payment_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("paid_minor")),
                name="no_more_is_refunded_than_was_paid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.state}"


class PaymentStep(Owned):
    """One step of a payment: pressed by somebody, or heard from the company."""

    leg = models.ForeignKey(PaymentLeg, models.PROTECT, related_name="steps")
    step = models.CharField(max_length=12)
    state_before = models.CharField(max_length=12)
    state_after = models.CharField(max_length=12)
    amount_minor = models.BigIntegerField(default=0)
    request_key = models.CharField(max_length=80, unique=True)
    made_at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["leg"],
                condition=Q(step=payment_leg.PUSH),
                name="a_payment_is_pushed_for_the_first_time_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leg_id}: {self.step}"


append_only("customs_paymentstep")


class PaperAnswer(Owned):
    """One answer of customs to an order, payment or waybill, by its status."""

    class Paper(models.TextChoices):
        ORDER = "order", "Order"
        PAYMENT = "payment", "Payment"
        WAYBILL = "waybill", "Waybill"

    order = models.ForeignKey(ConsumerOrder, models.PROTECT, related_name="paper_answers")
    paper = models.CharField(max_length=10, choices=Paper.choices)
    status = models.CharField(max_length=10)
    error_code = models.CharField(max_length=12, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "paper", "status", "answered_at"],
                name="an_answer_to_a_paper_is_heard_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.paper}: {self.status}"


append_only("customs_paperanswer")
