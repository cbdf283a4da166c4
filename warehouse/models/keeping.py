"""What a pool reckons with when goods grow old: dated, never changed, a new row from a day on."""

from dataclasses import fields

from django.db import models
from django.db.models import Q

from core.models import Pool
from core.triggers import append_only
from warehouse.domain.ageing import KeepingTerms


class KeepingTerm(models.Model):
    """A pool's terms from a day on."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="keeping_terms")
    valid_from = models.DateField()
    clearance_days = models.PositiveSmallIntegerField(default=2)
    delivery_days = models.PositiveSmallIntegerField(default=5)
    minimum_use_days = models.PositiveSmallIntegerField(default=90)
    warn_days = models.PositiveSmallIntegerField(default=60)
    offer_percent = models.PositiveSmallIntegerField(default=60)
    return_percent = models.PositiveSmallIntegerField(default=0)
    return_case_fen = models.PositiveIntegerField(default=500_00)
    return_m3_fen = models.PositiveIntegerField(default=900_00)
    destroy_case_fen = models.PositiveIntegerField(default=800_00)
    destroy_m3_fen = models.PositiveIntegerField(default=400_00)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "valid_from"], name="one_set_of_keeping_terms_a_day"
            ),
            models.CheckConstraint(
                condition=Q(offer_percent__lte=100, return_percent__lte=100),
                name="no_way_out_brings_more_than_the_goods_are_worth",
            ),
        ]

    def __str__(self) -> str:
        return f"terms from {self.valid_from}"

    @property
    def as_terms(self) -> KeepingTerms:
        """The terms as the domain knows them."""
        return KeepingTerms(
            **{each.name: getattr(self, each.name) for each in fields(KeepingTerms)}
        )


append_only("warehouse_keepingterm")
