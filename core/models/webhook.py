"""A shop's keys to the API, and where it wants to be told."""

from django.db import models

from core.models.owned import Owned, OwnedManager
from core.models.party import Importer
from core.models.user import User


class ApiKey(models.Model):
    """A key of an importer's shop: kept as a digest, with scopes and an end."""

    importer = models.ForeignKey(Importer, models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.BinaryField(max_length=32)
    scopes = models.JSONField(default=list)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    valid_before = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    objects = OwnedManager()

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"


class Subscription(Owned):
    """Facts that an importer's shop is told of, by signed calls to one address."""

    address = models.URLField(max_length=300)
    names = models.JSONField(default=list)
    sealed_secret = models.BinaryField()
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "address"], name="an_address_is_subscribed_once"
            )
        ]

    def __str__(self) -> str:
        return f"subscription of {self.importer_id}"


class Delivery(models.Model):
    """One fact on its way to one subscription, until it is answered or given up."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DELIVERED = "delivered", "Delivered"
        GIVEN_UP = "given_up", "Given up"

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="deliveries")
    position = models.PositiveBigIntegerField()
    name = models.CharField(max_length=80)
    body = models.JSONField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    last_status = models.PositiveSmallIntegerField(null=True)
    next_try_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "position"], name="a_fact_is_delivered_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="deliveries_to_try",
                condition=models.Q(state="waiting"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"
