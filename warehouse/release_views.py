"""Pages of releases: owners keep, others ask, the operator announces."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, clock
from core.domain.errors import Refusal
from core.models import Party
from core.web.refusals import render_refusal
from warehouse.models import Release
from warehouse.queries import releases as queries
from warehouse.release_forms import AnnounceForm, TermsForm, UnitsForm
from warehouse.services import releasing


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


@access.action("warehouse.release.view")
@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """What the importer may keep and ask for, and what it got and why."""
    rows = queries.releases_for(_party(request))
    return render(request, "warehouse/releases.html", {"rows": rows})


@access.action("warehouse.release.take_part")
@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a number of units for oneself."""
    found = get_object_or_404(Release, pk=pk)
    form = UnitsForm(request.POST)
    if form.is_valid():
        releasing.keep(found, _party(request), form.cleaned_data["units"])
        messages.success(request, _("Noted. You may change it until the deadline."))
    return redirect("warehouse:releases")


@access.action("warehouse.release.take_part")
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for offered units; the money is set aside until the release closes."""
    found = get_object_or_404(Release, pk=pk)
    form = UnitsForm(request.POST)
    if form.is_valid():
        releasing.ask(found, _party(request), form.cleaned_data["units"])
        messages.success(request, _("Noted. You may change it until the last day of asking."))
    return redirect("warehouse:releases")


@access.action("warehouse.release.lead")
@require_http_methods(["GET", "HEAD", "POST"])
def lead(request: HttpRequest) -> HttpResponse:
    """The pool's releases; the form announces another."""
    operator = _party(request)
    form = AnnounceForm(operator, request.POST or None)
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            releasing.announce(form.announcement)
        except Refusal as refusal:
            refused = render_refusal(refusal)
        else:
            messages.success(request, _("The release is announced, and its owners are told."))
            return redirect("warehouse:lead-releases")
    context = {
        "rows": queries.releases_led_by(operator),
        "form": form,
        "terms": TermsForm(operator, initial={"valid_from": clock.today()}),
        "refusal": refused,
    }
    is_faulty = request.method == "POST"
    return render(
        request, "warehouse/lead_releases.html", context, status=422 if is_faulty else 200
    )


@access.action("warehouse.release.lead")
@require_POST
def set_terms(request: HttpRequest) -> HttpResponse:
    """Set from a day on what a unit may lose at most."""
    form = TermsForm(_party(request), request.POST)
    if form.is_valid():
        releasing.set_terms(
            form.cleaned_data["pool"],
            valid_from=form.cleaned_data["valid_from"],
            fee_cap_minor=int(form.cleaned_data["fee_cap"] * 100),
        )
        messages.success(request, _("The terms are set."))
    return redirect("warehouse:lead-releases")
