"""Releases of unused units: terms, what owners keep and give, and what others ask and get."""

from django.db import models
from django.db.models import F, Q

from core.models import Party, Pool
from core.triggers import append_only, keeps
from imports.models.orders import OwnedByOwner
from warehouse.domain.allocation import Explanation, Rule
from warehouse.domain.ownership import Cause
from warehouse.models.dispatch import Reservation
from warehouse.models.receipts import Lot

_CAUSES = [(c.value, c.value) for c in (Cause.UNUSED, Cause.LEAVING, Cause.ABANDONED)]


class ReleaseTerms(models.Model):
    """From a day on: what a unit may lose at most when it is given to others, in minor units."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="release_terms")
    valid_from = models.DateField()
    fee_cap_minor = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "valid_from"], name="terms_of_release_start_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pool_id} {self.valid_from} {self.fee_cap_minor}"


class Release(models.Model):
    """One product's unused units: kept until one day, asked for until another, then passed on.

    ``only_owner`` is the importer who leaves or abandons its stock; empty: everybody's.
    """

    class State(models.TextChoices):
        ANNOUNCED = "announced", "Announced"
        OFFERED = "offered", "Offered"
        CLOSED = "closed", "Closed"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="releases")
    product = models.ForeignKey("imports.Product", models.PROTECT, related_name="+")
    cause = models.CharField(max_length=12, choices=_CAUSES, default=Cause.UNUSED.value)
    only_owner = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    keep_before = models.DateField()
    ask_before = models.DateField()
    discount_minor = models.PositiveIntegerField()
    fee_cap_minor = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ANNOUNCED)
    announced_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(discount_minor__lte=F("fee_cap_minor")),
                name="nobody_loses_more_than_the_cap",
            ),
            models.CheckConstraint(
                condition=Q(ask_before__gte=F("keep_before")),
                name="a_release_is_offered_before_it_closes",
            ),
            models.UniqueConstraint(
                fields=["pool", "product"],
                condition=~Q(state="closed"),
                name="a_product_is_in_one_open_release",
            ),
        ]

    def __str__(self) -> str:
        return f"release {self.pk}"

    @property
    def reference(self) -> str:
        """Under what its movements, transfers and reservations stand."""
        return f"release:{self.pk}"


class ReleaseKeep(models.Model):
    """How many units of a release's product an owner keeps; it may change until the deadline."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="kept")
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()

    objects = OwnedByOwner()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "owner"], name="an_owner_keeps_one_number")
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} keeps {self.units}"


class ReleaseOffer(models.Model):
    """Units of one lot that an owner gives in a release, held for it, at a fixed price each."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="offers")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    landed_minor = models.PositiveBigIntegerField()
    storage_minor = models.PositiveBigIntegerField()
    price_minor = models.PositiveBigIntegerField()
    reservation = models.OneToOneField(Reservation, models.PROTECT, related_name="offer")

    objects = OwnedByOwner()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "lot", "owner"], name="a_lot_is_offered_once_by_its_owner"
            ),
            models.CheckConstraint(condition=Q(units__gt=0), name="an_offer_gives_something"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} gives {self.units}"


class ReleaseAsk(models.Model):
    """How many offered units an importer asks for; each change sets the money aside anew."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="asks")
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=1)

    objects = OwnedByOwner()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "owner"], name="an_owner_asks_one_number")
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} asks {self.units}"


class ReleaseGrant(models.Model):
    """What one importer got of a release, with the numbers that justify it; never changed."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="grants")
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    asked_units = models.PositiveIntegerField()
    granted_units = models.PositiveIntegerField()
    level_units = models.PositiveIntegerField(null=True)
    paid_minor = models.PositiveBigIntegerField()

    objects = OwnedByOwner()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "owner"], name="an_owner_is_granted_once"),
            models.CheckConstraint(
                condition=Q(granted_units__lte=F("asked_units")),
                name="nobody_gets_more_than_it_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.granted_units} of {self.asked_units}"

    @property
    def explanation(self) -> Explanation:
        """The numbers behind the sentence that the owner reads."""
        return Explanation(Rule.UNIFORM, self.asked_units, self.granted_units, self.level_units)


append_only("warehouse_releasegrant")
keeps("warehouse_releaseoffer", "release_id", "lot_id", "owner_id", "units", "price_minor")
