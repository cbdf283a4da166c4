"""The tariffs behind landed costs: what was published, and what the operator entered over it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from core import access, clock
from core.domain.errors import Refusal
from core.web.refusals import render_refusal
from imports import queries, services, words
from imports.catalogue_forms import House
from imports.forms import DayInput
from imports.models import TariffRow


class RevisionForm(House):
    """A price from a day on, and where it comes from."""

    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput)
    valid_before = forms.DateField(label=_("Valid before"), widget=DayInput, required=False)
    price = forms.DecimalField(
        label=_("Price"), max_digits=14, decimal_places=4, min_value=0, required=False
    )
    minimum_amount = forms.DecimalField(
        label=_("Minimum charge"), max_digits=14, decimal_places=4, min_value=0, required=False
    )
    breakpoints = forms.CharField(
        label=_("Breaks"),
        max_length=300,
        required=False,
        help_text=_("For tariffs by weight: 45:2.78|100:2.44, the lightest first."),
    )
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("The quote, list or contract it is from.")
    )
    trust = forms.ChoiceField(label=_("Trust"), choices=[*words.TRUST.items()])

    def clean(self) -> dict[str, Any] | None:
        """A price ends after it starts."""
        found = super().clean() or self.cleaned_data
        first, end = found.get("valid_from"), found.get("valid_before")
        if first and end and end <= first:
            self.add_error("valid_before", _("The end lies before the start."))
        return found


@access.action("imports.supply.see")
@require_safe
def tariffs(request: HttpRequest) -> HttpResponse:
    """Every tariff as it holds today, with its date, source and trust."""
    today, text = clock.today(), request.GET.get("q", "")[:40].strip()
    book = queries.tariff_book(today)
    rows = [
        (row, words.TRUST[row.trust], row.is_stale(today))
        for key, row in sorted(book.rows.items())
        if text.casefold() in f"{key} {row.mode}".casefold()
    ]
    context = {"rows": rows, "text": text, "stale": sum(is_stale for _, _, is_stale in rows)}
    return render(request, "imports/tariffs.html", context)


@access.action("imports.supply.see")
@require_http_methods(["GET", "HEAD", "POST"])
def tariff(request: HttpRequest, key: str) -> HttpResponse:
    """One tariff: what was published, what was entered over it, and a form for the next price."""
    found, today = get_object_or_404(TariffRow, pk=key), clock.today()
    form = RevisionForm(request.POST or None, initial={"valid_from": today})
    if request.method == "POST" and form.is_valid():
        try:
            services.revise_tariff(found, **form.cleaned_data)
        except Refusal as refusal:
            said = render_refusal(refusal)
            form.add_error(None, f"{said.reason} {said.remedy}")
        else:
            return redirect("imports:tariff", key)
    context = {
        "row": found,
        "now": queries.tariff_book(today)[key],
        "revisions": list(found.revisions.order_by("-valid_from", "-pk")),
        "form": form,
    }
    return render(request, "imports/tariff.html", context, status=422 if form.errors else 200)
