"""What is promised and what leaves: reservations, dispatch orders and the identities of units."""

from django.db import models
from django.db.models import Q

from core.tenancy import Owned
from warehouse.models.receipts import Lot


class Reservation(Owned):
    """Units of one lot promised to one request until a moment; others cannot have them."""

    class State(models.TextChoices):
        HELD = "held", "Held"
        PICKED = "picked", "Picked"
        RELEASED = "released", "Released"

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="reservations")
    units = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    expires_at = models.DateTimeField()
    request_key = models.CharField(max_length=120)
    part = models.PositiveSmallIntegerField(help_text="a request may take from several lots")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "request_key", "part"], name="a_request_reserves_once"
            ),
            models.CheckConstraint(
                condition=Q(units__gt=0), name="a_reservation_promises_something"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state="held"),
                name="reservations_that_may_expire",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units} of lot {self.lot_id} ({self.state})"


class DispatchOrder(Owned):
    """What the warehouse picks and ships together: one parcel to one consumer."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        PICKED = "picked", "Picked"
        SHIPPED = "shipped", "Shipped"
        CANCELLED = "cancelled", "Cancelled"

    number = models.CharField(max_length=32, unique=True)
    reference = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    ordered_at = models.DateTimeField()
    picked_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(shipped_at__isnull=True) | Q(picked_at__isnull=False),
                name="nothing_is_shipped_that_was_not_picked",
            ),
        ]
        indexes = [models.Index(fields=["importer", "state"], name="dispatch_by_importer")]

    def __str__(self) -> str:
        return self.number


class DispatchLine(models.Model):
    """Units of one lot in a dispatch order; each reservation is dispatched at most once."""

    order = models.ForeignKey(DispatchOrder, models.PROTECT, related_name="lines")
    product = models.ForeignKey("imports.Product", models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="dispatch_lines")
    units = models.PositiveIntegerField()
    reservation = models.OneToOneField(Reservation, models.PROTECT, related_name="dispatch_line")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gt=0), name="a_dispatch_line_sends_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units} of lot {self.lot_id}"


class UnitIdentity(models.Model):
    """The serial of one consumer unit, kept as a keyed hash: the clear code is not in here."""

    class State(models.TextChoices):
        ISSUED = "issued", "Issued"
        APPLIED = "applied", "Applied to a unit"
        RELEASED = "released", "Released to a consumer"
        VOID = "void", "Void"
        RECALLED = "recalled", "Recalled"

    code_hmac = models.BinaryField(max_length=32, unique=True)
    product = models.ForeignKey("imports.Product", models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="identities")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ISSUED)
    dispatch_line = models.ForeignKey(
        DispatchLine, models.PROTECT, null=True, related_name="identities"
    )

    class Meta:
        verbose_name_plural = "unit identities"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="released") | Q(dispatch_line__isnull=False),
                name="a_released_unit_left_in_a_dispatch",
            ),
        ]

    def __str__(self) -> str:
        return f"unit {self.pk} ({self.state})"
