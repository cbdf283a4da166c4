"""Who is written to at a supplier, and the links by which it answers."""

from django.db import models
from django.db.models import F, Q

from core import triggers
from core.models import Person, Supplier
from imports.models.orders import PurchaseOrder
from imports.models.supply import QuoteInvitation


class SupplierContact(models.Model):
    """A person at a supplier who gets its links by mail; name and address are in the vault."""

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="contacts")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "person"],
                condition=Q(ended_at__isnull=True),
                name="a_person_is_a_suppliers_contact_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.person_id}"


class SupplierLink(models.Model):
    """A link by which a supplier answers one order or one request, until it ends or is revoked.

    The link itself is not kept: it is signed anew from the id whenever it is shown or sent.
    """

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, null=True, related_name="links")
    invitation = models.ForeignKey(QuoteInvitation, models.PROTECT, null=True, related_name="links")
    made_at = models.DateTimeField()
    valid_before = models.DateTimeField()
    sends = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(order__isnull=True, invitation__isnull=False)
                | Q(order__isnull=False, invitation__isnull=True),
                name="a_link_is_for_an_order_or_a_request",
            ),
            models.CheckConstraint(
                condition=Q(valid_before__gt=F("made_at")), name="a_link_ends_after_it_was_made"
            ),
            models.CheckConstraint(
                condition=Q(sends=0, sent_at__isnull=True) | Q(sends__gt=0, sent_at__isnull=False),
                name="a_sent_link_has_its_instant",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(revoked_at__isnull=True),
                name="an_order_has_one_link_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(revoked_at__isnull=True),
                name="an_invitation_has_one_link_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"


triggers.keeps("imports_suppliercontact", "supplier_id", "person_id", "added_at")
triggers.keeps("imports_supplierlink", "order_id", "invitation_id", "made_at", "valid_before")
