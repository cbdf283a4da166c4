"""How a round's units are shared when they fall short, and how long channels promise use."""

from django.db import models
from django.db.models import Q

from core.models import Party, Pool
from core.tenancy import Owned
from warehouse.domain.allocation import Rule


class RoundRule(models.Model):
    """The rule of one round; without a row the uniform rule holds."""

    round = models.OneToOneField("imports.Round", models.PROTECT, related_name="allocation_rule")
    rule = models.CharField(max_length=16, choices=[(r.value, r.value) for r in Rule])
    set_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.round_id}: {self.rule}"


class Tier(models.Model):
    """From a day on: how much an importer counts in a pool under the weighted rule; 1 is usual."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    valid_from = models.DateField()
    factor = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "owner", "valid_from"], name="a_tier_starts_once_a_day"
            ),
            models.CheckConstraint(condition=Q(factor__gt=0), name="a_tier_counts_something"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.valid_from} {self.factor}"


class ChannelLife(Owned):
    """From a day on: how many days of use an importer's channel promises its consumers."""

    channel = models.CharField(max_length=32)
    valid_from = models.DateField()
    minimum_days = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "channel lives"
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "channel", "valid_from"], name="a_channel_promises_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.minimum_days}"
