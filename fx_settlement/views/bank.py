"""The operator's bank: files read in, what matched, what was set apart, what is in suspense."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access
from core.models import Party
from core.web.refusals import Rendered, render_stored
from fx_settlement import queries, services, words
from fx_settlement.forms import BankFileForm, ResolveForm
from fx_settlement.models import BankEntry
from fx_settlement.queries import EntryRow
from fx_settlement.views.common import party_of


@dataclass(frozen=True)
class Shown:
    """A row of a page with what was wrong with it, or with what it belongs to, in words."""

    row: Any
    why: Rendered | None = None
    target: str = ""
    how: str = ""
    doubt: str = ""


@access.action("settlement.bank.view")
@require_safe
def bank(request: HttpRequest) -> HttpResponse:
    """What needs a decision first: movements in suspense, statements set apart; then the rest."""
    operator = party_of(request)
    suspense = queries.entries_of(operator).filter(state=BankEntry.State.SUSPENSE)
    apart = [Shown(row, _why(row)) for row in queries.statement_rows(operator, "quarantined")]
    answers = [Shown(row, _why(row)) for row in queries.message_rows(operator)]
    context = {
        "form": BankFileForm(),
        "suspense": _told(operator, queries.entry_rows(suspense)),
        "apart": apart,
        "statements": queries.statement_rows(operator, "accepted"),
        "answers": answers,
    }
    return render(request, "settlement/bank.html", context)


def _why(row: Any) -> Rendered | None:
    return render_stored(row.fault_code, row.fault) if row.fault_code else None


def _told(operator: Party, rows: list[EntryRow]) -> list[Shown]:
    names = queries.target_names(operator, [row.target for row in rows if row.target])
    return [
        Shown(
            row,
            target=words.named_target(row.target, names) if row.target else "",
            how=words.told_rule(row.rule),
            doubt=str(words.DOUBTS.get(row.doubt, "")),
        )
        for row in rows
    ]


@access.action("settlement.bank.load")
@require_POST
def read_file(request: HttpRequest) -> HttpResponse:
    """Read in a file from the bank; the same file again changes nothing."""
    form = BankFileForm(request.POST, request.FILES)
    if not form.is_valid():
        for fault in form.errors.values():
            messages.error(request, fault.as_text())
        return redirect("settlement:bank")
    given = form.cleaned_data["file"]
    message = services.receive_file(
        party_of(request),
        given.read(),
        filename=given.name,
        by=request.user,  # type: ignore[arg-type]
    )
    messages.success(request, gettext("The file is read: %(kind)s.") % {"kind": message.kind})
    return redirect("settlement:bank")


@access.action("settlement.bank.view")
@require_safe
def bank_statement(request: HttpRequest, pk: int) -> HttpResponse:
    """One statement with its movements and what each belongs to."""
    operator = party_of(request)
    shown = get_object_or_404(queries.statements_of(operator), pk=pk)
    rows = queries.entry_rows(queries.entries_of(operator).filter(statement=shown))
    why = render_stored(shown.fault_code, shown.fault) if shown.fault_code else None
    context = {"statement": shown, "rows": _told(operator, rows), "refusal": why}
    return render(request, "settlement/bank_statement.html", context)


@access.action("settlement.bank.load")
@require_POST
def try_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Judge a statement anew that was set apart."""
    shown = get_object_or_404(queries.statements_of(party_of(request)), pk=pk)
    services.try_again(shown)
    return redirect("settlement:bank-statement", pk=pk)


@access.action("settlement.bank.load")
@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a statement that was set apart is of no use."""
    shown = get_object_or_404(queries.statements_of(party_of(request)), pk=pk)
    services.dismiss(shown)
    return redirect("settlement:bank")


@access.action("settlement.bank.load")
@require_http_methods(["GET", "HEAD", "POST"])
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """A movement in suspense, and what it may belong to."""
    operator = party_of(request)
    entry = get_object_or_404(queries.entries_of(operator), pk=pk)
    targets = services.choices_for(entry) if entry.state == BankEntry.State.SUSPENSE else []
    names = queries.target_names(operator, targets)
    choices = [(target, words.named_target(target, names)) for target in targets]
    form = ResolveForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        services.resolve(
            entry,
            given["target"],
            by=request.user,  # type: ignore[arg-type]
            because=given["because"],
        )
        messages.success(request, gettext("The movement is booked where it belongs."))
        return redirect("settlement:bank")
    row = _told(operator, queries.entry_rows(queries.entries_of(operator).filter(pk=pk)))[0]
    context = {"entry": entry, "shown": row, "form": form, "choices": choices}
    status = 422 if form.errors else 200
    return render(request, "settlement/bank_entry.html", context, status=status)
