"""Papers of the bonded zone: lists and gate passes, as they were sent and how far they are."""

from django.db import models
from django.db.models import F, Q

from core.models import Document, Pool
from customs.domain import zone


class ZonePaper(models.Model):
    """A list of goods that come in or leave, or the pass of a vehicle that carries lists."""

    class Kind(models.TextChoices):
        LIST = zone.LIST, "List"
        PASS = zone.PASS, "Gate pass"

    class Way(models.TextChoices):
        IN = zone.IN, "In"
        OUT = zone.OUT, "Out"

    kind = models.CharField(max_length=4, choices=Kind.choices)
    way = models.CharField(max_length=3, choices=Way.choices)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    number = models.CharField(max_length=64, help_text="our number of the paper")
    state = models.CharField(max_length=9, default=zone.WRITTEN)
    customs_no = models.CharField(max_length=64, blank=True, help_text="the number customs gives")
    entry_no = models.CharField(max_length=64, blank=True, help_text="of the declaration it led to")
    account_book = models.CharField(max_length=64, blank=True)
    consignment = models.ForeignKey(
        "imports.Consignment", models.PROTECT, null=True, related_name="+"
    )
    gate_pass = models.ForeignKey("self", models.PROTECT, null=True, related_name="lists")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    cancellation = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number"], name="a_zone_paper_is_numbered_once"
            ),
            models.UniqueConstraint(
                fields=["consignment", "account_book"],
                condition=~Q(state__in=[zone.REFUSED, zone.CANCELLED]),
                name="a_consignment_has_one_list_a_book",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(zone.RANK)), name="a_zone_paper_is_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=Q(consignment__isnull=True) | Q(kind=zone.LIST, way=zone.IN),
                name="only_lists_in_bring_a_consignment",
            ),
            models.CheckConstraint(
                condition=Q(gate_pass__isnull=True) | Q(kind=zone.LIST),
                name="only_lists_go_on_a_pass",
            ),
        ]
        indexes = [models.Index(fields=["pool", "kind", "-id"], name="zone_papers_of_a_pool")]

    def __str__(self) -> str:
        return self.number


class ListedGoods(models.Model):
    """A line of a list that several vehicles carry, and how much of it they were given."""

    paper = models.ForeignKey(ZonePaper, models.PROTECT, related_name="goods")
    line_no = models.PositiveSmallIntegerField()
    units = models.PositiveIntegerField()
    gross_g = models.PositiveBigIntegerField()
    net_g = models.PositiveBigIntegerField()
    loaded_units = models.PositiveIntegerField(default=0)
    loaded_gross_g = models.PositiveBigIntegerField(default=0)
    loaded_net_g = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "line_no"], name="a_line_of_a_list_is_shared_out_once"
            ),
            models.CheckConstraint(
                condition=Q(loaded_units__lte=F("units"))
                & Q(loaded_gross_g__lte=F("gross_g"))
                & Q(loaded_net_g__lte=F("net_g")),
                name="vehicles_carry_no_more_than_their_list",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id}/{self.line_no}: {self.loaded_units}/{self.units}"


class Load(models.Model):
    """What one vehicle carries of a shared line; a pass that ended holds none of it any more."""

    gate_pass = models.ForeignKey(ZonePaper, models.PROTECT, related_name="loads")
    goods = models.ForeignKey(ListedGoods, models.PROTECT, related_name="loads")
    units = models.PositiveIntegerField()
    gross_g = models.PositiveBigIntegerField()
    net_g = models.PositiveBigIntegerField()
    is_held = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gate_pass", "goods"], name="a_vehicle_carries_a_line_once"
            ),
            models.CheckConstraint(
                condition=Q(units__gt=0, gross_g__gt=0, net_g__gt=0),
                name="a_load_weighs_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gate_pass_id}: {self.units} of {self.goods_id}"
