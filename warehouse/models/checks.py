"""What the nightly comparison of book and shelves found."""

from django.db import models

from core.triggers import append_only
from warehouse.models.book import BookItem


class BookCheck(models.Model):
    """One item of the account book as compared one night; never changed.

    ``movement_id`` and ``booking_id`` are the last of each that were seen: what came after a
    clean check and before a drifting one is where the drift came from.
    """

    item = models.ForeignKey(BookItem, models.PROTECT, related_name="checks")
    checked_on = models.DateField()
    drift_units = models.BigIntegerField()
    movement_id = models.BigIntegerField()
    booking_id = models.BigIntegerField()
    behind = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "checked_on"], name="an_item_is_checked_a_day"),
            models.CheckConstraint(
                condition=models.Q(drift_units=0) | ~models.Q(behind=""),
                name="a_drift_names_what_is_behind_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.checked_on}: {self.drift_units}"


append_only("warehouse_bookcheck")
