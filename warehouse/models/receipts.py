"""What arrived: receipts, their counted lines, the lots they made and how each was shared."""

from django.db import models
from django.db.models import F, Q

from core.models import Party
from imports.models.orders import OwnedByOwner
from warehouse.domain.allocation import Explanation, Rule
from warehouse.models.book import BookItem


class Receipt(models.Model):
    """The count of one consignment at the warehouse door."""

    consignment = models.OneToOneField(
        "imports.Consignment", models.PROTECT, related_name="receipt"
    )
    received_on = models.DateField()

    def __str__(self) -> str:
        return f"receipt {self.pk}"


class ReceiptLine(models.Model):
    """Units of one supplier's lot as announced and as counted.

    Every announced unit is good, damaged, held back for a check (quarantined) or short; what came
    over and above stands beside them, and lies in quarantine until customs knows of it.
    """

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(
        "imports.PurchaseOrderLine", models.PROTECT, related_name="receipt_lines"
    )
    expected = models.PositiveIntegerField()
    good = models.PositiveIntegerField()
    damaged = models.PositiveIntegerField()
    short = models.PositiveIntegerField()
    quarantined = models.PositiveIntegerField(default=0)
    over = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expected=F("good") + F("damaged") + F("quarantined") + F("short")),
                name="a_receipt_line_accounts_for_every_unit",
            ),
            models.CheckConstraint(
                condition=Q(expected__gt=0) | Q(over__gt=0), name="a_receipt_line_counts_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id}: {self.good}/{self.expected}"

    @property
    def arrived(self) -> int:
        """Units that came through the door."""
        return self.good + self.damaged + self.quarantined + self.over


ARRIVED = (
    F("receipt_line__good")
    + F("receipt_line__damaged")
    + F("receipt_line__quarantined")
    + F("receipt_line__over")
)
"""Of a lot: the units that came through the door."""


class Lot(models.Model):
    """Units of one product that were made, and arrived, together; what is stored and traced."""

    product = models.ForeignKey("imports.Product", models.PROTECT, related_name="lots")
    number = models.CharField(max_length=40, help_text="the supplier's lot number")
    receipt_line = models.OneToOneField(ReceiptLine, models.PROTECT, related_name="lot")
    received_on = models.DateField()
    produced_on = models.DateField(null=True)
    expires_on = models.DateField(null=True, help_text="the last day of use")
    origin = models.CharField(max_length=2)
    book_item = models.ForeignKey(BookItem, models.PROTECT, related_name="lots")
    is_trade_measure = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True)
                | Q(produced_on__isnull=True)
                | Q(expires_on__gte=F("produced_on")),
                name="a_lot_is_made_before_it_expires",
            ),
        ]
        indexes = [models.Index(fields=["product", "expires_on"], name="lots_in_order_of_expiry")]

    def __str__(self) -> str:
        return self.number


class AllocationShare(models.Model):
    """What one owner got of one receipt's order line, with the numbers that justify it.

    Asked and granted count the order line from its first delivery on; ``units`` is what this
    receipt added. ``level_units`` is empty where nothing was short.
    """

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="allocation_shares")
    order_line = models.ForeignKey(
        "imports.PurchaseOrderLine", models.PROTECT, related_name="allocation_shares"
    )
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    rule = models.CharField(max_length=16, choices=[(r.value, r.value) for r in Rule])
    asked_units = models.PositiveIntegerField()
    level_units = models.PositiveIntegerField(null=True)
    weight = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    granted_units = models.PositiveIntegerField()
    units = models.PositiveIntegerField()

    objects = OwnedByOwner()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["receipt", "order_line", "owner"], name="an_owner_has_one_share_a_receipt"
            ),
            models.CheckConstraint(
                condition=Q(granted_units__gte=F("units")),
                name="a_share_is_part_of_what_was_granted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.granted_units} of {self.asked_units}"

    @property
    def explanation(self) -> Explanation:
        """The numbers behind the sentence that the owner reads."""
        return Explanation(
            Rule(self.rule), self.asked_units, self.granted_units, self.level_units, self.weight
        )
