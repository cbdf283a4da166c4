"""The dated rules of a pool's rounds, and the record of how each round was planned."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from core import triggers
from core.models import Pool, Supplier
from core.tenancy import Owned
from imports.models.catalogue import Product
from imports.models.orders import Round


class TermsQuerySet(models.QuerySet["PlanningTerms"]):
    """Terms with their time."""

    def on(self, pool: Pool, day: date) -> "PlanningTerms":
        """Those of a pool that hold on a day; the default ones where none are on record."""
        found = self.filter(pool=pool, valid_from__lte=day).order_by("-valid_from").first()
        return found or PlanningTerms(pool=pool, valid_from=day)


class PlanningTerms(models.Model):
    """By what rules a pool plans from a day on, until later ones begin.

    ``equal_price_percent`` of a saving follows equal price, the rest the Shapley value. Submitted
    units may be raised and cut by so many percent until the fill phase.
    """

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    valid_from = models.DateField()
    equal_price_percent = models.PositiveSmallIntegerField(default=50)
    raise_percent = models.PositiveSmallIntegerField(default=20)
    cut_percent = models.PositiveSmallIntegerField(default=10)
    plans_containers = models.BooleanField(default=False)

    objects = TermsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "valid_from"], name="a_pool_has_one_set_of_terms_a_day"
            ),
            models.CheckConstraint(
                condition=Q(equal_price_percent__lte=100, cut_percent__lte=100),
                name="a_part_is_at_most_the_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pool_id} {self.valid_from}"


triggers.append_only("imports_planningterms")


class RoundPlan(models.Model):
    """How a round was bought: its cost in fen beside the bound, the plain way and all alone.

    ``rates`` are CNY per unit of each currency, with day and source.
    """

    round = models.OneToOneField(Round, models.PROTECT, related_name="plan")
    planned_on = models.DateField()
    cost_cny_minor = models.BigIntegerField()
    bound_cny_minor = models.BigIntegerField()
    greedy_cny_minor = models.BigIntegerField(null=True)
    alone_cny_minor = models.BigIntegerField()
    equal_price_percent = models.PositiveSmallIntegerField()
    milliseconds = models.PositiveIntegerField()
    rates = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(bound_cny_minor__lte=F("cost_cny_minor")),
                name="no_purchase_costs_less_than_its_bound",
            ),
            models.CheckConstraint(
                condition=Q(greedy_cny_minor__isnull=True)
                | Q(cost_cny_minor__lte=F("greedy_cny_minor")),
                name="a_plan_is_never_dearer_than_the_plain_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.cost_cny_minor}"


triggers.append_only("imports_roundplan")


class BuyUpTried(models.Model):
    """A price break of a planned round: how many units more, what that saves or costs in fen."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="buy_ups")
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", null=True)
    from_units = models.PositiveIntegerField()
    more_units = models.PositiveIntegerField()
    gain_cny_minor = models.BigIntegerField()
    is_taken = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["round", "-gain_cny_minor"], name="buy_ups_by_gain")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.from_units}: {self.gain_cny_minor}"


class RoundShare(Owned):
    """What an importer pays for a round's goods, and would pay alone; fen at the day's mids.

    ``alone_lines`` are what it would buy alone: product, offer, units, and cost in fen of the
    product, which stands at each of its lines.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="importer_shares")
    cost_cny_minor = models.BigIntegerField()
    alone_cny_minor = models.BigIntegerField()
    alone_lines = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "importer"], name="an_importer_has_one_share_of_a_round"
            ),
            models.CheckConstraint(
                condition=Q(cost_cny_minor__lte=F("alone_cny_minor"), cost_cny_minor__gte=0),
                name="nobody_pays_more_than_alone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.importer_id} {self.cost_cny_minor}"


triggers.append_only("imports_roundshare")
