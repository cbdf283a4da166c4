"""What consumers ordered: the order, its payment, its waybill, and each person's use of the year.

Persons are references into the vault; nothing in these tables names one.
"""

from django.db import models
from django.db.models import F, Q

from core.models import Party, Person, Pool
from core.tenancy import Owned


class ConsumerOrder(Owned):
    """An order of one consumer for one parcel, with the amounts that the platform reported."""

    class State(models.TextChoices):
        TAKEN = "taken", "Taken"
        DECLARED = "declared", "Declared"
        REFUSED = "refused", "Refused by customs"
        RELEASED = "released", "Released by customs"
        CANCELLED = "cancelled", "Cancelled"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    platform = models.ForeignKey(Party, models.PROTECT, related_name="+")
    order_no = models.CharField(max_length=60)
    buyer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    goods_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.TAKEN)
    intake_hmac = models.BinaryField(max_length=32, help_text="tells a repeat from another order")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "order_no"], name="a_platform_sends_an_order_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    paid_minor=F("goods_minor")
                    + F("freight_minor")
                    + F("tax_minor")
                    - F("discount_minor")
                ),
                name="the_parts_of_an_order_make_what_was_paid",
            ),
            models.CheckConstraint(
                condition=Q(goods_minor__gte=0, freight_minor__gte=0)
                & Q(discount_minor__gte=0, tax_minor__gte=0),
                name="no_part_of_an_order_is_negative",
            ),
        ]
        indexes = [models.Index(fields=["importer", "state"], name="orders_by_importer_and_state")]

    def __str__(self) -> str:
        return self.order_no


class ConsumerOrderLine(models.Model):
    """Units of one product in an order, at the price of one unit."""

    order = models.ForeignKey(ConsumerOrder, models.PROTECT, related_name="lines")
    line_no = models.PositiveSmallIntegerField()
    product = models.ForeignKey("imports.Product", models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    price_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="order_lines_are_numbered"),
            models.CheckConstraint(
                condition=Q(units__gt=0, price_minor__gte=0), name="an_order_line_orders_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.line_no}"


class PaymentRecord(models.Model):
    """The payment of an order as the payment company reported it."""

    order = models.OneToOneField(ConsumerOrder, models.PROTECT, related_name="payment")
    company = models.ForeignKey(Party, models.PROTECT, related_name="+")
    transaction_no = models.CharField(max_length=60)
    payer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    paid_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "transaction_no"], name="a_payment_pays_one_order"
            )
        ]

    def __str__(self) -> str:
        return self.transaction_no


class Waybill(models.Model):
    """The waybill of an order as the carrier reported it; one parcel."""

    order = models.OneToOneField(ConsumerOrder, models.PROTECT, related_name="waybill")
    carrier = models.ForeignKey(Party, models.PROTECT, related_name="+")
    waybill_no = models.CharField(max_length=60)
    consignee = models.ForeignKey(Person, models.PROTECT, related_name="+")
    gross_weight_g = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "waybill_no"], name="a_waybill_carries_one_order"
            )
        ]

    def __str__(self) -> str:
        return self.waybill_no


class AnnualUse(models.Model):
    """What a person has bought through this system in a year; customs may know of more.

    ``limit_minor`` is the highest limit under which any of it was bought.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    limit_minor = models.BigIntegerField()
    used_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "year"], name="one_total_per_person_and_year"
            ),
            models.CheckConstraint(
                condition=Q(used_minor__gte=0) & Q(used_minor__lte=F("limit_minor")),
                name="annual_use_stays_within_the_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.person_id} {self.year}: {self.used_minor}/{self.limit_minor}"
