"""The close of an account book's cycle: blind count, differences with their causes, the filing."""

from django.db import models
from django.db.models import F, Q

from core.models import Document
from core.triggers import Trigger, append_only, register
from warehouse.domain.closing import CauseKind
from warehouse.models.book import AccountBook, BookItem
from warehouse.models.stock import Movement


class BookClose(models.Model):
    """One cycle's close, from the count to customs' acceptance."""

    class State(models.TextChoices):
        COUNTING = "counting", "Being counted"
        EXPLAINING = "explaining", "Differences being explained"
        FILED = "filed", "Filed"
        CLOSED = "closed", "Closed"

    book = models.OneToOneField(AccountBook, models.PROTECT, related_name="close")
    state = models.CharField(max_length=10, choices=State.choices, default=State.COUNTING)
    opened_on = models.DateField()
    file_by = models.DateField()
    is_extended = models.BooleanField(default=False)
    counted_on = models.DateField(null=True)
    filed_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    paper = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    sheet = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(filed_on__isnull=True) | Q(counted_on__isnull=False),
                name="nothing_is_filed_that_was_not_counted",
            )
        ]

    def __str__(self) -> str:
        return f"close of {self.book_id}"


class CloseLine(models.Model):
    """One item: what was counted blind, what the book said, why they differ, the tax on it."""

    close = models.ForeignKey(BookClose, models.PROTECT, related_name="lines")
    item = models.ForeignKey(BookItem, models.PROTECT, related_name="+")
    counted_units = models.PositiveBigIntegerField(null=True)
    counted_by = models.CharField(max_length=64, blank=True)
    book_units = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    assessed_minor = models.BigIntegerField(null=True, help_text="tax as the rules give it")
    assessment = models.JSONField(null=True, help_text="the steps that lead to it")
    tax_minor = models.BigIntegerField(null=True, help_text="tax as stated to customs")
    tax_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["close", "item"], name="an_item_is_closed_once"),
            models.CheckConstraint(
                condition=Q(book_units__isnull=True) | Q(counted_units__isnull=False),
                name="the_book_is_shown_after_the_count",
            ),
            models.CheckConstraint(
                condition=Q(tax_minor__isnull=True) | Q(tax_minor__gte=0),
                name="a_tax_is_no_refund",
            ),
            models.CheckConstraint(
                condition=Q(tax_minor__isnull=True)
                | Q(assessed_minor__isnull=False, tax_minor=F("assessed_minor"))
                | ~Q(tax_because=""),
                name="a_tax_other_than_assessed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.counted_units}"

    @property
    def difference(self) -> int:
        """Units counted beyond the book; below zero: missing."""
        return (self.counted_units or 0) - (self.book_units or 0)


class CloseCause(models.Model):
    """Units of a difference, dated to the movement behind them; never changed."""

    line = models.ForeignKey(CloseLine, models.PROTECT, related_name="causes")
    kind = models.CharField(max_length=24, choices=[(k.value, k.value) for k in CauseKind])
    units = models.BigIntegerField()
    on = models.DateField()
    reference = models.CharField(max_length=80, blank=True)
    movement = models.ForeignKey(Movement, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(units=0), name="a_cause_explains_something")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.units}"


append_only("warehouse_closecause")

_LAW = "what was filed with customs never changes"
_FILED = (
    "EXISTS (SELECT 1 FROM warehouse_bookclose AS filed WHERE filed.id = OLD.close_id "
    "AND filed.state IN ('filed', 'closed'))"
)
register(
    Trigger(
        name="warehouse_closeline_stays_as_filed",
        table="warehouse_closeline",
        sqlite=(
            "CREATE TRIGGER warehouse_closeline_stays_as_filed BEFORE UPDATE "
            f"ON warehouse_closeline WHEN {_FILED} BEGIN SELECT RAISE(ABORT, '{_LAW}'); END"
        ),
        postgres=f"IF {_FILED} THEN RAISE EXCEPTION '{_LAW}' USING ERRCODE = 'check_violation'; "
        "END IF;",
        when="BEFORE UPDATE ON warehouse_closeline FOR EACH ROW",
    )
)
