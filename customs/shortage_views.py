"""The page on which the tax on missing units of a book's close is assessed and stated."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core import access
from core.domain.errors import Refusal
from core.domain.trade import BadMoney, to_minor
from core.models import Party
from core.web.refusals import render_refusal
from customs import words
from customs.domain.assessment import Assessment
from customs.services import shortages
from warehouse.models import BookClose, CloseLine
from warehouse.queries.closing import shortages_of

HOME = "CNY"
SHOWN = 50


class StatedForm(forms.Form):
    """Another tax than the assessed one, and why."""

    amount = forms.DecimalField(
        label=gettext_lazy("Another amount, CNY"), min_value=0, max_digits=14, required=False
    )
    because = forms.CharField(label=gettext_lazy("Why"), max_length=300, required=False)


@dataclass(frozen=True)
class Shown:
    """A line that lacks units, its tax as the rules give it with the steps, or why they cannot."""

    line: CloseLine
    missing: int
    total_minor: int | None
    steps: list[words.StepInWords]
    refusal: object | None

    @property
    def is_open(self) -> bool:
        """Whether the tax may still be stated."""
        return str(self.line.close.state) == BookClose.State.EXPLAINING


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


@access.action("customs.shortage.tax")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What closes found missing, and the tax on it."""
    rows = [_shown(line) for line in shortages_of(_party(request))[:SHOWN]]
    return render(request, "customs/shortages.html", {"rows": rows})


def _shown(line: CloseLine) -> Shown:
    if line.close.state != BookClose.State.EXPLAINING:
        kept = line.assessment or {}
        return Shown(line, -line.difference, line.assessed_minor, words.steps(kept), None)
    assessment, refusal = shortages.assessed_or_why_not(line)
    return Shown(
        line,
        -line.difference,
        assessment.total_minor if assessment else None,
        _steps(assessment),
        _said(refusal),
    )


def _steps(assessment: Assessment | None) -> list[words.StepInWords]:
    return words.steps(assessment.as_json()) if assessment else []


def _said(refusal: Refusal | None) -> object | None:
    return render_refusal(refusal) if refusal else None


@access.action("customs.shortage.tax")
@require_POST
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the assessed tax, or state another with its reason."""
    line = get_object_or_404(shortages_of(_party(request)), pk=pk)
    form = StatedForm(request.POST)
    if not form.is_valid():
        raise BadMoney(value=request.POST.get("amount", "")[:40], currency=HOME, decimals=2)
    told = form.cleaned_data
    stated = to_minor(told["amount"], HOME) if told["amount"] is not None else None
    shortages.tax_shortage(line, stated_minor=stated, because=told["because"])
    messages.success(request, _("The tax is stated."))
    return redirect("customs:shortages")
