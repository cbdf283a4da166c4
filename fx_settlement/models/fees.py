"""Dated rows of schedules, and what was charged to importers by them."""

from django.db import models
from django.db.models import F, Q

from core.domain.chart import TransferCode
from core.models import Pool
from core.tenancy import Owned
from core.triggers import append_only
from fx_settlement.domain.fees import Bracket, Fee, FeeRule
from imports.models import ConsignmentCharge


class FeeRow(models.Model):
    """One dated row of a bank's or the operator's schedule, with its source and its trust.

    ``brackets`` is empty for a flat rate, else ``from:percent|from:percent`` in minor units.
    For the operator, ``share_of_saving`` is the highest part of a saving that the fee may take.
    """

    class Kind(models.TextChoices):
        WIRE = "wire", "Wire to a supplier"
        MARGIN = "fx-margin", "Bank's margin on the rate"
        OPERATOR = "operator", "Operator's fee"
        BUFFER = "buffer", "Deposit against a moving rate"
        MATCH = "match", "How far an invoice's price may be off"

    key = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    currency = models.CharField(max_length=3, blank=True, help_text="empty: any currency")
    percent = models.DecimalField(max_digits=9, decimal_places=6, default=0)
    minimum_minor = models.BigIntegerField(default=0)
    maximum_minor = models.BigIntegerField(null=True)
    fixed_minor = models.BigIntegerField(default=0)
    brackets = models.CharField(max_length=200, blank=True)
    share_of_saving = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    valid_from = models.DateField()
    priced_on = models.DateField()
    date_kind = models.CharField(max_length=40)
    covers = models.CharField(max_length=300)
    source = models.CharField(max_length=300)
    trust = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=0, minimum_minor__gte=0, fixed_minor__gte=0),
                name="a_fee_is_never_negative",
            ),
            models.CheckConstraint(
                condition=Q(maximum_minor__isnull=True) | Q(maximum_minor__gte=F("minimum_minor")),
                name="a_fees_maximum_is_not_below_its_minimum",
            ),
            models.CheckConstraint(
                condition=Q(share_of_saving__isnull=True)
                | Q(share_of_saving__gte=0, share_of_saving__lte=100),
                name="a_fee_takes_at_most_the_whole_saving",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def rule(self) -> FeeRule:
        """The row as the domain reads it."""
        fee = Fee(
            percent=self.percent,
            minimum_minor=self.minimum_minor,
            maximum_minor=self.maximum_minor,
            fixed_minor=self.fixed_minor,
            brackets=tuple(Bracket.parse(part) for part in self.brackets.split("|") if part),
        )
        return FeeRule(self.key, self.kind, self.currency, self.valid_from, fee)


class ChargeShare(Owned):
    """An importer's share of a charge in CNY: of a consignment, of a year's storage, of the fee.

    Of a charge that came late it may be negative: what was charged too much is given back.
    """

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    charge = models.ForeignKey(ConsignmentCharge, models.PROTECT, null=True, related_name="shares")
    source = models.CharField(max_length=60, help_text="what was shared, such as charge:12")
    code = models.CharField(max_length=24, help_text="transfer code")
    amount_minor = models.BigIntegerField()
    on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "source"], name="a_charge_is_shared_once_with_each_importer"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0) | Q(code=TransferCode.LATE_CHARGE.value),
                name="only_a_late_charge_gives_back",
            ),
        ]
        indexes = [models.Index(fields=["source"], name="charge_shares_by_source")]

    def __str__(self) -> str:
        return f"{self.source} of {self.importer_id}"


class FeeInvoice(Owned):
    """What an operator bills an importer for its own service, as charged to its account; fen."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    source = models.CharField(max_length=60, help_text="the charge, such as operator-fee:3")
    amount_minor = models.BigIntegerField()
    issued_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "source"], name="a_fee_is_billed_once_to_each_importer"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="a_fee_bills_something"),
        ]

    def __str__(self) -> str:
        return self.number


append_only("fx_settlement_feeinvoice")
append_only("fx_settlement_chargeshare")
