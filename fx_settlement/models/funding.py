"""Money in: what importers are asked for, and what goes back to them."""

from django.db import models
from django.db.models import F, Q

from core.models import Pool, User
from core.tenancy import Owned
from core.triggers import keeps
from fx_settlement.models.batches import SettlementBatch
from fx_settlement.models.late_charges import LateCharge


class FundingRequest(Owned):
    """What an importer is asked to pay in by a day, under a reference of its own."""

    class Kind(models.TextChoices):
        DEPOSIT = "deposit", "Deposit"
        GOODS = "goods", "Goods"
        CHARGES = "charges", "Charges"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        PAID = "paid", "Paid"
        CANCELLED = "cancelled", "Cancelled"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    batch = models.ForeignKey(SettlementBatch, models.PROTECT, null=True, related_name="+")
    late_charge = models.ForeignKey(LateCharge, models.PROTECT, null=True, related_name="requests")
    amount_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField(default=0)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    late_since = models.DateField(null=True)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, paid_minor__gte=0),
                name="what_is_asked_for_is_something",
            ),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(paid_minor__lt=F("amount_minor")),
                name="what_is_paid_in_full_is_not_open",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid_minor__gte=F("amount_minor")),
                name="what_is_paid_was_paid_in_full",
            ),
            models.UniqueConstraint(
                fields=["importer", "batch"],
                condition=Q(state="open"),
                name="an_importer_is_asked_once_for_a_batch",
            ),
            models.UniqueConstraint(
                fields=["importer", "late_charge"],
                condition=Q(state="open"),
                name="an_importer_is_asked_once_for_a_late_charge",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="funding_by_state")]

    def __str__(self) -> str:
        return self.number

    @property
    def missing_minor(self) -> int:
        """What has not arrived yet, in fen."""
        return max(0, self.amount_minor - self.paid_minor)


class Refund(Owned):
    """Money that goes back to an importer: held when asked for, paid once a second agrees."""

    class State(models.TextChoices):
        ASKED = "asked", "Asked for"
        APPROVED = "approved", "Approved"
        PAID = "paid", "Paid"
        DECLINED = "declined", "Declined"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    amount_minor = models.BigIntegerField()
    because = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    paid_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="a_refund_gives_something_back"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")),
                name="who_approves_a_refund_did_not_ask_for_it",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "paid"]) | Q(approved_by__isnull=False),
                name="no_refund_leaves_unapproved",
            ),
        ]

    def __str__(self) -> str:
        return self.number


keeps("fx_settlement_refund", "importer_id", "pool_id", "number", "amount_minor", "asked_by_id")
keeps(
    "fx_settlement_fundingrequest",
    "importer_id", "pool_id", "number", "kind", "batch_id", "late_charge_id",
)  # fmt: skip
