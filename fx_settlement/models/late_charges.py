"""Charges that came after their costs were shared, and whose units bear them."""

from django.db import models
from django.db.models import F, Q

from core.models import Pool, User
from core.tenancy import Owned
from core.triggers import append_only, keeps
from imports.models import ConsignmentCharge
from warehouse.models import Lot


class LateCharge(models.Model):
    """A bill in fen that came late, signed: above zero it costs, below it gives back.

    It is shared as the charge was that it ``follows``: over that charge's consignment, or over all
    of the round. One person enters it, another posts it. What is posted is put right by a charge
    that ``reverses`` it, never changed. ``position`` is the last movement of goods that counted.
    """

    class State(models.TextChoices):
        ENTERED = "entered", "Entered"
        POSTED = "posted", "Posted"
        DROPPED = "dropped", "Dropped"
        REVERSED = "reversed", "Taken back"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    follows = models.ForeignKey(ConsignmentCharge, models.PROTECT, related_name="+")
    is_for_round = models.BooleanField(default=False)
    amount_minor = models.BigIntegerField()
    document = models.CharField(max_length=60, help_text="number of the bill")
    billed_on = models.DateField()
    due_on = models.DateField(help_text="importers pay by")
    because = models.CharField(max_length=200)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="reversals", help_text="what is taken back"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.ENTERED)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    posted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()
    posted_on = models.DateField(null=True)
    position = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount_minor=0), name="a_late_charge_charges_something"
            ),
            models.CheckConstraint(
                condition=Q(posted_by__isnull=True) | ~Q(posted_by=F("entered_by")),
                name="who_posts_a_late_charge_did_not_enter_it",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["posted", "reversed"], posted_by__isnull=False)
                & Q(posted_on__isnull=False, position__isnull=False)
                | Q(state__in=["entered", "dropped"], posted_by__isnull=True)
                & Q(posted_on__isnull=True),
                name="a_late_charge_is_posted_by_somebody_on_a_day",
            ),
            models.UniqueConstraint(
                fields=["pool", "follows", "document"],
                condition=Q(reverses__isnull=True, state__in=["entered", "posted"]),
                name="a_bill_is_charged_late_once",
            ),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=~Q(state="dropped"),
                name="a_late_charge_is_taken_back_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def source(self) -> str:
        """Under what its shares, and what lots carry of it, are recorded."""
        return f"late:{self.pk}"


class LatePart(Owned):
    """What an importer's units of one lot bear of a late charge: on hand and gone, in fen."""

    charge = models.ForeignKey(LateCharge, models.PROTECT, related_name="parts")
    lot = models.ForeignKey(
        Lot, models.PROTECT, null=True, related_name="+", help_text="empty: it never had any"
    )
    on_hand_units = models.PositiveBigIntegerField()
    gone_units = models.PositiveBigIntegerField()
    on_hand_minor = models.BigIntegerField()
    gone_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["charge", "importer", "lot"],
                name="an_importers_lot_bears_a_late_charge_once",
            ),
            models.CheckConstraint(
                condition=Q(on_hand_minor=0) | Q(on_hand_units__gt=0, lot__isnull=False),
                name="only_units_on_hand_carry_a_late_charge",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.charge_id} of {self.importer_id}"


append_only("fx_settlement_latepart")
keeps(
    "fx_settlement_latecharge",
    "pool_id", "number", "follows_id", "is_for_round", "amount_minor", "document", "billed_on",
    "due_on", "because", "reverses_id", "entered_by_id",
)  # fmt: skip
