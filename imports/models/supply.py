"""Suppliers' addresses and certificates, requests for quotation, agreements over the year."""

from django.db import models
from django.db.models import F, Q

from core import triggers
from core.models import Document, Pool, Supplier
from imports.models.catalogue import Product, SupplierOffer


class SupplierAddress(models.Model):
    """A supplier's address in parts, from a day on; the latest of a kind holds."""

    class Kind(models.TextChoices):
        REGISTERED = "registered", "Registered office"
        PICKUP = "pickup", "Place of pick-up"

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    country = models.CharField(max_length=2)
    province = models.CharField(max_length=70, blank=True)
    town = models.CharField(max_length=70)
    street = models.CharField(max_length=140)
    postcode = models.CharField(max_length=16, blank=True)
    valid_from = models.DateField()

    objects: "models.Manager[SupplierAddress]" = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "kind", "valid_from"],
                name="a_supplier_has_one_address_of_a_kind_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.kind} {self.town}"


class Certificate(models.Model):
    """A paper on a supplier or a product, with the last day on which it holds."""

    class Kind(models.TextChoices):
        HEALTH = "health", "Health certificate"
        ORIGIN = "origin", "Certificate of origin"
        ANALYSIS = "analysis", "Certificate of analysis"
        QUALITY = "quality", "Quality system"
        LICENCE = "licence", "Licence of brand or sale"
        SAFETY = "safety", "Safety data sheet"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="certificates")
    number = models.CharField(max_length=60)
    issuer = models.CharField(max_length=120)
    issued_on = models.DateField()
    expires_on = models.DateField(null=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(supplier__isnull=False) | Q(product__isnull=False),
                name="a_certificate_is_about_something",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("issued_on")),
                name="a_certificate_expires_after_it_was_issued",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class QuoteRequest(models.Model):
    """What several suppliers are asked to quote, until a day."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        AWARDED = "awarded", "Awarded"
        CLOSED = "closed", "Closed"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    asked_on = models.DateField()
    answer_by = models.DateField()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_by__gte=F("asked_on")), name="a_request_leaves_time_to_answer"
            )
        ]

    def __str__(self) -> str:
        return self.number


class QuoteRequestLine(models.Model):
    """A product and the units that a quote is wanted for."""

    request = models.ForeignKey(QuoteRequest, models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "product"], name="a_request_asks_for_a_product_once"
            ),
            models.CheckConstraint(condition=Q(units__gte=1), name="a_request_asks_for_units"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.product_id} {self.units}"


class QuoteInvitation(models.Model):
    """A supplier that is asked; it answers by a signed link."""

    request = models.ForeignKey(QuoteRequest, models.PROTECT, related_name="invitations")
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "supplier"], name="a_supplier_is_asked_once_a_request"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.supplier_id}"


class Quote(models.Model):
    """A supplier's answer to a line, in versions; terms as in an offer."""

    invitation = models.ForeignKey(QuoteInvitation, models.PROTECT, related_name="quotes")
    line = models.ForeignKey(QuoteRequestLine, models.PROTECT, related_name="quotes")
    version = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)
    incoterm = models.CharField(max_length=3)
    origin_port = models.CharField(max_length=5)
    moq_units = models.PositiveIntegerField()
    pack_units = models.PositiveIntegerField()
    lead_time_days = models.PositiveIntegerField()
    is_incremental = models.BooleanField(default=False)
    valid_before = models.DateField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "line", "version"], name="a_quote_has_a_version_once"
            ),
            models.CheckConstraint(
                condition=Q(moq_units__gte=1, pack_units__gte=1), name="a_quote_is_for_units"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation_id} {self.line_id} v{self.version}"


class QuoteTier(models.Model):
    """The unit price of a quote from so many units on, as price tiers of an offer."""

    quote = models.ForeignKey(Quote, models.PROTECT, related_name="tiers")
    from_units = models.PositiveIntegerField()
    price_minor = models.BigIntegerField()

    class Meta:
        ordering = ["quote", "from_units"]
        constraints = [
            models.UniqueConstraint(
                fields=["quote", "from_units"], name="a_quote_has_one_price_per_tier"
            ),
            models.CheckConstraint(
                condition=Q(from_units__gte=1, price_minor__gte=1),
                name="a_quoted_price_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.from_units}"


class QuoteAward(models.Model):
    """The quote that won a line, and the offer that it became."""

    line = models.OneToOneField(QuoteRequestLine, models.PROTECT, related_name="award")
    quote = models.ForeignKey(Quote, models.PROTECT, related_name="+")
    offer = models.ForeignKey(SupplierOffer, models.PROTECT, related_name="+")
    awarded_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.line_id} {self.quote_id}"


class BlanketAgreement(models.Model):
    """Units of a product, or a value, agreed with a supplier for a time; orders call it off."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, unique=True)
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+")
    units = models.PositiveIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    value_minor = models.PositiveBigIntegerField(null=True)
    valid_from = models.DateField()
    valid_before = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gte=1, product__isnull=False, value_minor__isnull=True)
                | (Q(units__isnull=True, value_minor__gte=1) & ~Q(currency="")),
                name="an_agreement_is_for_units_or_a_value",
            ),
            models.CheckConstraint(
                condition=Q(valid_before__gt=F("valid_from")),
                name="an_agreement_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.number


for _table in ("supplieraddress", "quote", "quotetier", "quoteaward", "blanketagreement"):
    triggers.append_only(f"imports_{_table}")
triggers.append_only("imports_pricetier")
triggers.keeps(
    "imports_supplieroffer",
    "supplier_id", "product_id", "currency", "incoterm", "origin_port", "moq_units", "pack_units",
    "inner_units", "pallet_units", "is_ordered_by_pallet", "is_incremental", "capacity_units",
    "lead_time_days", "valid_from",
)  # fmt: skip
