"""Complaints of consumers about a unit: what was wrong, who must answer until when, the answer."""

from django.db import models
from django.db.models import Q

from core.models import Document, Importer, Party
from core.models.vault import Person
from core.tenancy import OwnedManager
from warehouse.models import UnitIdentity


class Complaint(models.Model):
    """One complaint; what the consumer wrote lies in the vault, the answer is public.

    Without importer it concerns a unit that was never sold: the operator answers.
    """

    class Kind(models.TextChoices):
        COPY = "copy", "Seems to be a copy"
        DAMAGED = "damaged", "Damaged or opened"
        QUALITY = "quality", "Smell, taste or look"
        HEALTH = "health", "Somebody fell ill"
        OTHER = "other", "Something else"

    class State(models.TextChoices):
        MADE = "made", "Waiting for an answer"
        ANSWERED = "answered", "Answered"

    number = models.CharField(max_length=20, unique=True)
    identity = models.ForeignKey(UnitIdentity, models.PROTECT, related_name="+")
    operator = models.ForeignKey(Party, models.PROTECT, related_name="+")
    importer = models.ForeignKey(Importer, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    photo = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.MADE)
    made_at = models.DateTimeField()
    answer_by_on = models.DateField()
    overdue_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True)

    objects = OwnedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="made", answered_at__isnull=True, answer="")
                | (Q(state="answered", answered_at__isnull=False) & ~Q(answer="")),
                name="an_answered_complaint_has_its_answer",
            ),
        ]
        indexes = [models.Index(fields=["identity"], name="complaints_by_unit")]

    def __str__(self) -> str:
        return self.number
