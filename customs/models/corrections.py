"""Withdrawals and returns asked of customs, their answers, and the tax bills that customs sends."""

from django.db import models
from django.db.models import Q

from core.models import Document
from core.tenancy import Owned
from core.triggers import append_only
from customs.domain import corrections
from customs.models.declarations import Declaration, DeclarationLine


class Correction(Owned):
    """One request to customs to withdraw a declaration, or to take goods of it back."""

    class Kind(models.TextChoices):
        CANCEL = corrections.CANCEL, "Withdrawal"
        RETURN = corrections.RETURN, "Return"

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, default=corrections.ASKED)
    cop_no = models.CharField(max_length=20, unique=True, help_text="our number of the request")
    reason = models.CharField(max_length=1000)
    request_key = models.CharField(max_length=80, unique=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=12, blank=True)
    back_on = models.DateField(null=True, help_text="when the goods were back in the zone")
    value_minor = models.BigIntegerField(default=0, help_text="value that left the buyer's year")
    tax_minor = models.BigIntegerField(default=0, help_text="taxes that went back")
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["declaration"],
                condition=Q(state__in=sorted(corrections.OPEN)),
                name="one_open_correction_per_declaration",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(corrections.CORRECTION_STEPS.states)),
                name="a_correction_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(value_minor=0, tax_minor=0) | Q(state=corrections.SETTLED),
                name="nothing_goes_back_before_a_correction_is_settled",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="corrections_by_state")]

    def __str__(self) -> str:
        return self.cop_no


class CorrectionLine(models.Model):
    """Units of a declared line that come back."""

    correction = models.ForeignKey(Correction, models.PROTECT, related_name="lines")
    line = models.ForeignKey(DeclarationLine, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["correction", "line"], name="a_correction_names_a_line_once"
            ),
            models.CheckConstraint(
                condition=Q(units__gt=0), name="a_correction_line_brings_something_back"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.correction_id}/{self.line_id}"


class CorrectionAnswer(Owned):
    """One answer of customs to a withdrawal or return, as received."""

    correction = models.ForeignKey(Correction, models.PROTECT, related_name="answers")
    status = models.CharField(max_length=10)
    error_code = models.CharField(max_length=12, blank=True)
    answered_at = models.DateTimeField()
    received_at = models.DateTimeField()
    has_moved = models.BooleanField(help_text="whether the request's state followed")
    sealed_raw = models.BinaryField(help_text="the answer's own words, encrypted")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["correction", "status", "answered_at"],
                name="an_answer_to_a_correction_is_heard_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.correction_id}: {self.status}"


append_only("customs_correctionanswer")


class TaxBill(Owned):
    """An electronic tax bill of one declaration: what customs computed, and how far it is."""

    class Status(models.TextChoices):
        MADE = "1", "Made"
        SUMMARISED = "2", "Summarised for payment"
        VOID = "3", "Void"

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="tax_bills")
    tax_no = models.CharField(max_length=50, unique=True)
    status = models.CharField(max_length=1, choices=Status.choices)
    payment_no = models.CharField(max_length=50, blank=True, help_text="entDutyNo (缴款书编号)")
    duty_minor = models.BigIntegerField()
    consumption_tax_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    billed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(duty_minor__gte=0, consumption_tax_minor__gte=0, vat_minor__gte=0),
                name="no_tax_of_a_bill_is_negative",
            ),
            models.UniqueConstraint(
                fields=["declaration"],
                condition=~Q(status="3"),
                name="one_valid_tax_bill_per_declaration",
            ),
        ]

    def __str__(self) -> str:
        return self.tax_no

    @property
    def total_minor(self) -> int:
        """All taxes of the bill."""
        return self.duty_minor + self.consumption_tax_minor + self.vat_minor
