"""Scans from phones: each taken once by its own key, with the answer that it got."""

from django.db import models
from django.db.models import Q

from core.models import Pool
from core.triggers import append_only
from warehouse.domain.scanning import Condition, Task


class Scan(models.Model):
    """One scan as a phone sent it. The key is the phone's; the same key gets the same answer."""

    key = models.CharField(max_length=64, unique=True)
    task = models.CharField(max_length=10, choices=[(t.value, t.value) for t in Task])
    fingerprint = models.BinaryField(max_length=32)
    scanned_at = models.DateTimeField(null=True, help_text="by the phone's clock")
    taken_at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    answer = models.JSONField(help_text="whether it was done, else the refusal's words")

    def __str__(self) -> str:
        return f"{self.task} {self.key}"


class DoorScan(models.Model):
    """Units of a consignment scanned at the door, before its count is closed."""

    scan = models.OneToOneField(Scan, models.PROTECT, related_name="door")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    consignment = models.ForeignKey(
        "imports.Consignment", models.PROTECT, related_name="door_scans"
    )
    order_line = models.ForeignKey("imports.PurchaseOrderLine", models.PROTECT, related_name="+")
    condition = models.CharField(max_length=12, choices=[(c.value, c.value) for c in Condition])
    units = models.PositiveIntegerField()
    lot_no = models.CharField(max_length=40, blank=True)
    produced_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="a_door_scan_counts_something")
        ]
        indexes = [models.Index(fields=["consignment", "order_line"], name="door_scan_by_line")]

    def __str__(self) -> str:
        return f"{self.units} {self.condition}"


append_only("warehouse_scan")
append_only("warehouse_doorscan")
