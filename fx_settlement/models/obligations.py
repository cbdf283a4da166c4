"""What importers owe to suppliers, and what suppliers give back."""

from django.db import models
from django.db.models import Q

from core.models import Party, User
from core.tenancy import Owned
from core.triggers import append_only, keeps
from fx_settlement.models.batches import Conversion, Payment, SettlementBatch
from imports.models import Consignment, PurchaseOrder, PurchaseOrderLine
from warehouse.models import Claim, Receipt


class Obligation(Owned):
    """What an importer owes a supplier for one order (positive), or gets back (negative).

    ``benchmark_rate`` is the mid of the day on which the order was placed: 1 unit of the
    currency = rate CNY. The last three columns are the importer's shares, once known.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", "Invoice"
        CREDIT_NOTE = "credit_note", "Credit note"
        ADJUSTMENT = "adjustment", "Difference to the invoice"
        CLAIM = "claim", "Claim that the supplier does not bear"

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
    conversion = models.ForeignKey(
        Conversion,
        models.PROTECT,
        null=True,
        related_name="obligations",
        help_text="what bought it",
    )
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="obligations")
    claim = models.ForeignKey(
        Claim, models.PROTECT, null=True, related_name="+", help_text="what was credited too much"
    )
    entry_number = models.CharField(
        max_length=18, blank=True, help_text="of the customs entry that the goods came in under"
    )
    held_because = models.CharField(max_length=200, blank=True)
    cny_minor = models.BigIntegerField(null=True, help_text="share of the conversion")
    margin_minor = models.BigIntegerField(null=True, help_text="of which the bank's margin")
    fee_minor = models.BigIntegerField(null=True, help_text="share of the wire's fee")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "order", "receipt", "kind"],
                condition=Q(claim__isnull=True),
                name="one_obligation_per_importer_order_receipt_and_kind",
            ),
            models.UniqueConstraint(
                fields=["importer", "claim"], name="a_claim_is_billed_back_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="claim", claim__isnull=False)
                | ~Q(kind="claim") & Q(claim__isnull=True),
                name="what_is_billed_back_names_its_claim",
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", amount_minor__gt=0)
                | Q(kind="credit_note", amount_minor__lt=0)
                | Q(kind="adjustment") & ~Q(amount_minor=0)
                | Q(kind="claim", amount_minor__gt=0),
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
            models.CheckConstraint(
                condition=Q(conversion__isnull=True, cny_minor__isnull=True)
                | Q(conversion__isnull=False, cny_minor__isnull=False),
                name="an_obligation_was_bought_by_what_it_cost",
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | ~Q(held_because=""),
                name="what_is_held_says_why",
            ),
        ]
        indexes = [models.Index(fields=["state", "currency"], name="obligations_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id} of {self.importer_id}"


class EntryNumber(models.Model):
    """The customs entry that a consignment came in under, as customs accepted it."""

    consignment = models.OneToOneField(Consignment, models.PROTECT, related_name="+")
    number = models.CharField(max_length=18)
    accepted_on = models.DateField()

    def __str__(self) -> str:
        return self.number


class SupplierInvoice(models.Model):
    """What a supplier bills for an order, compared with what was ordered and received."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for the receipt"
        MATCHED = "matched", "Agrees"
        DIFFERS = "differs", "Differs"
        DISPUTED = "disputed", "Disputed"
        RELEASED = "released", "Released"

    order = models.OneToOneField(PurchaseOrder, models.PROTECT, related_name="invoice")
    number = models.CharField(max_length=35)
    invoiced_on = models.DateField()
    due_on = models.DateField()
    amount_minor = models.BigIntegerField(help_text="in the order's currency")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    faults = models.JSONField(default=list, help_text="line, kind, expected, found")
    difference_minor = models.BigIntegerField(default=0, help_text="billed above the order")
    is_difference_paid = models.BooleanField(default=False)
    because = models.CharField(max_length=200, blank=True, help_text="why disputed or released")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="an_invoice_bills_something"
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=models.F("invoiced_on")),
                name="an_invoice_is_not_due_before_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(released_by__isnull=False) & ~Q(because=""),
                name="an_invoice_is_released_by_somebody_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class SupplierInvoiceLine(models.Model):
    """One line of a supplier's invoice."""

    invoice = models.ForeignKey(SupplierInvoice, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(PurchaseOrderLine, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "order_line"], name="an_invoice_bills_a_line_once"
            ),
            models.CheckConstraint(
                condition=Q(units__gt=0, amount_minor__gte=0), name="a_billed_line_has_units"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.order_line_id}"


class PaymentLine(models.Model):
    """A document that a wire pays, as the supplier is told; what was locked stays written."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="lines")
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="+")
    document = models.CharField(max_length=60)
    entry_number = models.CharField(max_length=18, blank=True)
    amount_minor = models.BigIntegerField(help_text="signed, in the payment's currency")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "obligation"], name="a_wire_pays_a_document_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} in {self.payment_id}"


append_only("fx_settlement_entrynumber")
append_only("fx_settlement_paymentline")
append_only("fx_settlement_supplierinvoiceline")
keeps("fx_settlement_supplierinvoice", "order_id", "number", "amount_minor", "invoiced_on")
keeps("fx_settlement_obligation", "importer_id", "supplier_id", "currency", "amount_minor")
"""So that what a batch's approver agreed to is what is paid: a batch moves by its version only."""
