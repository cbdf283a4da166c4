"""Charges that came late, for the operator: entered by one person, posted by another."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from core import access
from core.domain.errors import Refusal
from core.domain.trade import to_minor
from core.models import Party
from core.web import locale
from core.web.refusals import render_refusal
from fx_settlement import queries, services
from fx_settlement.forms import LateChargeForm, ReasonForm
from fx_settlement.models import LateCharge
from fx_settlement.services import books
from fx_settlement.views.common import party_of
from imports import words as imports_words
from imports.models import ConsignmentCharge


@access.action("settlement.late_charge.view")
@require_safe
def late_charges(request: HttpRequest) -> HttpResponse:
    """What came late, what of it is posted, and a form for the next bill."""
    return _list(request)


def _list(request: HttpRequest, form: LateChargeForm | None = None) -> HttpResponse:
    operator = party_of(request)
    context = {
        "rows": queries.late_rows(operator),
        "form": form or LateChargeForm(charges=_choices(operator)),
        "home": books.HOME,
    }
    status = 422 if form is not None else 200
    return render(request, "settlement/late_charges.html", context, status=status)


def _choices(operator: Party) -> list[tuple[int, str]]:
    return [(each.pk, _named(each)) for each in queries.charges_to_follow(operator)]


def _named(charge: ConsignmentCharge) -> str:
    """A shared charge as a choice: its consignment, what it is, by what it was shared."""
    said = gettext("%(consignment)s: %(kind)s, %(basis)s, %(amount)s")
    return said % {
        "consignment": charge.consignment.number,
        "kind": imports_words.CHARGES[charge.kind],
        "basis": imports_words.BASES[charge.basis],
        "amount": locale.money(charge.amount_cny_minor, books.HOME),
    }


@access.action("settlement.late_charge.change")
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Write a bill down; nothing is posted."""
    operator = party_of(request)
    form = LateChargeForm(request.POST, charges=_choices(operator))
    if not form.is_valid():
        return _list(request, form)
    given = form.cleaned_data
    follows = {each.pk: each for each in queries.charges_to_follow(operator)}[given["follows"]]
    try:
        made = services.enter_late_charge(
            follows,
            amount_minor=to_minor(given["amount"], books.HOME),
            document=given["document"],
            billed_on=given["billed_on"],
            due_on=given["due_on"],
            because=given["because"],
            is_for_round=given["is_for_round"],
            by=request.user,  # type: ignore[arg-type]
        )
    except Refusal as refusal:
        said = render_refusal(refusal)
        form.add_error(None, f"{said.reason} {said.remedy}")
        return _list(request, form)
    messages.success(request, gettext("The bill is entered; a second person posts it."))
    return redirect("settlement:late-charge", pk=made.pk)


@access.action("settlement.late_charge.view")
@require_safe
def late_charge(request: HttpRequest, pk: int) -> HttpResponse:
    """A bill with its split: as posted, else as it would be posted now."""
    late = get_object_or_404(queries.late_charges_of(party_of(request)), pk=pk)
    context = {
        "late": late,
        "follows": _named(late.follows),
        "home": books.HOME,
        "is_open": late.state == LateCharge.State.ENTERED,
        "may_post": late.entered_by_id != request.user.pk,
        "may_take_back": late.state == LateCharge.State.POSTED and late.reverses_id is None,
        "form": ReasonForm(),
    }
    try:
        split = services.late_split(late)
    except Refusal as refusal:
        context["refusal"] = render_refusal(refusal)
    else:
        rows = queries.late_shares(late, split)
        context |= {"rows": rows, "split": split, "due_minor": sum(row.due_minor for row in rows)}
    return render(request, "settlement/late_charge.html", context)


@access.action("settlement.late_charge.change")
@require_POST
def decide(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Post a bill, drop it, take it back, or take what is due of it from importers' accounts."""
    late = get_object_or_404(queries.late_charges_of(party_of(request)), pk=pk)
    if step == "post":
        services.post_late_charge(late, by=request.user)  # type: ignore[arg-type]
        messages.success(request, gettext("Posted; what accounts lack is asked for."))
    elif step == "drop":
        services.drop_late_charge(late)
    elif step == "collect":
        services.collect_late_charge(late)
    elif step == "take-back":
        form = ReasonForm(request.POST)
        if form.is_valid():
            late = services.take_back_late_charge(
                late,
                because=form.cleaned_data["because"],
                by=request.user,  # type: ignore[arg-type]
            )
            messages.success(request, gettext("Entered; a second person posts it."))
    else:
        raise Http404
    return redirect("settlement:late-charge", pk=late.pk)
