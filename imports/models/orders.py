"""Rounds, the purchase orders they lead to, and whose the ordered units are."""

from django.db import models
from django.db.models import F, Q

from core.models import Party, Pool, Supplier
from core.tenancy import OwnedManager
from imports.domain.consolidation import Surplus
from imports.models.catalogue import Product, SupplierOffer


class Round(models.Model):
    """One order window of a pool: the forecast months that it buys for.

    With deadlines it moves by itself: on ``submission_on`` plans become commitments, from
    ``filling_on`` on they may only fill up, on ``lock_on`` nothing changes any more.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        FILLING = "filling", "Filling"
        LOCKED = "locked", "Locked"
        CONSOLIDATED = "consolidated", "Consolidated"
        ORDERED = "ordered", "Ordered"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="rounds")
    code = models.CharField(max_length=48, unique=True)
    first_month = models.DateField()
    last_month = models.DateField()
    submission_on = models.DateField(null=True)
    filling_on = models.DateField(null=True)
    lock_on = models.DateField(null=True)
    submitted_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=14, choices=State.choices, default=State.OPEN)

    class Meta:
        ordering = ["first_month"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_month__gte=F("first_month")), name="a_round_covers_a_month"
            ),
            models.CheckConstraint(
                condition=Q(first_month__day=1, last_month__day=1),
                name="a_round_covers_whole_months",
            ),
            models.CheckConstraint(
                condition=Q(submission_on=None, filling_on=None, lock_on=None)
                | Q(
                    submission_on__isnull=False,
                    lock_on__isnull=False,
                    submission_on__lt=F("filling_on"),
                    filling_on__lt=F("lock_on"),
                    filling_on__isnull=False,
                ),
                name="the_deadlines_of_a_round_follow_each_other",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["filling", "locked"]) | Q(submitted_at__isnull=False),
                name="only_submitted_plans_are_filled_and_locked",
            ),
            models.UniqueConstraint(
                fields=["pool", "first_month"], name="a_month_starts_one_round"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PurchaseOrder(models.Model):
    """What the pool orders from one supplier in one round, in the supplier's currency."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PLACED = "placed", "Placed"
        SHIPPED = "shipped", "Shipped"
        ARRIVED = "arrived", "Arrived"

    round = models.ForeignKey(Round, models.PROTECT, related_name="orders")
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, unique=True)
    currency = models.CharField(max_length=3)
    incoterm = models.CharField(max_length=3)
    origin_port = models.CharField(max_length=5)
    ordered_on = models.DateField(null=True)
    total_minor = models.BigIntegerField()
    rebate_percent = models.DecimalField(
        max_digits=4, decimal_places=2, default=0, help_text="already off every line"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", ordered_on__isnull=True)
                | (~Q(state="draft") & Q(ordered_on__isnull=False)),
                name="a_placed_order_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(total_minor__gt=0), name="an_order_is_worth_something"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PurchaseOrderLine(models.Model):
    """One product of an order: units, price, and why more was bought than asked.

    ``unit_price_minor`` is what a unit costs with every rebate off, rounded down.
    """

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    offer = models.ForeignKey(SupplierOffer, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    asked_units = models.PositiveIntegerField()
    surplus_units = models.PositiveIntegerField()
    surplus_cause = models.CharField(max_length=14, choices=[(s, s) for s in Surplus])
    pack_units = models.PositiveIntegerField()
    unit_price_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "product"], name="an_order_has_one_line_per_product"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=F("units") * F("unit_price_minor"))
                & Q(amount_minor__lt=F("units") * (F("unit_price_minor") + 1)),
                name="a_unit_price_is_the_amount_by_units_rounded_down",
            ),
            models.CheckConstraint(
                condition=Q(units=F("asked_units") + F("surplus_units")),
                name="a_line_is_what_was_asked_and_its_surplus",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.product_id} {self.units}"


class OwnedByOwner(OwnedManager):
    """Rows whose owner is the importer in view."""

    def __init__(self) -> None:
        super().__init__("owner")


class OrderShare(models.Model):
    """Whose the units of a line are: an importer, or the operator for the pool's buffer.

    The importers bear the cost of the buffer; the operator's share costs nothing, and its later
    sale is credited back. An importer may bear a part of a line of which it holds nothing, where
    that line was bought dearer to lift its own to a rebate.
    """

    line = models.ForeignKey(PurchaseOrderLine, models.PROTECT, related_name="shares")
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    asked_units = models.PositiveIntegerField()
    units = models.PositiveIntegerField()
    cost_minor = models.BigIntegerField()

    objects = OwnedByOwner()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "owner"], name="an_owner_has_one_share_of_a_line"
            ),
            models.CheckConstraint(
                condition=Q(units__gte=F("asked_units")), name="nobody_is_cut_below_what_was_asked"
            ),
            models.CheckConstraint(
                condition=Q(cost_minor__gte=0), name="a_share_never_costs_less_than_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.owner_id} {self.units}"
