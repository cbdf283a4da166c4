"""The page on which an importer connects its shop: keys, webhooks, deliveries."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import access, api_keys, webhooks
from core.domain.errors import Refusal
from core.models import ApiKey, Importer, Membership, Right, Subscription
from portal.queries import shop as queries
from portal.shop_forms import KeyForm, WebhookForm


@access.action("portal.shop")
@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """Keys, webhooks, and the events that were told."""
    return _page(request)


@access.action("portal.shop")
@never_cache
@require_POST
def make_key(request: HttpRequest) -> HttpResponse:
    """Make a key; its clear text stands on the answer to this request and nowhere else."""
    membership = _membership(request)
    form = KeyForm(request.POST, auto_id="key_%s")
    if not form.is_valid():
        return _page(request, key_form=form, status=422)
    _, clear = api_keys.make(
        _importer(membership),
        name=form.cleaned_data["name"],
        scopes=[api_keys.Scope(scope) for scope in form.cleaned_data["scopes"]],
        lasts=timedelta(days=form.cleaned_data["days"]),
        by=membership.user,
    )
    return _page(request, new_key=clear)


@access.action("portal.shop")
@require_POST
def revoke_key(request: HttpRequest, key_id: int) -> HttpResponse:
    """End a key at once."""
    membership = _membership(request)
    rows = ApiKey.objects.filter(importer_id=membership.party_id)
    api_keys.revoke(get_object_or_404(rows, pk=key_id))
    return redirect("shop")


@access.action("portal.shop")
@never_cache
@require_POST
def make_webhook(request: HttpRequest) -> HttpResponse:
    """Have events told to an address; the secret stands on this answer and nowhere else."""
    membership = _membership(request)
    form = WebhookForm(request.POST, auto_id="webhook_%s")
    if form.is_valid():
        asked = form.cleaned_data
        try:
            _, secret = webhooks.subscribe(_importer(membership), asked["address"], asked["events"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _page(request, new_secret=secret)
    return _page(request, webhook_form=form, status=422)


@access.action("portal.shop")
@require_POST
def end_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """End a webhook; what was told stays on record."""
    membership = _membership(request)
    rows = Subscription.objects.filter(importer_id=membership.party_id)
    webhooks.end(get_object_or_404(rows, pk=webhook_id))
    return redirect("shop")


def _page(
    request: HttpRequest,
    *,
    key_form: KeyForm | None = None,
    webhook_form: WebhookForm | None = None,
    new_key: str = "",
    new_secret: str = "",
    status: int = 200,
) -> HttpResponse:
    membership = _membership(request)
    importer = _importer(membership)
    context = {
        "keys": queries.keys(importer),
        "webhooks": queries.webhooks(importer),
        "deliveries": queries.deliveries(importer),
        "key_form": key_form or KeyForm(auto_id="key_%s"),
        "webhook_form": webhook_form or WebhookForm(auto_id="webhook_%s"),
        "new_key": new_key,
        "new_secret": new_secret,
        "may_manage": access.has(membership, Right.MANAGE),
    }
    return render(request, "portal/shop.html", context, status=status)


def _membership(request: HttpRequest) -> Membership:
    found = access.membership_of(request)
    assert found is not None, "the gate lets members only through"  # noqa: S101
    return found


def _importer(membership: Membership) -> Importer:
    return Importer.objects.get(pk=membership.party_id)  # type: ignore[return-value]
