"""What was wrong with a delivery: photos of it, and the claims that it gave rise to."""

from django.db import models
from django.db.models import Q

from core.models import Document, Party
from core.triggers import keeps
from warehouse.domain.claims import Against, Cause
from warehouse.models.receipts import ReceiptLine


class Photo(models.Model):
    """A picture of goods as they arrived; the file is kept sealed."""

    receipt_line = models.ForeignKey(ReceiptLine, models.PROTECT, related_name="photos")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["receipt_line", "document"], name="a_picture_is_kept_once_per_line"
            )
        ]

    def __str__(self) -> str:
        return f"photo {self.pk}"


class Claim(models.Model):
    """What a supplier or an insurer owes for units that came short or damaged."""

    class State(models.TextChoices):
        MADE = "made", "Made"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    number = models.CharField(max_length=32, unique=True)
    receipt_line = models.ForeignKey(ReceiptLine, models.PROTECT, related_name="claims")
    cause = models.CharField(max_length=12, choices=[(c.value, c.value) for c in Cause])
    against = models.CharField(max_length=10, choices=[(a.value, a.value) for a in Against])
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=State.choices, default=State.MADE)
    accepted_minor = models.BigIntegerField(null=True)
    made_on = models.DateField()
    answered_on = models.DateField(null=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["receipt_line", "cause"], name="a_loss_is_claimed_from_one_party_only"
            ),
            models.CheckConstraint(
                condition=Q(units__gt=0, amount_minor__gte=0), name="a_claim_claims_something"
            ),
            models.CheckConstraint(
                condition=Q(accepted_minor__isnull=True)
                | Q(accepted_minor__gte=0, accepted_minor__lte=models.F("amount_minor")),
                name="no_more_is_accepted_than_was_claimed",
            ),
            models.CheckConstraint(
                condition=Q(state="made", answered_on__isnull=True)
                | (~Q(state="made") & Q(answered_on__isnull=False, accepted_minor__isnull=False)),
                name="an_answered_claim_says_when_and_how_much",
            ),
        ]

    def __str__(self) -> str:
        return self.number


keeps(
    "warehouse_claim",
    "number", "receipt_line_id", "cause", "against", "party_id", "units", "amount_minor",
    "currency", "made_on",
)  # fmt: skip
