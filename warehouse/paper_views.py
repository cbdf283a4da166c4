"""Pages of documents by which goods leave the account book other than to a consumer."""

from typing import Any
from uuid import uuid4

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
from warehouse import services, words, workbooks
from warehouse.domain.papers import PaperKind
from warehouse.forms import MOST_UNITS
from warehouse.models import Holding
from warehouse.queries import terms as queries


class OfHolding(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among owners' units of lots."""

    def label_from_instance(self, obj: Any) -> str:
        """Lot, product, owner and place in one line."""
        place = words.PLACES[obj.place]
        return f"{obj.lot.number} · {obj.lot.product.name} · {obj.owner.name} · {place}"


class PaperForm(forms.Form):
    """A document to be drawn up."""

    kind = forms.ChoiceField(label=gettext_lazy("Document"))
    holding = OfHolding(label=gettext_lazy("Lot"), queryset=None)
    units = forms.IntegerField(label=gettext_lazy("Units"), min_value=1, max_value=MOST_UNITS)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
    counterpart = forms.CharField(
        label=gettext_lazy("With whom"),
        help_text=gettext_lazy("The destroyer, the laboratory, the other zone."),
        max_length=120,
        required=False,
    )
    request_key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, operator: Party, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["kind"].choices = list(words.PAPERS.items())  # type: ignore[attr-defined]
        rows = Holding.objects.filter(
            lot__receipt_line__receipt__consignment__pool__operator_id=operator.pk,
            place__in=["bonded", "quarantine"],
            units__gt=0,
        ).select_related("lot__product", "owner")
        self.fields["holding"].queryset = rows.order_by("lot__number", "pk")  # type: ignore[attr-defined]


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


@access.action("warehouse.paper.draw")
@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest) -> HttpResponse:
    """The documents and where they stand; the form draws up another."""
    operator = _party(request)
    if workbooks.is_wanted(request):
        told = workbooks.papers(queries.paper_rows(operator))
        return workbooks.answer("ways-out-of-the-book", [told])
    form = PaperForm(operator, request.POST or None, initial={"request_key": uuid4().hex})
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            services.draw_up(_paper(form.cleaned_data))
        except Refusal as refusal:
            refused = render_refusal(refusal)
        else:
            messages.success(request, _("The document is drawn up; its units wait in quarantine."))
            return redirect("warehouse:papers")
    rows = [(row, words.PAPERS[row.kind]) for row in queries.paper_rows(operator)]
    context = {"rows": rows, "form": form, "refusal": refused}
    status = 422 if request.method == "POST" else 200
    return render(request, "warehouse/papers.html", context, status=status)


def _paper(told: dict[str, Any]) -> services.Paper:
    holding = told["holding"]
    return services.Paper(
        kind=PaperKind(told["kind"]),
        lot=holding.lot,
        owner=holding.owner,
        units=told["units"],
        reason=told["reason"],
        counterpart=told["counterpart"],
        request_key=f"page:{holding.pk}:{told['request_key']}",
    )


_STEPS = {
    "execute": services.execute,
    "approve": services.approve,
    "withdraw": services.withdraw,
}


@access.action("warehouse.paper.draw")
@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a document one step on: executed, approved by customs, or withdrawn."""
    found = get_object_or_404(queries.papers_of(_party(request)), pk=pk)
    wanted = request.POST.get("step", "")
    if wanted in _STEPS:
        _STEPS[wanted](found)
        messages.success(request, _("Noted."))
    return redirect("warehouse:papers")
