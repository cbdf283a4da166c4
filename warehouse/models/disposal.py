"""Cases of goods that must go: why, by which way, on whose authority, with what evidence."""

from django.db import models
from django.db.models import Q

from core.models import Document, Party, Pool
from core.triggers import append_only
from warehouse.domain.disposal import DisposalReason, EvidenceKind, Way
from warehouse.models.papers import BookDocument
from warehouse.models.receipts import Lot


class DisposalCase(models.Model):
    """Units of one lot and owner that must be returned abroad or destroyed."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        AUTHORISED = "authorised", "Authorised"
        PLANNED = "planned", "Planned"
        EXECUTED = "executed", "Executed"
        CLOSED = "closed", "Closed"
        DROPPED = "dropped", "Dropped"

    number = models.CharField(max_length=32, unique=True)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="disposal_cases")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="disposal_cases")
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    reason = models.CharField(max_length=14, choices=[(r.value, r.value) for r in DisposalReason])
    source = models.CharField(max_length=80, help_text="what opened it, such as recall:3")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_on = models.DateField()
    way = models.CharField(max_length=14, blank=True, choices=[(w.value, w.value) for w in Way])
    cannot_return = models.CharField(max_length=300, blank=True)
    destroyer = models.CharField(max_length=120, blank=True)
    authorised_on = models.DateField(null=True)
    planned_on = models.DateField(null=True)
    execute_by = models.DateField(null=True)
    is_extended = models.BooleanField(default=False)
    executed_on = models.DateField(null=True)
    papers_by = models.DateField(null=True)
    filed_on = models.DateField(null=True)
    keep_until = models.DateField(null=True)
    scrap_income_minor = models.BigIntegerField(default=0)
    paper = models.OneToOneField(
        BookDocument, models.PROTECT, null=True, related_name="disposal_case"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "owner", "source"], name="a_cause_opens_a_case_once"
            ),
            models.UniqueConstraint(
                fields=["lot", "owner"],
                condition=Q(state__in=["open", "authorised", "planned"]),
                name="goods_are_in_one_open_case",
            ),
            models.CheckConstraint(condition=Q(units__gt=0), name="a_case_is_about_something"),
            models.CheckConstraint(
                condition=~Q(way="destruction") | ~Q(cannot_return=""),
                name="return_abroad_goes_before_destruction",
            ),
            models.CheckConstraint(
                condition=Q(planned_on__isnull=True) | Q(authorised_on__isnull=False),
                name="nothing_is_disposed_of_without_authorisation",
            ),
            models.CheckConstraint(
                condition=Q(executed_on__isnull=True, keep_until__isnull=True)
                | Q(executed_on__isnull=False, keep_until__isnull=False),
                name="evidence_of_what_was_done_is_kept",
            ),
        ]
        indexes = [models.Index(fields=["pool", "state"], name="disposal_cases_that_wait")]

    def __str__(self) -> str:
        return self.number


class DisposalEvidence(models.Model):
    """A paper or recording of a case; never changed, never removed while it must be kept."""

    case = models.ForeignKey(DisposalCase, models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=14, choices=[(k.value, k.value) for k in EvidenceKind])
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "disposal evidence"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "document"], name="evidence_is_filed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


append_only("warehouse_disposalevidence")
