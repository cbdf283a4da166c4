"""Who takes part: parties, their users, pools and dated appointments."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from core.models.user import User


class Role(models.TextChoices):
    """What a user may act as; the access table is written in these words."""

    IMPORTER = "importer", "Importer"
    OPERATOR = "operator", "Operator"
    BROKER = "broker", "Customs broker"
    PUBLIC = "public", "Anyone"


class Right(models.TextChoices):
    """What a member may change for its party, beyond looking."""

    PLAN = "plan", "Forecasts and offers"
    TRADE = "trade", "Consumer orders and dispatch"
    MONEY = "money", "Payments and approvals"
    MANAGE = "manage", "Members and settings"


def all_rights() -> list[str]:
    """Every right: what a party's first user has."""
    return [right.value for right in Right]


class Party(models.Model):
    """A legal person: importer, operator, keeper, platform, broker, carrier, supplier, agent."""

    class Kind(models.TextChoices):
        IMPORTER = "importer", "Importer"
        OPERATOR = "operator", "Operator"
        KEEPER = "keeper", "Keeper of the account book"
        PLATFORM = "platform", "Shop platform"
        PAYMENT = "payment", "Payment company"
        LOGISTICS = "logistics", "Logistics company"
        BROKER = "broker", "Customs broker"
        SUPPLIER = "supplier", "Supplier"
        AGENT = "agent", "Domestic agent"
        SERVICE = "service", "Service provider"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2)
    uscc = models.CharField(max_length=18, blank=True, help_text="unified social credit code")
    customs_code = models.CharField(max_length=18, blank=True, help_text="customs' registration")
    street = models.CharField(max_length=140, blank=True)
    town = models.CharField(max_length=70, blank=True)
    postcode = models.CharField(max_length=16, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    joined_on = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "parties"
        indexes = [models.Index(fields=["kind", "code"], name="party_by_kind")]

    def __str__(self) -> str:
        return self.name


class OfKind(models.Manager["Party"]):
    """Parties of one kind."""

    def __init__(self, kind: str = "") -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> models.QuerySet["Party"]:
        return super().get_queryset().filter(kind=self.kind)


class Importer(Party):
    """The small seller: a member of the pool, owner of its goods until the consumer buys."""

    objects = OfKind(Party.Kind.IMPORTER)  # type: ignore[assignment,misc]

    class Meta:
        proxy = True


class Operator(Party):
    """Leads the pool; holds received units in trust until they are allocated."""

    objects = OfKind(Party.Kind.OPERATOR)  # type: ignore[assignment,misc]

    class Meta:
        proxy = True


class Supplier(Party):
    """The foreign seller, paid in its own currency."""

    objects = OfKind(Party.Kind.SUPPLIER)  # type: ignore[assignment,misc]

    class Meta:
        proxy = True


class Broker(Party):
    """Prepares and sends declarations; works on the batches assigned to it."""

    objects = OfKind(Party.Kind.BROKER)  # type: ignore[assignment,misc]

    class Meta:
        proxy = True


class Pool(models.Model):
    """One bonded zone, one operator, rules and calendar for a year."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    operator = models.ForeignKey(Party, models.PROTECT, related_name="+")
    keeper = models.ForeignKey(Party, models.PROTECT, related_name="+")
    broker = models.ForeignKey(Party, models.PROTECT, related_name="+")
    zone_code = models.CharField(max_length=18, help_text="areaCode of the keeper's zone")
    zone_name = models.CharField(max_length=100)
    zone_name_zh = models.CharField(max_length=100)
    customs_district = models.CharField(max_length=4)
    port = models.CharField(max_length=5, help_text="UN/LOCODE of the port of entry")
    is_simulated = models.BooleanField(default=False, help_text="a demonstration, not trade")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user may act for a party in one role."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    party = models.ForeignKey(Party, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    rights = models.JSONField(default=all_rights)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "party", "role"], name="a_user_has_a_role_at_a_party_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.party_id}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments with their time."""

    def in_force(self, on: date) -> "AppointmentQuerySet":
        """Those that hold on a day."""
        ends_later = Q(valid_before__isnull=True) | Q(valid_before__gt=on)
        return self.filter(ends_later, valid_from__lte=on)


class Appointment(models.Model):
    """Who acts as domestic agent, guarantor or payer for an importer, and from when."""

    class Kind(models.TextChoices):
        DOMESTIC_AGENT = "domestic_agent", "Domestic agent"
        GUARANTOR = "guarantor", "Guarantor of consumer taxes"
        PAYER_OF_RECORD = "payer_of_record", "Payer of record"
        PLATFORM = "platform", "Shop platform"

    importer = models.ForeignKey(Importer, models.PROTECT, related_name="appointments")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_before = models.DateField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_before__isnull=True) | Q(valid_before__gt=F("valid_from")),
                name="an_appointment_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.importer_id} {self.kind} {self.party_id}"

    def is_in_force(self, on: date) -> bool:
        """Whether the appointment holds on a day."""
        return self.valid_from <= on and (self.valid_before is None or on < self.valid_before)
