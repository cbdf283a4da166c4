"""What a lot's units on hand cost more, or less, from a day on."""

from django.db import models
from django.db.models import Q

from core.triggers import append_only
from warehouse.models.receipts import Lot


class LotCost(models.Model):
    """A cost that came after units were priced: ``amount_minor`` over the units then on hand.

    Fen, signed. Every unit of the lot costs ``amount_minor / units`` more from the day on, whoever
    holds it; units that had left by then cost what they cost.
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="costs")
    on = models.DateField()
    amount_minor = models.BigIntegerField()
    units = models.BigIntegerField(help_text="of the lot inside the warehouse on that day")
    source = models.CharField(max_length=60, help_text="what is carried, such as late:3")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "source"], name="a_lot_carries_a_late_cost_once"
            ),
            models.CheckConstraint(
                condition=Q(units__gt=0) & ~Q(amount_minor=0),
                name="a_late_cost_is_carried_by_units",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} over {self.units} of lot {self.lot_id}"


append_only("warehouse_lotcost")
