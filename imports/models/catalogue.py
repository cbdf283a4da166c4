"""Products and what suppliers offer them at."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from djmoney.models.fields import MoneyField

from core.domain.trade import Incoterm, to_minor
from core.models import Supplier


class Product(models.Model):
    """A consumer unit that the pool may import: what it is, and how customs counts it."""

    gtin = models.CharField(max_length=14, unique=True)
    sku = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    brand = models.CharField(max_length=80, blank=True)
    category = models.CharField(max_length=80, blank=True)
    hs_code = models.CharField(max_length=10)
    origin = models.CharField(max_length=2, help_text="country of origin, ISO 3166-1 alpha-2")
    shelf_life_days = models.PositiveIntegerField(null=True, blank=True)
    net_weight_g = models.PositiveIntegerField()
    gross_weight_g = models.PositiveIntegerField()
    volume_cm3 = models.PositiveIntegerField()
    declared_unit = models.CharField(max_length=3, help_text="customs unit code")
    statutory_unit = models.CharField(max_length=3, help_text="customs unit code")
    statutory_qty_per_unit = models.DecimalField(max_digits=14, decimal_places=5)
    second_unit = models.CharField(max_length=3, blank=True)
    second_qty_per_unit = models.DecimalField(
        max_digits=14, decimal_places=5, null=True, blank=True
    )
    is_trade_measure = models.BooleanField(default=False)
    model_zh = models.CharField(max_length=250, blank=True, help_text="规格型号")
    danger_class = models.CharField(
        max_length=3, blank=True, help_text="UN class 1 to 9; 0: stated as harmless"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hs_code__regex=r"^\d{10}$"), name="an_hs_code_has_ten_digits"
            ),
            models.CheckConstraint(
                condition=Q(gross_weight_g__gte=F("net_weight_g")),
                name="gross_weight_is_not_below_net_weight",
            ),
            models.CheckConstraint(
                condition=Q(statutory_qty_per_unit__gt=0), name="a_unit_has_a_statutory_quantity"
            ),
            models.CheckConstraint(
                condition=Q(second_unit="") | Q(second_qty_per_unit__gt=0),
                name="a_second_unit_has_a_quantity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


class OfferQuerySet(models.QuerySet["SupplierOffer"]):
    """Offers with their time."""

    def in_force(self, on: date) -> "OfferQuerySet":
        """Those that hold on a day."""
        ends_later = Q(valid_before__isnull=True) | Q(valid_before__gt=on)
        return self.filter(ends_later, valid_from__lte=on)


class SupplierOffer(models.Model):
    """A supplier's terms for a product: packs, minimum order, lead time, place of delivery."""

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, related_name="offers")
    currency = models.CharField(max_length=3)
    incoterm = models.CharField(max_length=3, choices=[(term, term) for term in Incoterm])
    origin_port = models.CharField(max_length=5, help_text="UN/LOCODE of the port of shipment")
    moq_units = models.PositiveIntegerField(default=1)
    pack_units = models.PositiveIntegerField(default=1)
    inner_units = models.PositiveIntegerField(null=True, blank=True)
    pallet_units = models.PositiveIntegerField(null=True, blank=True)
    is_ordered_by_pallet = models.BooleanField(default=False)
    is_incremental = models.BooleanField(
        default=False, help_text="each price holds for the units beyond its start only"
    )
    capacity_units = models.PositiveIntegerField(
        null=True, blank=True, help_text="units that can be delivered for one round"
    )
    lead_time_days = models.PositiveIntegerField(default=0)
    valid_from = models.DateField()
    valid_before = models.DateField(null=True, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pack_units__gte=1, moq_units__gte=1),
                name="packs_and_minimum_orders_are_at_least_one_unit",
            ),
            models.CheckConstraint(
                condition=Q(is_ordered_by_pallet=False) | Q(pallet_units__gte=1),
                name="what_is_ordered_by_pallet_has_one",
            ),
            models.CheckConstraint(
                condition=Q(valid_before__isnull=True) | Q(valid_before__gt=F("valid_from")),
                name="an_offer_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["supplier", "product", "valid_from"],
                name="a_supplier_makes_one_offer_for_a_product_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.product_id} {self.currency}"

    def is_in_force(self, on: date) -> bool:
        """Whether the offer holds on a day."""
        return self.valid_from <= on and (self.valid_before is None or on < self.valid_before)

    @property
    def multiple_units(self) -> int:
        """What is ordered in whole numbers of: pallets or packs."""
        is_by_pallet = self.is_ordered_by_pallet and self.pallet_units
        return self.pallet_units or 1 if is_by_pallet else self.pack_units


class SupplierRebate(models.Model):
    """A percentage off every price of a supplier, from so many units of a round in all."""

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+")
    from_units = models.PositiveIntegerField()
    percent = models.DecimalField(max_digits=4, decimal_places=2)
    valid_from = models.DateField()
    valid_before = models.DateField(null=True, blank=True)

    objects: "models.Manager[SupplierRebate]" = models.Manager()

    class Meta:
        ordering = ["supplier", "from_units"]
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "from_units", "valid_from"],
                name="a_supplier_gives_one_rebate_from_so_many_units",
            ),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lt=100, from_units__gte=1),
                name="a_rebate_is_a_part_of_the_price",
            ),
            models.CheckConstraint(
                condition=Q(valid_before__isnull=True) | Q(valid_before__gt=F("valid_from")),
                name="a_rebate_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.from_units}: {self.percent} %"

    def is_in_force(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.valid_from <= on and (self.valid_before is None or on < self.valid_before)


class PriceTier(models.Model):
    """The unit price of an offer from so many units of a line on.

    It holds for all units, or with an incremental offer for the units beyond.
    """

    offer = models.ForeignKey(SupplierOffer, models.CASCADE, related_name="tiers")
    from_units = models.PositiveIntegerField()
    price = MoneyField(  # type: ignore[no-untyped-call]
        max_digits=14, decimal_places=2, default_currency="USD"
    )

    objects: "models.Manager[PriceTier]" = models.Manager()

    class Meta:
        ordering = ["offer", "from_units"]
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "from_units"], name="an_offer_has_one_price_per_tier"
            ),
            models.CheckConstraint(
                condition=Q(price__gt=0, from_units__gte=1), name="a_price_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_units}: {self.price}"

    @property
    def price_minor(self) -> int:
        """The price in minor units of its currency."""
        return to_minor(self.price.amount, str(self.price.currency))
