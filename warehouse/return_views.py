"""Pages of returns into the zone: their clocks, and the steps of each."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core import access, clock
from core.domain.errors import Refusal
from core.domain.trade import BadMoney, to_minor
from core.models import Party
from core.web.refusals import render_refusal
from warehouse import words, workbooks
from warehouse.domain.returning import ReturnedAs
from warehouse.domain.scans import codes_in
from warehouse.forms import MOST_UNITS
from warehouse.models import ReturnCase
from warehouse.queries import returns as queries
from warehouse.services import code_hmac, returning

HOME = "CNY"
MOST_FEE = 100_000


class AnnounceReturnForm(forms.Form):
    """Which units of which parcel come back."""

    parcel = forms.CharField(label=gettext_lazy("Parcel"), max_length=32)
    lot = forms.CharField(label=gettext_lazy("Lot"), max_length=40)
    units = forms.IntegerField(label=gettext_lazy("Units"), min_value=1, max_value=MOST_UNITS)
    request_key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, operator: Party, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.operator = operator

    def clean(self) -> dict[str, Any] | None:
        """The line of the parcel, which must have left."""
        found = super().clean() or self.cleaned_data
        lines = queries.shipped_lines_of(self.operator).filter(
            order__number=found.get("parcel"), lot__number=found.get("lot")
        )
        found["line"] = lines.first()
        if found["line"] is None:
            self.add_error("parcel", _("No such lot has left in such a parcel."))
        return found


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


@access.action("warehouse.return.handle")
@require_http_methods(["GET", "HEAD", "POST"])
def returns(request: HttpRequest) -> HttpResponse:
    """What comes back and until when it must; the form announces another return."""
    operator = _party(request)
    rows = queries.return_rows(operator, on=clock.today())
    if workbooks.is_wanted(request):
        return workbooks.answer("returns", [workbooks.returns(rows)])
    form = AnnounceReturnForm(operator, request.POST or None, initial={"request_key": uuid4().hex})
    refused = None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        key = f"page:{told['line'].pk}:{told['request_key']}"
        try:
            returning.announce_return(told["line"], told["units"], request_key=key)
        except Refusal as refusal:
            refused = render_refusal(refusal)
        else:
            return redirect("warehouse:returns")
    context = {
        "rows": rows,
        "form": form,
        "refusal": refused,
        "conditions": [(each.value, words.RETURNED_AS[each]) for each in ReturnedAs],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "warehouse/returns.html", context, status=status)


@access.action("warehouse.return.handle")
@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a return one step on: arrived, approved by customs, inspected, or cancelled."""
    found = get_object_or_404(queries.returns_of(_party(request)), pk=pk)
    wanted = request.POST.get("step", "")
    if wanted in _STEPS:
        _STEPS[wanted](found, request)
        messages.success(request, _("Noted."))
    return redirect("warehouse:returns")


def _arrive(case: ReturnCase, request: HttpRequest) -> None:
    returning.receive_back(case, _hashes(request, "scans"))


def _inspect(case: ReturnCase, request: HttpRequest) -> None:
    told = request.POST.get("condition", "")
    condition = ReturnedAs(told) if told in set(ReturnedAs) else ReturnedAs.DAMAGED
    returning.inspect(
        case,
        returning.Inspection(
            condition=condition,
            restock=condition is ReturnedAs.SEALED,
            fee_minor=_fee(request.POST.get("fee", "")),
            new_codes=_hashes(request, "labels"),
        ),
    )


def _fee(written: str) -> int:
    """A fee in fen; nothing written is no fee.

    Raises:
        BadMoney: what is written is no amount of zero or more.
    """
    if not written.strip():
        return 0
    try:
        amount = Decimal(written.strip())
        if amount.is_finite() and 0 <= amount < MOST_FEE:
            return to_minor(amount, HOME)
    except InvalidOperation:
        pass
    raise BadMoney(value=written[:40], currency=HOME, decimals=2)


def _hashes(request: HttpRequest, field: str) -> list[bytes]:
    return [code_hmac(code) for code in codes_in(request.POST.get(field, "")[:20_000])]


def _approve(case: ReturnCase, _: HttpRequest) -> None:
    returning.approve_return(case)


def _cancel(case: ReturnCase, _: HttpRequest) -> None:
    returning.cancel_return(case)


_STEPS = {"arrive": _arrive, "approve": _approve, "inspect": _inspect, "cancel": _cancel}
