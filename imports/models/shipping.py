"""What suppliers say of orders by signed link: amendments and notices of dispatch."""

from django.db import models
from django.db.models import F, Q

from core import triggers
from core.models import Document
from imports.models.consignments import Consignment
from imports.models.orders import PurchaseOrder, PurchaseOrderLine


class OrderAmendment(models.Model):
    """A version of what is agreed on an order: its ready day and, by line, its units.

    The supplier accepts the order as placed, or proposes; the operator accepts or declines. The
    order itself stays as it was placed: the latest accepted version says what is agreed now.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="amendments")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices)
    ready_on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "version"], name="an_order_has_a_version_once"
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state="proposed"),
                name="one_proposal_waits_for_the_operator",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True)
                | (~Q(state="proposed") & Q(decided_at__isnull=False)),
                name="a_decided_amendment_has_its_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} v{self.version} {self.state}"


class OrderAmendmentLine(models.Model):
    """Units of an order line under an amendment."""

    amendment = models.ForeignKey(OrderAmendment, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(PurchaseOrderLine, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "order_line"], name="an_amendment_has_a_line_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.amendment_id} {self.order_line_id} {self.units}"


class ShippingNotice(models.Model):
    """The supplier's advance notice of a dispatch; it becomes a consignment when it departs."""

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="notices")
    number = models.CharField(max_length=20, unique=True)
    departs_on = models.DateField()
    expected_on = models.DateField()
    packages = models.PositiveIntegerField()
    reference = models.CharField(max_length=60, blank=True, help_text="vessel, flight or bill")
    made_at = models.DateTimeField()
    consignment = models.OneToOneField(
        Consignment, models.PROTECT, null=True, related_name="notice"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expected_on__gte=F("departs_on")),
                name="a_notice_expects_arrival_after_departure",
            )
        ]

    def __str__(self) -> str:
        return self.number


class ShippingNoticeLine(models.Model):
    """Units of an order line that a notice announces."""

    notice = models.ForeignKey(ShippingNotice, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(PurchaseOrderLine, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "order_line"], name="a_notice_has_a_line_once"
            ),
            models.CheckConstraint(condition=Q(units__gte=1), name="a_notice_announces_units"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.order_line_id} {self.units}"


class NoticeContainer(models.Model):
    """A container of a notice, by the number on its door."""

    notice = models.ForeignKey(ShippingNotice, models.PROTECT, related_name="containers")
    number = models.CharField(max_length=11)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "number"], name="a_container_travels_once_in_a_notice"
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[A-Z]{3}[UJZ]\d{7}$"),
                name="a_container_has_four_letters_and_seven_digits",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ExpectedArrival(models.Model):
    """When a consignment is expected, from an instant on; the latest word holds."""

    consignment = models.ForeignKey(Consignment, models.PROTECT, related_name="expectations")
    expected_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.consignment_id} {self.expected_on}"


class ShippingPaper(models.Model):
    """An invoice, packing list or bill that travels with an order."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", "Commercial invoice"
        PACKING = "packing", "Packing list"
        BILL = "bill", "Bill of lading or air waybill"
        ORIGIN = "origin", "Certificate of origin"
        HEALTH = "health", "Health certificate"

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind", "document"], name="a_paper_of_an_order_is_kept_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


triggers.keeps("imports_orderamendment", "order_id", "version", "ready_on", "note", "made_at")
for _table in (
    "orderamendmentline", "shippingnoticeline", "noticecontainer", "expectedarrival",
    "shippingpaper",
):  # fmt: skip
    triggers.append_only(f"imports_{_table}")
