"""Ownership that passed from one owner to another while the goods stayed where they are."""

from django.db import models
from django.db.models import F, Q

from core.models import Party
from core.triggers import append_only
from warehouse.domain.ownership import Cause
from warehouse.models.stock import Movement


class OwnershipTransfer(models.Model):
    """Units of one lot sold by one owner to another, with the price; never changed.

    ``amount_minor`` is in the currency of the lot's pool. The account book does not know owners
    and does not move.
    """

    movement = models.OneToOneField(Movement, models.PROTECT, related_name="transfer")
    seller = models.ForeignKey(Party, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Party, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    price_minor = models.PositiveBigIntegerField(help_text="for one unit")
    amount_minor = models.PositiveBigIntegerField()
    cause = models.CharField(max_length=12, choices=[(c.value, c.value) for c in Cause])
    reference = models.CharField(max_length=80, blank=True)
    request_key = models.CharField(max_length=120, unique=True)
    agreed_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor=F("units") * F("price_minor")),
                name="a_transfer_costs_units_times_price",
            ),
            models.CheckConstraint(condition=~Q(seller=F("buyer")), name="nobody_buys_from_itself"),
        ]
        indexes = [models.Index(fields=["reference"], name="transfer_by_reference")]

    def __str__(self) -> str:
        return f"{self.units} from {self.seller_id} to {self.buyer_id}"


append_only("warehouse_ownershiptransfer")
