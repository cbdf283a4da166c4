"""Links by which suppliers answer: made, mailed to their contacts, sent again, revoked."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from core import clock, facts, links, mail, vault
from core.domain.errors import Refusal
from core.models import Party
from imports.letters import PURPOSE, link_address
from imports.models import PurchaseOrder, QuoteInvitation, SupplierContact, SupplierLink

ORDER_LASTS = timedelta(days=400)
QUOTE_LASTS = timedelta(days=120)


class NobodyToWriteTo(Refusal):
    """Raised when a link is to be sent to a supplier without contacts."""

    code = "nobody-to-write-to"
    reason = "Nobody at {supplier} is on record to whom the link could be sent."
    remedy = "Add a contact on the supplier's page, or hand the link over yourself."


class LinkRevoked(Refusal):
    """Raised when a link is sent, or revoked, that was revoked before."""

    code = "link-revoked"
    reason = "This link was revoked; it opens nothing any more."
    remedy = "Make a new link."


@transaction.atomic
def add_contact(supplier: Party, *, email: str, language: str, name: str = "") -> SupplierContact:
    """Record who at a supplier gets its links; the same address again returns what is there."""
    known = {"email": email.strip(), **({"name": name.strip()} if name.strip() else {})}
    person = vault.keep(known)
    contact, is_new = SupplierContact.objects.get_or_create(
        supplier_id=supplier.pk,
        person=person,
        ended_at=None,
        defaults={"language": language, "added_at": clock.now()},
    )
    if is_new:
        _note_contact(contact, "added")
    return contact


@transaction.atomic
def end_contact(contact: SupplierContact) -> None:
    """Write to a contact no more; repeating it changes nothing."""
    rows = SupplierContact.objects.filter(pk=contact.pk, ended_at=None)
    if rows.update(ended_at=clock.now()):
        _note_contact(contact, "ended")


def _note_contact(contact: SupplierContact, what: str) -> None:
    data = {"contact": contact.pk, "supplier": contact.supplier_id}
    facts.append(f"imports.contact.{what}", subject=f"party:{contact.supplier_id}", data=data)


@transaction.atomic
def open_link(
    *, order: PurchaseOrder | None = None, invitation: QuoteInvitation | None = None
) -> SupplierLink:
    """The link of an order or an invitation that holds; made if there is none."""
    live = SupplierLink.objects.filter(order=order, invitation=invitation, revoked_at=None)
    known = live.first()
    if known is not None and known.valid_before > clock.now():
        return known
    live.update(revoked_at=clock.now())
    made: SupplierLink = SupplierLink.objects.create(
        order=order,
        invitation=invitation,
        made_at=clock.now(),
        valid_before=clock.now() + (ORDER_LASTS if order else QUOTE_LASTS),
    )
    _note(made, "made")
    return made


@transaction.atomic
def send_link(link: SupplierLink) -> int:
    """Mail a link to every contact of its supplier, once more if it was sent; the letters ordered.

    Raises:
        LinkRevoked, NobodyToWriteTo: nothing is sent.
    """
    locked = SupplierLink.objects.select_for_update().get(pk=link.pk)
    supplier = supplier_of(locked)
    if locked.revoked_at is not None:
        raise LinkRevoked
    contacts = _reachable(supplier)
    if not contacts:
        raise NobodyToWriteTo(supplier=supplier.name)
    SupplierLink.objects.filter(pk=link.pk).update(sends=F("sends") + 1, sent_at=clock.now())
    for contact in contacts:
        key = f"{link.pk}/{locked.sends + 1}/{contact.pk}"
        mail.order("supplier-link", key=key, link=link.pk, contact=contact.pk)
    _note(locked, "sent", contacts=len(contacts))
    return len(contacts)


def send_new_link(
    *, order: PurchaseOrder | None = None, invitation: QuoteInvitation | None = None
) -> SupplierLink:
    """Make a link and mail it, where somebody is on record; else the operator hands it over."""
    link = open_link(order=order, invitation=invitation)
    if not link.sends and _reachable(supplier_of(link)):
        send_link(link)
    return link


@transaction.atomic
def revoke_link(link: SupplierLink) -> None:
    """End a link: whoever holds it can answer no more; what was answered stands.

    Raises:
        LinkRevoked: it was revoked before.
    """
    rows = SupplierLink.objects.filter(pk=link.pk, revoked_at=None)
    if not rows.update(revoked_at=clock.now()):
        raise LinkRevoked
    _note(link, "revoked")


def supplier_of(link: SupplierLink) -> Party:
    """The supplier who answers by a link."""
    row = link.order or link.invitation
    supplier: Party = row.supplier  # type: ignore[union-attr]
    return supplier


def _reachable(supplier: Party) -> list[SupplierContact]:
    rows = SupplierContact.objects.filter(supplier_id=supplier.pk, ended_at=None)
    return list(rows.filter(person__erased_at=None).order_by("pk"))


def _note(link: SupplierLink, what: str, **figures: int) -> None:
    kind = "order" if link.order_id else "invitation"
    about = link.order_id or link.invitation_id
    data = {"link": link.pk, kind: about, **figures}
    facts.append(f"imports.link.{what}", subject=f"{kind}:{about}", data=data)


def order_address(order: PurchaseOrder) -> str:
    """The address under which a supplier answers an order; empty while no link holds."""
    return _address(SupplierLink.objects.filter(order=order, revoked_at=None).first())


def quote_address(invitation: QuoteInvitation) -> str:
    """The address under which a supplier quotes; empty while no link holds."""
    return _address(SupplierLink.objects.filter(invitation=invitation, revoked_at=None).first())


def _address(link: SupplierLink | None) -> str:
    return link_address(link) if link else ""


def order_of(token: str) -> PurchaseOrder:
    """The order that a link is for.

    Raises:
        LinkNotValid: the link was changed, is too old, or was revoked.
    """
    rows = PurchaseOrder.objects.select_related("round__pool__operator", "supplier")
    found = rows.filter(links=_read(token)).exclude(state=PurchaseOrder.State.DRAFT).first()
    if found is None:
        raise links.LinkNotValid
    return found


def invitation_of(token: str) -> QuoteInvitation:
    """The invitation that a link is for.

    Raises:
        LinkNotValid: the link was changed, is too old, or was revoked.
    """
    rows = QuoteInvitation.objects.select_related("request__pool__operator", "supplier")
    found = rows.filter(links=_read(token)).first()
    if found is None:
        raise links.LinkNotValid
    return found


def _read(token: str) -> SupplierLink:
    data = links.read(PURPOSE, token, max_age=ORDER_LASTS)
    rows = SupplierLink.objects.filter(revoked_at=None, valid_before__gt=clock.now())
    found: SupplierLink | None = rows.filter(pk=data["link"]).first()
    if found is None:
        raise links.LinkNotValid
    return found
