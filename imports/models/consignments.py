"""Consignments on their way into the pool, and what moving them cost."""

from django.db import models
from django.db.models import F, Q

from core.domain.chart import TransferCode
from core.models import Pool
from imports.domain.charge_bases import CM3_PER_KG_BY_AIR, CM3_PER_KG_BY_SEA
from imports.models.orders import PurchaseOrder, PurchaseOrderLine


class Consignment(models.Model):
    """What travels together from a port to the pool's port of entry."""

    class Mode(models.TextChoices):
        SEA_FCL = "sea_fcl", "Sea, full container"
        SEA_LCL = "sea_lcl", "Sea, part of a container"
        AIR = "air", "Air"

    class State(models.TextChoices):
        DEPARTED = "departed", "Departed"
        ARRIVED = "arrived", "Arrived"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="consignments")
    number = models.CharField(max_length=20, unique=True)
    origin_port = models.CharField(max_length=5)
    destination_port = models.CharField(max_length=5)
    mode = models.CharField(max_length=8, choices=Mode.choices)
    containers = models.PositiveSmallIntegerField(default=0)
    departed_on = models.DateField()
    arrived_on = models.DateField(null=True)
    volume_cm3 = models.PositiveBigIntegerField()
    gross_weight_g = models.PositiveBigIntegerField()
    goods_cny_minor = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DEPARTED)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(arrived_on__isnull=True) | Q(arrived_on__gte=F("departed_on")),
                name="a_consignment_arrives_after_it_departs",
            ),
            models.CheckConstraint(
                condition=Q(state="departed", arrived_on__isnull=True)
                | Q(state="arrived", arrived_on__isnull=False),
                name="an_arrived_consignment_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(mode="sea_fcl", containers__gte=1)
                | (~Q(mode="sea_fcl") & Q(containers=0)),
                name="only_full_containers_are_counted",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def cm3_per_kg(self) -> int:
        """Volume that is charged as a kilogram by the way in which it travels."""
        return CM3_PER_KG_BY_AIR if self.mode == self.Mode.AIR else CM3_PER_KG_BY_SEA


class ConsignmentLine(models.Model):
    """Units of an order line that travel in a consignment."""

    consignment = models.ForeignKey(Consignment, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(PurchaseOrderLine, models.PROTECT, related_name="consigned")
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consignment", "order_line"], name="a_line_travels_once_in_a_consignment"
            ),
            models.CheckConstraint(condition=Q(units__gte=1), name="a_line_that_travels_has_units"),
        ]

    def __str__(self) -> str:
        return f"{self.consignment_id} {self.order_line_id} {self.units}"


class ConsignmentCharge(models.Model):
    """One charge for a consignment, by the tariff row behind it.

    ``basis`` says by which measure the importers share it. ``at_rate_cny_minor`` is what it
    would be without a minimum charge.
    """

    class Basis(models.TextChoices):
        VOLUME = "volume", "Volume"
        WEIGHT = "weight", "Weight"
        VALUE = "value", "Value"
        UNITS = "units", "Units"
        CHARGEABLE = "chargeable", "Chargeable weight"
        EQUAL = "equal", "Equal parts"
        MANUAL = "manual", "By hand"

    KINDS = (
        TransferCode.FREIGHT,
        TransferCode.INSURANCE,
        TransferCode.HANDLING,
        TransferCode.AGENCY,
        TransferCode.STORAGE,
    )

    consignment = models.ForeignKey(Consignment, models.PROTECT, related_name="charges")
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in KINDS])
    tariff_key = models.CharField(max_length=40)
    basis = models.CharField(max_length=10, choices=Basis.choices)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    amount_cny_minor = models.BigIntegerField()
    at_rate_cny_minor = models.BigIntegerField()
    is_fixed = models.BooleanField(default=False, help_text="per shipment or per container")
    manual_parts = models.JSONField(default=dict, help_text="importer id → part, when by hand")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, amount_cny_minor__gt=0),
                name="a_charge_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(at_rate_cny_minor__lte=F("amount_cny_minor")),
                name="a_minimum_only_raises_a_charge",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consignment_id} {self.tariff_key} {self.amount_cny_minor}"
