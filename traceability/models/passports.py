"""The ready answer to a look-up: a projection that may be dropped at any time."""

from django.db import models


class Passport(models.Model):
    """What a page says of the units of a lot that left in one dispatch, apart from live figures.

    Verdict, state and look-ups are never in here; they are read afresh with the row. ``on`` is the
    day for which it was put together: who answers for a unit may change with the day.
    """

    lot_id = models.BigIntegerField()
    order_id = models.BigIntegerField(default=0, help_text="0 while a unit is in no dispatch")
    importer_id = models.BigIntegerField(default=0)
    on = models.DateField()
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot_id", "order_id"], name="a_lot_has_one_passport_per_dispatch"
            ),
        ]

    def __str__(self) -> str:
        return f"lot {self.lot_id}, dispatch {self.order_id}, {self.on}"
