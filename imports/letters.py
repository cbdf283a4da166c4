"""Letters to suppliers: the link by which they answer, written when it is sent."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from core import links, mail
from core.mail import Letter
from core.web import locale
from imports.models import PurchaseOrder, QuoteInvitation, SupplierContact, SupplierLink

PURPOSE = "imports.supplier"


def link_address(link: SupplierLink) -> str:
    """The path behind which a supplier answers, without signing in."""
    name = "imports:supplier-order" if link.order_id else "imports:quote"
    return reverse(name, args=[links.token(PURPOSE, {"link": link.pk})])


def _language(ids: dict[str, Any]) -> str:
    return SupplierContact.objects.values_list("language", flat=True).get(pk=ids["contact"])


@mail.writes("supplier-link", language=_language)
def _write(ids: dict[str, Any]) -> Letter | None:
    """A link to one contact; None once it was revoked, or the contact is gone."""
    link = SupplierLink.objects.select_related(
        "order__round__pool__operator", "invitation__request__pool__operator"
    ).get(pk=ids["link"])
    contact = SupplierContact.objects.select_related("person").get(pk=ids["contact"])
    if link.revoked_at or contact.ended_at or contact.person.erased_at:
        return None
    scheme = "https" if settings.IS_HTTPS else "http"
    address = f"{scheme}://{settings.PUBLIC_HOST}{link_address(link)}"
    subject, text = _order(link.order) if link.order else _request(link.invitation)
    warning = _("Whoever has this address answers in your name; pass it to nobody else.")
    return Letter(contact.person, subject, f"{text}\n\n{address}\n\n{warning}\n")


def _order(order: PurchaseOrder) -> tuple[str, str]:
    told = {"number": order.number, "buyer": order.round.pool.operator.name}
    text = _(
        "{buyer} has placed order {number} with you.\n\n"
        "Open this address to accept it or propose otherwise, and to announce what leaves:"
    )
    return _("Order {number} from {buyer}").format(**told), text.format(**told)


def _request(invitation: QuoteInvitation | None) -> tuple[str, str]:
    request = invitation.request  # type: ignore[union-attr]
    told = {
        "number": request.number,
        "buyer": request.pool.operator.name,
        "day": locale.day(request.answer_by),
    }
    text = _(
        "{buyer} asks for your prices, request {number}.\n\n"
        "Open this address and answer until {day}; you may change your answer until then:"
    )
    return _("Request for quotation {number} from {buyer}").format(**told), text.format(**told)
