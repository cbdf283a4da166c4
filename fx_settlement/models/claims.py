"""What insurers grant for goods that were lost, until it arrives and is credited."""

from django.db import models
from django.db.models import Q

from core.models import Pool
from core.triggers import keeps
from warehouse.models import Claim


class GrantedClaim(models.Model):
    """What an insurer owes a pool's importers; ``expected_minor`` is fen at the mid of its answer.

    ``shares`` are pairs of importer and its part of what was granted, in the claim's currency.
    """

    class State(models.TextChoices):
        EXPECTED = "expected", "Expected"
        RECEIVED = "received", "Received"

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="+")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    shares = models.JSONField()
    expected_minor = models.BigIntegerField()
    granted_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.EXPECTED)
    received_minor = models.BigIntegerField(default=0)
    received_on = models.DateField(null=True, help_text="the last of it")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expected_minor__gt=0), name="a_granted_claim_is_worth_something"
            ),
            models.CheckConstraint(
                condition=Q(received_minor=0, received_on__isnull=True, state="expected")
                | Q(received_minor__gt=0, received_on__isnull=False),
                name="a_received_claim_says_how_much_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.state}"


keeps("fx_settlement_grantedclaim", "claim_id", "pool_id", "shares", "expected_minor")
