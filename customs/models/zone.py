"""Papers of the bonded zone: lists and gate passes, as they were sent and how far they are."""

from django.db import models
from django.db.models import Q

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
