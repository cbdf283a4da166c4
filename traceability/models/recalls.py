"""Recalls: what is called back, and who was told and has answered."""

from django.db import models
from django.db.models import Q

from core.models import Pool
from core.models.owned import Owned
from core.triggers import append_only


class Recall(models.Model):
    """Goods that a pool calls back: a product, a lot of it, or single units."""

    class Scope(models.TextChoices):
        PRODUCT = "product", "All lots of the product"
        LOT = "lot", "One lot"
        UNITS = "units", "Single units"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    number = models.CharField(max_length=32, unique=True)
    scope = models.CharField(max_length=8, choices=Scope.choices)
    product = models.ForeignKey("imports.Product", models.PROTECT, related_name="+")
    lot = models.ForeignKey("warehouse.Lot", models.PROTECT, null=True, related_name="recalls")
    reason = models.CharField(max_length=400)
    opened_at = models.DateTimeField()
    blocked_units = models.PositiveIntegerField()
    stopped_codes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lot__isnull=False) | ~Q(scope="lot"),
                name="a_recall_of_a_lot_names_the_lot",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RecallUnit(models.Model):
    """One coded unit that a recall covers."""

    recall = models.ForeignKey(Recall, models.PROTECT, related_name="units")
    identity = models.ForeignKey(
        "warehouse.UnitIdentity", models.PROTECT, related_name="recalled_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recall", "identity"], name="a_recall_covers_a_unit_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identity_id} in {self.recall_id}"


class RecallNotice(Owned):
    """What one importer has to call back, and when it answered that it knows."""

    recall = models.ForeignKey(Recall, models.PROTECT, related_name="notices")
    held_units = models.PositiveIntegerField(help_text="blocked in the warehouse")
    sold_units = models.PositiveIntegerField(help_text="shipped to consumers")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recall", "importer"], name="an_importer_is_told_once_of_a_recall"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recall_id} to {self.importer_id}"


append_only("traceability_recall")
append_only("traceability_recallunit")
