"""What importers are bound to in a round: versions of every line, and where each of them stands."""

from django.db import models
from django.db.models import F, Q

from core import triggers
from core.models import Pool
from core.tenancy import Owned
from imports.models.catalogue import Product
from imports.models.orders import Round


class Commitment(Owned):
    """Units of a product that an importer is bound to take in a round; versions, one current.

    ``submitted_units`` are those of the first version, by which the band is measured.
    """

    class Cause(models.TextChoices):
        SUBMITTED = "submitted", "Submitted"
        REVISED = "revised", "Revised"
        TOPPED_UP = "topped_up", "Topped up"
        JOINED = "joined", "Joined later"

    round = models.ForeignKey(Round, models.PROTECT, related_name="commitments")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    tolerance_units = models.PositiveIntegerField(default=0)
    submitted_units = models.PositiveIntegerField()
    cause = models.CharField(max_length=10, choices=Cause.choices)
    version_from = models.DateTimeField()
    version_before = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "importer", "product"],
                condition=Q(version_before__isnull=True),
                name="one_version_of_a_commitment_is_current",
            ),
            models.CheckConstraint(
                condition=Q(version_before__isnull=True) | Q(version_before__gte=F("version_from")),
                name="a_commitment_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.importer_id} {self.product_id} {self.units}"


triggers.keeps(
    "imports_commitment", "round_id", "importer_id", "product_id", "units", "tolerance_units",
    "submitted_units", "cause", "version_from",
)  # fmt: skip


class RoundMember(Owned):
    """Where an importer stands in a round, and the value (fen) held against its limit.

    ``holds`` counts the holds made, so that each has a key of its own.
    """

    class State(models.TextChoices):
        COMMITTED = "committed", "Committed"
        UNCOVERED = "uncovered", "Above its limit"
        WITHDRAWN = "withdrawn", "Withdrawn"

    round = models.ForeignKey(Round, models.PROTECT, related_name="members")
    state = models.CharField(max_length=10, choices=State.choices)
    value_cny_minor = models.BigIntegerField(default=0)
    holds = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "importer"], name="an_importer_is_in_a_round_once"
            ),
            models.CheckConstraint(
                condition=Q(value_cny_minor__gte=0), name="a_commitment_is_worth_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.importer_id} {self.state}"


class Departure(Owned):
    """An importer left a pool, or failed it: its open commitments end, what was bought is owed."""

    class Cause(models.TextChoices):
        LEFT = "left", "Left"
        DEFAULTED = "defaulted", "Failed to pay"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "importer"], name="an_importer_leaves_a_pool_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pool_id} {self.importer_id} {self.cause}"


triggers.append_only("imports_departure")


class LotSeen(models.Model):
    """Which product a lot of the warehouse holds, as the fact log told."""

    lot_id = models.BigIntegerField(primary_key=True)
    product = models.ForeignKey(Product, models.DO_NOTHING, related_name="+", db_constraint=False)

    objects: "models.Manager[LotSeen]" = models.Manager()

    def __str__(self) -> str:
        return f"{self.lot_id} {self.product_id}"


class UnitsDrawn(Owned):
    """Units of a product that left the pool for an importer's consumers in a month."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    month = models.DateField()
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "product", "month"], name="a_month_is_counted_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.importer_id} {self.product_id} {self.month}"
