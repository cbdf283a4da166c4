"""What is owed to suppliers, how it is paid, and what everything cost each importer."""

from django.db import models
from django.db.models import F, Q

from core.models import Party, Pool, User
from core.tenancy import Owned
from core.triggers import append_only, keeps
from fx_settlement.domain.fees import Bracket, Fee, FeeRule
from imports.models import ConsignmentCharge, PurchaseOrder
from warehouse.models import Receipt


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


class SettlementBatch(models.Model):
    """Everything a pool pays in one currency in one month: one conversion, one wire a supplier."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        LOCKED = "locked", "Locked"
        QUOTED = "quoted", "Quoted"
        APPROVED = "approved", "Approved"
        CONVERTED = "converted", "Converted"
        SETTLED = "settled", "Settled"
        ALLOCATED = "allocated", "Allocated"
        CLOSED = "closed", "Closed"
        VOID = "void", "Void"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    currency = models.CharField(max_length=3)
    month = models.DateField(help_text="first day of the month")
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    foreign_minor = models.BigIntegerField(default=0, help_text="what its payments add up to")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_sha256 = models.CharField(
        max_length=64, blank=True, default="", help_text="digest of what was agreed to"
    )
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "settlement batches"
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "currency", "month"],
                condition=~Q(state="void"),
                name="one_batch_per_pool_currency_and_month",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(made_by__isnull=False) & ~Q(approved_by=F("made_by")),
                name="the_checker_of_a_batch_is_not_its_maker",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "locked", "quoted", "void"])
                | Q(approved_by__isnull=False),
                name="nothing_is_converted_without_a_checker",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_sha256="")
                | Q(approved_by__isnull=False)
                & (~Q(state="approved") | Q(approved_sha256__regex="^[0-9a-f]{64}$")),
                name="an_approval_in_force_names_what_was_agreed_to",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "void"]) | Q(foreign_minor__gt=0),
                name="a_locked_batch_pays_something",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Quote(models.Model):
    """A rate a bank offered for a batch: 1 base = rate quote, with the mid it was offered over."""

    batch = models.ForeignKey(SettlementBatch, models.PROTECT, related_name="quotes")
    provider = models.CharField(max_length=80)
    is_simulated = models.BooleanField(default=False)
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    mid = models.DecimalField(max_digits=20, decimal_places=10)
    mid_on = models.DateField()
    mid_source = models.CharField(max_length=40)
    margin_row = models.ForeignKey(FeeRow, models.PROTECT, related_name="+")
    all_in = models.DecimalField(max_digits=20, decimal_places=10)
    quoted_at = models.DateTimeField()
    valid_before = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mid__gt=0, all_in__gt=0), name="a_quoted_rate_is_positive"
            )
        ]

    def __str__(self) -> str:
        return f"{self.base}{self.quote} {self.all_in}"


class Conversion(models.Model):
    """The one purchase of a batch's currency; the foreign amount is fixed, CNY the result."""

    batch = models.OneToOneField(SettlementBatch, models.PROTECT, related_name="conversion")
    quote = models.OneToOneField(Quote, models.PROTECT, related_name="conversion")
    foreign_minor = models.BigIntegerField()
    cny_minor = models.BigIntegerField(help_text="paid in all")
    at_mid_minor = models.BigIntegerField(help_text="what the mid would have cost")
    converted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(foreign_minor__gt=0, cny_minor__gt=0, at_mid_minor__gte=0),
                name="a_conversion_buys_something_for_something",
            )
        ]

    def __str__(self) -> str:
        return f"conversion of {self.batch_id}"

    @property
    def margin_minor(self) -> int:
        """What the bank's margin cost."""
        return self.cny_minor - self.at_mid_minor


class Payment(models.Model):
    """One wire of a batch to one supplier, for all importers together."""

    class State(models.TextChoices):
        INSTRUCTED = "instructed", "Instructed"
        SETTLED = "settled", "Settled"
        VOID = "void", "Void"

    batch = models.ForeignKey(SettlementBatch, models.PROTECT, related_name="payments")
    supplier = models.ForeignKey(Party, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reference = models.CharField(max_length=35, unique=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.INSTRUCTED)
    fee_minor = models.BigIntegerField(null=True)
    fee_row = models.ForeignKey(FeeRow, models.PROTECT, null=True, related_name="+")
    settled_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="a_payment_is_never_negative"
            ),
            models.UniqueConstraint(
                fields=["batch", "supplier"],
                condition=~Q(state="void"),
                name="one_wire_per_supplier_and_batch",
            ),
            models.CheckConstraint(
                condition=~Q(state="settled")
                | Q(fee_minor__gte=0, fee_row__isnull=False, settled_on__isnull=False),
                name="a_settled_payment_knows_its_day_and_fee",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Obligation(Owned):
    """What an importer owes a supplier for one order (positive), or gets back (negative).

    ``benchmark_rate`` is the mid of the day on which the order was placed: 1 unit of the
    currency = rate CNY. The last three columns are the importer's shares, once known.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", "Invoice"
        CREDIT_NOTE = "credit_note", "Credit note"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        HELD = "held", "Held in a dispute"
        LOCKED = "locked", "In a batch"
        PAID = "paid", "Paid"
        CANCELLED = "cancelled", "Cancelled"

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="+")
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Party, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(help_text="signed, in the supplier's currency")
    raised_on = models.DateField()
    due_on = models.DateField()
    benchmark_rate = models.DecimalField(max_digits=20, decimal_places=10)
    benchmark_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    batch = models.ForeignKey(
        SettlementBatch, models.PROTECT, null=True, related_name="obligations"
    )
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="obligations")
    cny_minor = models.BigIntegerField(null=True, help_text="share of the conversion")
    margin_minor = models.BigIntegerField(null=True, help_text="of which the bank's margin")
    fee_minor = models.BigIntegerField(null=True, help_text="share of the wire's fee")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "order", "receipt", "kind"],
                name="one_obligation_per_importer_order_receipt_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", amount_minor__gt=0)
                | Q(kind="credit_note", amount_minor__lt=0),
                name="an_invoice_is_owed_and_a_credit_note_is_owing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["locked", "paid"], batch__isnull=False)
                | Q(state__in=["open", "held", "cancelled"], batch__isnull=True),
                name="an_obligation_is_in_at_most_one_live_batch",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(cny_minor__isnull=False, payment__isnull=False),
                name="a_paid_obligation_knows_what_it_cost",
            ),
        ]
        indexes = [models.Index(fields=["state", "currency"], name="obligations_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id} of {self.importer_id}"


class ChargeShare(Owned):
    """An importer's share of a charge in CNY: of a consignment, of a year's storage, of the fee."""

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
                condition=Q(amount_minor__gte=0), name="a_share_of_a_charge_is_never_negative"
            ),
        ]
        indexes = [models.Index(fields=["source"], name="charge_shares_by_source")]

    def __str__(self) -> str:
        return f"{self.source} of {self.importer_id}"


append_only("fx_settlement_quote")
keeps("fx_settlement_payment", "batch_id", "supplier_id", "currency", "amount_minor", "reference")
keeps("fx_settlement_obligation", "importer_id", "supplier_id", "currency", "amount_minor")
"""So that what a batch's approver agreed to is what is paid: a batch moves by its version only."""
append_only("fx_settlement_conversion")
append_only("fx_settlement_chargeshare")
