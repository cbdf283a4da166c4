"""The page on which importers set up their look, and the two files behind it."""

from django.contrib import messages
from django.forms import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from core import access
from core.domain.errors import Refusal
from core.models import Membership, Right
from core.web.refusals import render_refusal
from traceability import branding
from traceability.domain.contrast import TooFaint
from traceability.forms import BrandForm
from traceability.logos import LogoNotUsable, LogoTooDetailed

_kept_for_good = cache_control(public=True, max_age=31_536_000, immutable=True)


@access.action("traceability.brand.set")
@require_http_methods(["GET", "HEAD", "POST"])
def brand(request: HttpRequest) -> HttpResponse:
    """Set logo, colours and contact, with a preview in both themes."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    now = branding.look_of(membership.party)
    form = BrandForm(request.POST or None, request.FILES or None, initial=model_to_dict(now))
    if request.method == "POST":
        access.need(membership, Right.MANAGE)
        if form.is_valid() and _set(form, membership):
            messages.success(request, _("Your trace page is set up."))
            return redirect("brand")
    brand_now = branding.brand_of(membership.party_id)
    context = {"form": form, "brand": brand_now, "look": now, "party": membership.party}
    return render(request, "traceability/brand.html", context, status=422 if form.errors else 200)


def _set(form: BrandForm, membership: Membership) -> bool:
    """Keep what was entered; a refusal is shown at its field."""
    try:
        branding.set_look(membership.party, form.look(), form.logo_bytes())
    except Refusal as refusal:
        said = render_refusal(refusal)
        form.add_error(_field(refusal, form), f"{said.reason} {said.remedy}")
        return False
    return True


def _field(refusal: Refusal, form: BrandForm) -> str | None:
    if isinstance(refusal, LogoNotUsable | LogoTooDetailed):
        return "logo"
    if isinstance(refusal, TooFaint):
        faint = refusal.params["colour"]
        entered = form.cleaned_data["accent_light"].strip().lower()
        is_light = entered == faint and refusal.params["theme"] == "light"
        return "accent_light" if is_light else "accent_dark"
    return None


@access.public
@require_safe
@_kept_for_good
def stylesheet(request: HttpRequest, importer_id: int, version: str) -> HttpResponse:
    """The styles of an importer's pages; a change makes a new version."""
    sheet = branding.stylesheet(importer_id)
    if sheet is None:
        raise Http404
    return HttpResponse(sheet, content_type="text/css; charset=utf-8")


@access.public
@require_safe
@_kept_for_good
def logo(request: HttpRequest, importer_id: int, version: str) -> HttpResponse:
    """The logo on an importer's pages."""
    content = branding.logo(importer_id)
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="image/png")
