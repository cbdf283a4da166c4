"""What is registered about a product: its family, its GTINs, and its goods record per zone."""

from django.db import models
from django.db.models import F, Q

from core import triggers
from core.models import Document, Party
from imports.models.catalogue import Product


class ProductFamily(models.Model):
    """Products that differ in size, colour or flavour only: its variants are products."""

    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, blank=True)
    brand = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name_plural = "product families"

    def __str__(self) -> str:
        return self.name


class Variant(models.Model):
    """What sets a product apart within its family, such as 800 g."""

    product = models.OneToOneField(Product, models.PROTECT, related_name="variant")
    family = models.ForeignKey(ProductFamily, models.PROTECT, related_name="variants")
    label = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["family", "label"], name="a_family_has_a_variant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.family_id} {self.label}"


class GtinRegistration(models.Model):
    """Whose number a GTIN is and what it stands on: a unit, an inner pack, a case, a pallet.

    A number is never given to another product, also when it is no longer used.
    Source: GS1 GTIN management standard, non-reuse since 2018-12-31.
    """

    class Level(models.TextChoices):
        UNIT = "unit", "Consumer unit"
        INNER = "inner", "Inner pack"
        CASE = "case", "Case"
        PALLET = "pallet", "Pallet"

    gtin = models.CharField(max_length=14, unique=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="gtins")
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    level = models.CharField(max_length=6, choices=Level.choices, default=Level.UNIT)
    units = models.PositiveIntegerField(default=1)
    registered_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(gtin__regex=r"^\d{14}$"), name="a_registered_gtin_has_14_digits"
            ),
            models.CheckConstraint(
                condition=Q(level="unit", units=1) | (~Q(level="unit") & Q(units__gte=2)),
                name="only_a_consumer_unit_is_one_unit",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("registered_on")),
                name="a_gtin_ends_after_it_was_registered",
            ),
        ]

    def __str__(self) -> str:
        return self.gtin


class GoodsRecord(models.Model):
    """What customs is told of a product in one zone (商品备案), in versions.

    A version is never rewritten: whoever corrects submits the next. At most one version waits
    for the broker and at most one is in force.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", "Submitted"
        CONFIRMED = "confirmed", "Confirmed"
        RETURNED = "returned", "Returned"
        SUPERSEDED = "superseded", "Superseded"

    product = models.ForeignKey(Product, models.PROTECT, related_name="records")
    zone_code = models.CharField(max_length=18)
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUBMITTED)
    hs_code = models.CharField(max_length=10)
    name_zh = models.CharField(max_length=200)
    model_zh = models.CharField(max_length=250, blank=True)
    origin = models.CharField(max_length=2)
    declared_unit = models.CharField(max_length=3)
    statutory_unit = models.CharField(max_length=3)
    statutory_qty_per_unit = models.DecimalField(max_digits=14, decimal_places=5)
    second_unit = models.CharField(max_length=3, blank=True)
    second_qty_per_unit = models.DecimalField(max_digits=14, decimal_places=5, null=True)
    elements = models.JSONField(default=list, help_text="declaration elements as [name, value]")
    shelf_life_days = models.PositiveIntegerField(null=True)
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=500, blank=True, help_text="why it was returned")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "zone_code", "version"], name="a_record_has_a_version_once"
            ),
            models.UniqueConstraint(
                fields=["product", "zone_code"],
                condition=Q(state="submitted"),
                name="one_version_waits_for_the_broker",
            ),
            models.UniqueConstraint(
                fields=["product", "zone_code"],
                condition=Q(state="confirmed"),
                name="one_goods_record_is_in_force",
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", decided_at__isnull=True)
                | (~Q(state="submitted") & Q(decided_at__isnull=False)),
                name="a_decided_record_has_its_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(remark=""),
                name="a_returned_record_says_why",
            ),
        ]
        indexes = [models.Index(fields=["zone_code", "state"], name="records_by_zone")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.zone_code} v{self.version}"


triggers.keeps(
    "imports_goodsrecord",
    "product_id", "zone_code", "version", "hs_code", "name_zh", "model_zh", "origin",
    "declared_unit", "statutory_unit", "statutory_qty_per_unit", "second_unit",
    "second_qty_per_unit", "shelf_life_days", "submitted_at",
)  # fmt: skip


class GoodsImage(models.Model):
    """A picture of the goods: pack front, label, ingredients."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="images")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    caption = models.CharField(max_length=80)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.product_id} {self.caption}"
