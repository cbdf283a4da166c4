"""What rates did to importers' payables, month by month, as it was posted."""

from django.db import models
from django.db.models import Q

from core.models import ClosedMonth, Pool
from core.tenancy import Owned
from core.triggers import append_only


class ExchangeDifference(Owned):
    """An importer's payables in one currency at a month's end, and what was bought in the month.

    Amounts but the first are fen; above zero rates cost, below they gave. ``booked_minor`` is what
    is open at its benchmarks, ``closing_minor`` the same at the closing rate.
    """

    month = models.ForeignKey(ClosedMonth, models.PROTECT, related_name="differences")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    open_minor = models.BigIntegerField(help_text="owed and not bought, in the currency")
    booked_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    realised_minor = models.BigIntegerField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    rate_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "month", "pool", "currency"],
                name="a_month_tells_an_importers_difference_once",
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="a_closing_rate_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} of {self.importer_id} in {self.month_id}"

    @property
    def unrealised_minor(self) -> int:
        """What the open payables cost more at the closing rate than as booked."""
        return self.closing_minor - self.booked_minor


append_only("fx_settlement_exchangedifference")
