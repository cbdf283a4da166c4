"""Cases with clocks: the close of an account book, and the disposal of goods."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core import access, clock, documents
from core.domain.workdays import unannounced
from core.models import Document, Party
from warehouse import words, workbooks
from warehouse.domain.disposal import EvidenceKind, EvidenceMissing, Way, needed_to_file
from warehouse.models import BookClose, CloseLine, DisposalCase, DisposalEvidence
from warehouse.queries import closing as queries
from warehouse.services import closing, disposing

MOST_BYTES = 50_000_000
MOST_UNITS = 100_000_000
ENDED = ("closed", "dropped")


def _party(request: HttpRequest) -> Party:
    return access.membership_of(request).party  # type: ignore[union-attr]


class ReasonForm(forms.Form):
    """Why an item differs."""

    line = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class EvidenceForm(forms.Form):
    """A paper or recording of a case."""

    kind = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in EvidenceKind])
    file = forms.FileField()


class PlanForm(forms.Form):
    """Which way goods go, and what the law wants to know of it."""

    way = forms.ChoiceField(choices=[(way.value, way.value) for way in Way])
    cannot_return = forms.CharField(max_length=300, required=False)
    destroyer = forms.CharField(max_length=120, required=False)


@access.action("warehouse.close.view")
@require_safe
def closes(request: HttpRequest) -> HttpResponse:
    """The account books with their cycles, and how far the close of each is."""
    today = clock.today()
    books = queries.books_of(_party(request)).select_related("pool", "close")
    rows = [(book, getattr(book, "close", None)) for book in books.order_by("-cycle_from", "pk")]
    context = {
        "rows": [(book, found, today >= book.cycle_before) for book, found in rows],
        "late": [found for _, found in rows if found and _is_late(found, today)],
    }
    return render(request, "warehouse/closes.html", context)


def _is_late(close: BookClose, today: date) -> bool:
    return close.filed_on is None and today > close.file_by


@access.action("warehouse.close.do")
@require_POST
def open_close(request: HttpRequest, book_id: int) -> HttpResponse:
    """Begin the close of a book whose cycle has ended."""
    book = get_object_or_404(queries.books_of(_party(request)), pk=book_id)
    return redirect("warehouse:close", pk=closing.open_close(book).pk)


@access.action("warehouse.close.view")
@require_safe
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """One close: the blind count, then each difference with the movements behind it."""
    found = get_object_or_404(queries.closes_of(_party(request)), pk=pk)
    rows = queries.close_rows(found)
    context = {
        "close": found,
        "book": found.book,
        "rows": [(row, words.OUTCOMES[row.outcome]) for row in rows],
        "differing": [_behind(row) for row in rows if row.difference],
        "missing": sum(row.counted_units is None for row in rows),
        "unexplained": sum(row.outcome == "open" for row in rows),
        "tax": sum(row.tax_minor or 0 for row in rows),
        "days_left": (found.file_by - clock.today()).days,
    }
    return render(request, "warehouse/close.html", context)


def _behind(row: queries.CloseRow) -> tuple[queries.CloseRow, list[tuple[Any, Any]]]:
    return row, [(words.CLOSE_CAUSES[cause.kind], cause) for cause in row.causes]


@access.action("warehouse.close.do")
@require_POST
def close_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take a close one step on."""
    found = get_object_or_404(queries.closes_of(_party(request)), pk=pk)
    steps: dict[str, Callable[[], Any]] = {
        "count": lambda: closing.enter_counts(found, _counted(request)),
        "finish": lambda: closing.finish_count(found),
        "reason": lambda: _give_reason(request, found),
        "extend": lambda: closing.extend(found),
        "file": lambda: closing.file_close(found),
        "accept": lambda: closing.accept_close(found),
    }
    if step not in steps:
        raise Http404
    steps[step]()
    messages.success(request, _("Done."))
    return redirect("warehouse:close", pk=found.pk)


def _counted(request: HttpRequest) -> dict[int, int]:
    """The counts that were typed, by line; empty fields are left for later."""
    counted = {}
    for name, text in request.POST.items():
        line_id, units = name.removeprefix("line-"), str(text).strip()
        if name.startswith("line-") and line_id.isdigit() and units.isdigit():
            counted[int(line_id)] = min(int(units), MOST_UNITS)
    return counted


def _give_reason(request: HttpRequest, found: BookClose) -> None:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Http404
    told = form.cleaned_data
    line = get_object_or_404(CloseLine.objects.filter(close=found), pk=told["line"])
    closing.give_reason(line, told["reason"])


@access.action("warehouse.close.view")
@require_safe
def filing(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The filing as a paper or a workbook, once it is drawn."""
    rows = queries.closes_of(_party(request)).select_related("paper", "sheet")
    found = get_object_or_404(rows, pk=pk)
    document = {"pdf": found.paper, "xlsx": found.sheet}.get(kind)
    if document is None:
        raise Http404
    return _file(document)


def _file(document: Document) -> HttpResponse:
    answer = HttpResponse(documents.content(document), content_type=document.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{document.filename}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _cases(request: HttpRequest) -> Any:
    rows = DisposalCase.objects.filter(pool__operator_id=_party(request).pk)
    return rows.select_related("lot__product", "owner", "paper")


@access.action("warehouse.disposal.view")
@require_safe
def disposals(request: HttpRequest) -> HttpResponse:
    """Goods that must go: what is open, until when, and what was done."""
    today = clock.today()
    rows = list(_cases(request).order_by("filed_on", "execute_by", "-pk")[:200])
    if workbooks.is_wanted(request):
        return workbooks.answer("disposal", [workbooks.disposals(rows)])
    waiting = [case for case in rows if case.state not in ("closed", "dropped")]
    context = {
        "waiting": [(case, words.DISPOSAL_REASONS[case.reason], _clock(case)) for case in waiting],
        "ended": [
            (case, words.DISPOSAL_REASONS[case.reason]) for case in rows if case not in waiting
        ],
        "late": sum(bool(_clock(case) and _clock(case) < today) for case in waiting),  # type: ignore[operator]
    }
    return render(request, "warehouse/disposals.html", context)


def _clock(case: DisposalCase) -> date | None:
    """The next day by which something must be done."""
    if case.state == DisposalCase.State.PLANNED:
        return case.execute_by
    return case.papers_by if case.state == DisposalCase.State.EXECUTED else None


@access.action("warehouse.disposal.view")
@require_safe
def disposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: what it is about, its papers, and the next step."""
    kept = DisposalEvidence.objects.select_related("document").order_by("pk")
    case = get_object_or_404(_cases(request).prefetch_related(Prefetch("evidence", kept)), pk=pk)
    needed = needed_to_file(Way(case.way)) if case.way else ()
    held = {each.kind for each in case.evidence.all()}
    context = {
        "case": case,
        "reason": words.DISPOSAL_REASONS[case.reason],
        "way": words.WAYS.get(case.way, ""),
        "evidence": [(words.EVIDENCE[each.kind], each) for each in case.evidence.all()],
        "kinds": words.EVIDENCE,
        "ways": words.WAYS,
        "lacking": [words.EVIDENCE[kind] for kind in needed if kind not in held],
        "next_on": _clock(case),
        "unannounced": _unannounced(case),
    }
    return render(request, "warehouse/disposal.html", context)


def _unannounced(case: DisposalCase) -> tuple[int, ...]:
    """Years between the disposal and its papers whose holidays are not announced yet."""
    if not (case.executed_on and case.papers_by):
        return ()
    return unannounced(case.executed_on, case.papers_by)


@access.action("warehouse.disposal.do")
@require_POST
def disposal_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take a case one step on."""
    case = get_object_or_404(_cases(request), pk=pk)
    steps: dict[str, Callable[[], Any]] = {
        "authorise": lambda: disposing.authorise(case),
        "plan": lambda: _plan(request, case),
        "extend": lambda: disposing.extend(case),
        "execute": lambda: disposing.execute(case),
        "file": lambda: disposing.file_papers(case),
        "drop": lambda: disposing.drop(case),
    }
    if step not in steps:
        raise Http404
    steps[step]()
    messages.success(request, _("Done."))
    return redirect("warehouse:disposal", pk=case.pk)


def _plan(request: HttpRequest, case: DisposalCase) -> None:
    form = PlanForm(request.POST)
    if not form.is_valid():
        raise Http404
    told = form.cleaned_data
    way = Way(told["way"])
    disposing.plan(case, way, cannot_return=told["cannot_return"], destroyer=told["destroyer"])


@access.action("warehouse.disposal.do")
@require_POST
def add_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a paper or recording of a case, sealed."""
    case = get_object_or_404(_cases(request), pk=pk)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid() or form.cleaned_data["file"].size > MOST_BYTES:
        raise EvidenceMissing(kind=request.POST.get("kind", "")[:20])
    sent, kind = form.cleaned_data["file"], EvidenceKind(form.cleaned_data["kind"])
    name = f"{case.number}-{kind}"
    disposing.add_evidence(case, kind, sent.read(), name, "application/octet-stream")
    messages.success(request, _("The file is kept."))
    return redirect("warehouse:disposal", pk=case.pk)


@access.action("warehouse.disposal.view")
@require_safe
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """A kept paper or recording, out of its seal."""
    rows = DisposalEvidence.objects.select_related("document")
    found = get_object_or_404(rows, pk=pk, case__pool__operator_id=_party(request).pk)
    return _file(found.document)
