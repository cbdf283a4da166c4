"""The operator makes, sends and revokes the links by which suppliers answer."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core import access, clock
from core.web import locale
from imports import queries, services
from imports.letters import link_address
from imports.models import (
    PurchaseOrder,
    QuoteInvitation,
    SupplierContact,
    SupplierLink,
)
from imports.round_views import party_of


@dataclass(frozen=True)
class LinkShown:
    """A link as the operator sees it: its address while it holds, and how often it was sent."""

    link: SupplierLink | None
    address: str
    step_address: str
    contacts: int

    @property
    def is_live(self) -> bool:
        """Whether it opens something."""
        return bool(self.address)


def shown_link(
    request: HttpRequest,
    *,
    order: PurchaseOrder | None = None,
    invitation: QuoteInvitation | None = None,
) -> LinkShown:
    """The newest link of an order or invitation. Two queries."""
    link = queries.newest_link(order=order, invitation=invitation)
    row = order or invitation
    is_live = link is not None and link.revoked_at is None and link.valid_before > clock.now()
    name, pk = ("order-link", row.pk) if order else ("quote-link", row.pk)  # type: ignore[union-attr]
    return LinkShown(
        link=link,
        address=request.build_absolute_uri(link_address(link)) if link and is_live else "",
        step_address=reverse(f"imports:{name}", args=[pk, "send"])[: -len("send/")],
        contacts=len(queries.contacts_of(row.supplier)),  # type: ignore[union-attr]
    )


STEPS = frozenset({"make", "send", "revoke"})


@access.action("imports.supply.see")
@require_POST
def order_link(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Make, send or revoke the link of an order."""
    rows = PurchaseOrder.objects.filter(round__pool__operator_id=party_of(request).pk)
    order = get_object_or_404(rows.exclude(state=PurchaseOrder.State.DRAFT), pk=pk)
    _take(request, step, order=order)
    return redirect("imports:order-supplier", pk)


@access.action("imports.supply.see")
@require_POST
def quote_link(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Make, send or revoke the link of a supplier that is asked to quote."""
    rows = QuoteInvitation.objects.filter(request__pool__operator_id=party_of(request).pk)
    invitation = get_object_or_404(rows, pk=pk)
    _take(request, step, invitation=invitation)
    return redirect("imports:quote-request", invitation.request_id)


def _take(
    request: HttpRequest,
    step: str,
    *,
    order: PurchaseOrder | None = None,
    invitation: QuoteInvitation | None = None,
) -> None:
    if step not in STEPS:
        raise Http404
    if step == "revoke":
        rows = SupplierLink.objects.filter(order=order, invitation=invitation, revoked_at=None)
        services.revoke_link(get_object_or_404(rows))
        messages.success(request, _("The link is revoked; it opens nothing any more."))
        return
    link = services.open_link(order=order, invitation=invitation)
    if step == "send":
        sent = services.send_link(link)
        told = ngettext(
            "The link is on its way to %(contacts)s contact.",
            "The link is on its way to %(contacts)s contacts.",
            sent,
        )
        messages.success(request, told % {"contacts": locale.number(sent)})


@access.action("imports.supply.see")
@require_POST
def end_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to a contact no more."""
    contact = get_object_or_404(SupplierContact, pk=pk)
    services.end_contact(contact)
    return redirect("imports:supplier", contact.supplier_id)
