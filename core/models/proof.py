"""Papers that a party has shown: licences and registrations with their time."""

from django.db import models

from core.models.document import Document
from core.models.party import Party
from core.models.user import User


class Proof(models.Model):
    """A paper on record, who looked at it, and until when it holds."""

    class Kind(models.TextChoices):
        LICENCE = "licence", "Business licence"
        OVERSEAS_REGISTRATION = "overseas_registration", "Registration outside China"
        CUSTOMS_REGISTRATION = "customs_registration", "Registration with customs"

    party = models.ForeignKey(Party, models.PROTECT, related_name="proofs")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    number = models.CharField(max_length=64)
    valid_until = models.DateField()
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["party", "kind"], name="proofs_by_party")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.party_id} until {self.valid_until}"
