"""Liens on stock: what is kept for whom, and the steps that two people take."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core import access
from core.domain.errors import Refusal
from core.models import Party
from core.web.refusals import render_refusal
from warehouse.domain.liens import LIEN_STEPS
from warehouse.forms import MOST_UNITS
from warehouse.models import Holding, Lien
from warehouse.queries import liens as queries
from warehouse.services import liens as services
from warehouse.words import LIEN_CAUSES, LIEN_STEP_WORDS


class OfFreeHolding(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among importers' free units of lots."""

    def label_from_instance(self, obj: Any) -> str:
        """Lot, product, owner and free units in one line."""
        free = obj.units - obj.reserved_units
        return f"{obj.lot.number} · {obj.lot.product.name} · {obj.owner.name} · {free}"


class LienForm(forms.Form):
    """Units to be kept for somebody."""

    holding = OfFreeHolding(label=gettext_lazy("Lot"), queryset=None)
    units = forms.IntegerField(label=gettext_lazy("Units"), min_value=1, max_value=MOST_UNITS)
    holder = forms.CharField(label=gettext_lazy("For whom"), max_length=120)
    reference = forms.CharField(label=gettext_lazy("Contract"), max_length=80)

    def __init__(self, operator: Party, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        rows: Any = queries.free_holdings(operator)
        self.fields["holding"].queryset = rows  # type: ignore[attr-defined]


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


@access.action("warehouse.lien.view")
@require_http_methods(["GET", "HEAD", "POST"])
def liens(request: HttpRequest) -> HttpResponse:
    """What is kept and for whom; the form asks for another lien, which a second person sets."""
    operator, refused = _party(request), None
    form = LienForm(operator, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _ask(request, form.cleaned_data)
        except Refusal as refusal:
            refused = render_refusal(refusal)
        else:
            messages.success(request, _("The lien waits for a second person."))
            return redirect("warehouse:liens")
    rows = [(row, LIEN_CAUSES[row.cause], _steps(request, row)) for row in queries.rows(operator)]
    context = {"rows": rows, "form": form, "refusal": refused}
    status = 422 if request.method == "POST" else 200
    return render(request, "warehouse/liens.html", context, status=status)


def _ask(request: HttpRequest, told: dict[str, Any]) -> Lien:
    holding: Holding = told["holding"]
    return services.ask_lien(
        holding.owner,
        holding.lot,
        told["units"],
        holder=told["holder"],
        reference=told["reference"],
        by=request.user,  # type: ignore[arg-type]
    )


def _steps(request: HttpRequest, row: Lien) -> list[tuple[str, str]]:
    """What the reader may do next about a lien, with the words of the buttons."""
    if row.cause == Lien.Cause.ARREARS:
        return []
    asker = row.asked_by_id if row.state == Lien.State.ASKED else row.lift_asked_by_id
    return [
        (step, str(LIEN_STEP_WORDS[step]))
        for step in LIEN_STEPS.allowed(row.state)
        if step not in ("set", "lift") or asker != request.user.pk
    ]


@access.action("warehouse.lien.change")
@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Set, decline, ask to lift, lift or keep a lien."""
    found = get_object_or_404(queries.liens_of(_party(request)), pk=pk)
    services.step_lien(found, request.POST.get("step", ""), by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Noted."))
    return redirect("warehouse:liens")
