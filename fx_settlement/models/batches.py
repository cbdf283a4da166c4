"""Batches: what is converted and paid together, the quotes, and the wires."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from core.models import Party, Pool, User
from core.triggers import append_only, keeps
from fx_settlement.domain.batches import IN_PREPARATION
from fx_settlement.domain.conversion import markup_bps
from fx_settlement.models.accounts import BankAccount, SupplierAccount
from fx_settlement.models.fees import FeeRow


class SettlementBatch(models.Model):
    """What a pool pays in one currency: one conversion, one wire a supplier.

    A batch that buys pays nobody: its currency is held until a paying batch takes it. What a
    batch still has to buy is ``to_buy_minor``: it may pay with currency bought before.
    """

    class Purpose(models.TextChoices):
        PAY = "pay", "Convert and pay"
        BUY = "buy", "Convert now, pay later"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        LOCKED = "locked", "Locked"
        QUOTED = "quoted", "Quoted"
        APPROVED = "approved", "Approved"
        CONVERTED = "converted", "Converted"
        INSTRUCTED = "instructed", "Sent to the bank"
        ACCEPTED = "accepted", "Accepted by the bank"
        PART_REJECTED = "part_rejected", "Partly rejected by the bank"
        SETTLED = "settled", "Settled"
        ALLOCATED = "allocated", "Allocated"
        CLOSED = "closed", "Closed"
        VOID = "void", "Void"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    currency = models.CharField(max_length=3)
    month = models.DateField(help_text="first day of the month")
    purpose = models.CharField(max_length=3, choices=Purpose.choices, default=Purpose.PAY)
    account = models.ForeignKey(BankAccount, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=13, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    foreign_minor = models.BigIntegerField(default=0, help_text="what its payments add up to")
    to_buy_minor = models.BigIntegerField(default=0, help_text="what is not bought yet at the lock")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    chosen = models.ForeignKey("Quote", models.PROTECT, null=True, related_name="+")
    choice = models.CharField(max_length=200, blank=True, help_text="why not the cheapest offer")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_sha256 = models.CharField(
        max_length=64, blank=True, default="", help_text="digest of what was agreed to"
    )
    value_on = models.DateField(null=True, help_text="when the currency arrives")
    requested_on = models.DateField(null=True, help_text="when the bank is asked to pay")
    instructed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "settlement batches"
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "currency", "month", "purpose"],
                condition=Q(state__in=IN_PREPARATION),
                name="one_batch_in_preparation_per_pool_currency_month_and_purpose",
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
            models.CheckConstraint(
                condition=Q(to_buy_minor__gte=0), name="a_batch_never_sells_currency"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["instructed", "accepted", "part_rejected"])
                | Q(instructed_at__isnull=False, requested_on__isnull=False, purpose="pay"),
                name="what_the_bank_was_told_has_its_day",
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

    @property
    def markup_bps(self) -> Decimal:
        """How far the offer lies above the mid, in basis points with two decimals."""
        return markup_bps(self.mid, self.all_in)


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
        ACCEPTED = "accepted", "Accepted by the bank"
        REJECTED = "rejected", "Rejected by the bank"
        SETTLED = "settled", "Settled"
        VOID = "void", "Void"

    batch = models.ForeignKey(SettlementBatch, models.PROTECT, related_name="payments")
    supplier = models.ForeignKey(Party, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    account = models.ForeignKey(SupplierAccount, models.PROTECT, null=True, related_name="+")
    reference = models.CharField(max_length=35, unique=True)
    uetr = models.CharField(max_length=36, blank=True, default="")
    bank_status = models.CharField(max_length=4, blank=True, help_text="as of the last pain.002")
    bank_reason = models.CharField(max_length=140, blank=True)
    bank_reference = models.CharField(max_length=35, blank=True, help_text="the bank's own")
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
                fields=["uetr"], condition=~Q(uetr=""), name="a_uetr_names_one_payment"
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


append_only("fx_settlement_quote")
append_only("fx_settlement_conversion")
keeps(
    "fx_settlement_payment",
    "batch_id",
    "supplier_id",
    "currency",
    "amount_minor",
    "reference",
    "account_id",
    "uetr",
)
