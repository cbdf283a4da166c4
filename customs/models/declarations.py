"""Declarations, their attempts, and the answers of customs as they were received."""

from django.db import models
from django.db.models import F, Q

from core.models import Transfer
from core.tenancy import Owned
from core.triggers import append_only
from customs.domain import states
from customs.models.batches import DeclarationBatch
from customs.models.orders import ConsumerOrder


class Declaration(Owned):
    """The retail declaration of one order: its taxes, its state, and the latest attempt."""

    order = models.OneToOneField(ConsumerOrder, models.PROTECT, related_name="declaration")
    state = models.CharField(max_length=10, default=states.DRAFT)
    takes = models.PositiveSmallIntegerField(default=1, help_text="how often stock was reserved")
    batch = models.ForeignKey(
        DeclarationBatch, models.PROTECT, null=True, related_name="declarations"
    )
    cop_no = models.CharField(max_length=20, blank=True, help_text="our number of the attempt")
    pre_no = models.CharField(max_length=18, blank=True)
    invt_no = models.CharField(max_length=18, blank=True, help_text="the number customs gives")
    declared_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=12, blank=True)
    account_book = models.CharField(max_length=64, blank=True)
    written_off_on = models.DateField(null=True, help_text="when the book took the units out")
    remitted_on = models.DateField(null=True, help_text="when the taxes were paid to customs")
    regime = models.CharField(max_length=16)
    dutiable_minor = models.BigIntegerField()
    duty_minor = models.BigIntegerField()
    consumption_tax_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    returned_value_minor = models.BigIntegerField(
        default=0, help_text="dutiable value of goods that came back in time"
    )
    returned_tax_minor = models.BigIntegerField(default=0, help_text="assessed taxes of the same")
    assessment = models.JSONField(default=dict)
    guarantee = models.ForeignKey(Transfer, models.PROTECT, null=True, related_name="+")
    exit_list = models.ForeignKey(
        "customs.ZonePaper", models.PROTECT, null=True, related_name="declarations"
    )
    dispatch_order = models.OneToOneField(
        "warehouse.DispatchOrder", models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cop_no"], condition=~Q(cop_no=""), name="a_declaration_number_is_used_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(states.LET_GO)) | Q(dispatch_order__isnull=False),
                name="what_is_released_is_to_be_dispatched",
            ),
            models.CheckConstraint(
                condition=Q(dispatch_order__isnull=True) | Q(state__in=sorted(states.LET_GO)),
                name="nothing_is_dispatched_before_release",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.STATES.states)),
                name="a_declaration_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(returned_value_minor__gte=0, returned_tax_minor__gte=0)
                & Q(returned_value_minor__lte=F("dutiable_minor")),
                name="no_more_value_comes_back_than_was_declared",
            ),
        ]
        indexes = [models.Index(fields=["batch", "state"], name="declarations_of_a_batch")]

    def __str__(self) -> str:
        return self.cop_no or f"draft of order {self.order_id}"

    @property
    def tax_minor(self) -> int:
        """All taxes as assessed."""
        return self.duty_minor + self.consumption_tax_minor + self.vat_minor


class DeclarationLine(models.Model):
    """One line as declared; what was true of the product on that day stays written here."""

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="lines")
    line_no = models.PositiveSmallIntegerField()
    product = models.ForeignKey("imports.Product", models.PROTECT, related_name="+")
    record_no = models.CharField(max_length=30)
    hs_code = models.CharField(max_length=10)
    name_zh = models.CharField(max_length=250)
    specification = models.CharField(max_length=510, blank=True)
    origin = models.CharField(max_length=2)
    units = models.PositiveIntegerField()
    returned_units = models.PositiveIntegerField(
        default=0, help_text="units that come back or are asked to"
    )
    unit = models.CharField(max_length=3)
    statutory_quantity = models.DecimalField(max_digits=19, decimal_places=5)
    statutory_unit = models.CharField(max_length=3)
    second_quantity = models.DecimalField(max_digits=19, decimal_places=5, null=True)
    second_unit = models.CharField(max_length=3, blank=True)
    price_minor = models.BigIntegerField()
    net_weight_g = models.PositiveIntegerField()
    dutiable_minor = models.BigIntegerField()
    duty_minor = models.BigIntegerField()
    consumption_tax_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    quota_hs = models.CharField(
        max_length=8, blank=True, help_text="line of the list that limits a person's year"
    )
    quota_per_unit = models.PositiveIntegerField(default=0, help_text="grams or pieces of a unit")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "line_no"], name="declared_lines_are_numbered"
            ),
            models.CheckConstraint(
                condition=Q(units__gt=0, statutory_quantity__gt=0),
                name="a_declared_line_declares_something",
            ),
            models.CheckConstraint(
                condition=Q(returned_units__lte=F("units")),
                name="no_more_units_come_back_than_were_declared",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declaration_id}/{self.line_no}"


class Attempt(models.Model):
    """One time a declaration was made; a refused one is made again as another attempt."""

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="attempts")
    batch = models.ForeignKey(DeclarationBatch, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    cop_no = models.CharField(max_length=20, unique=True)
    declared_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=states.DECLARED)
    error_code = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["declaration", "number"], name="attempts_are_numbered"),
        ]
        indexes = [models.Index(fields=["batch", "state"], name="attempts_of_a_batch")]

    def __str__(self) -> str:
        return self.cop_no


class CustomsReceipt(Owned):
    """One answer of customs, as received; answers are kept even when they change nothing."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="receipts")
    status = models.CharField(max_length=10)
    error_code = models.CharField(max_length=12, blank=True)
    answered_at = models.DateTimeField()
    received_at = models.DateTimeField()
    has_moved = models.BooleanField(help_text="whether the declaration's state followed")
    sealed_raw = models.BinaryField(help_text="the answer's own words, encrypted")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "status", "answered_at"], name="an_answer_is_heard_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.status}"


append_only("customs_customsreceipt")
