"""What stands behind a statement: rates, fees and drift by document, and every transfer."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core import access
from core.models import Party
from fx_settlement import queries, services, statement_sheets, words
from fx_settlement.domain.paid import totals
from fx_settlement.domain.statement import Component
from fx_settlement.services import papers
from fx_settlement.views.common import account_paper, download, language_of, party_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _year(importer: Party, year: int) -> None:
    if year not in queries.years_of(importer):
        raise Http404


@access.action("settlement.statement.view")
@require_safe
def paid(request: HttpRequest, year: int) -> HttpResponse:
    """Each document with its benchmark, its rate, its drift and its fee; wires beside own ones."""
    importer = party_of(request)
    _year(importer, year)
    documents = queries.documents_of(importer, year)
    wires = queries.own_wires(documents)
    context = {
        "year": year,
        "rows": [(words.DOCUMENT_KINDS[row.kind], row) for row in documents],
        "wires": wires,
        "totals": totals(documents, wires),
    }
    return render(request, "settlement/paid.html", context)


@access.action("settlement.statement.view")
@require_safe
def component(request: HttpRequest, year: int, component: str) -> HttpResponse:
    """The transfers that a line of the statement is the sum of."""
    importer = party_of(request)
    _year(importer, year)
    if component not in list(Component):
        raise Http404
    line = Component(component)
    rows = queries.transfers_of(importer, year, line)
    context = {
        "year": year,
        "label": words.COMPONENTS[line],
        "rows": [(words.REASONS.get(row.code, row.code), row) for row in rows],
        "total_minor": sum(row.amount_minor for row in rows),
    }
    return render(request, "settlement/component.html", context)


@access.action("settlement.statement.view")
@require_safe
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """One transfer that touched an account of the importer's, and what belongs to it."""
    found = queries.transfer_of(party_of(request), pk)
    if found is None:
        raise Http404
    context = {
        "transfer": found,
        "reason": words.REASONS.get(found.code, found.code),
        "debit": words.account_name(found.debit.code, is_own=found.debit.is_own),
        "credit": words.account_name(found.credit.code, is_own=found.credit.is_own),
        "others": [(words.REASONS.get(row.code, row.code), row) for row in found.others],
    }
    return render(request, "settlement/transfer.html", context)


@access.action("settlement.statement.view")
@require_safe
def statement_xlsx(request: HttpRequest, year: int) -> HttpResponse:
    """The statement as a workbook: lines, documents, wires, transfers, and the rows used."""
    importer = party_of(request)
    _year(importer, year)
    documents = queries.documents_of(importer, year)
    book = statement_sheets.Behind(
        services.statement(importer, year),
        documents,
        queries.own_wires(documents),
        queries.transfers_of(importer, year),
    )
    name = f"statement-{importer.code}-{year}.xlsx"
    return download(statement_sheets.workbook(book), filename=name, media_type=XLSX)


@access.action("settlement.money.view")
@require_safe
def exit_statement(request: HttpRequest) -> HttpResponse:
    """What would be between the importer and its pools if it left today, or is since it left."""
    return _exit(request, party_of(request))


@access.action("settlement.statement.view_any")
@require_safe
def exit_statement_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The operator's view of the same for one of its importers."""
    return _exit(request, _member(request, pk))


@access.action("settlement.money.view")
@require_POST
def print_exit(request: HttpRequest) -> HttpResponse:
    """Ask for the exit statement on paper."""
    papers.order_account_paper(party_of(request), "exit", language=language_of())
    return redirect("settlement:exit")


@access.action("settlement.statement.view_any")
@require_POST
def print_exit_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for the operator, of one of its importers."""
    papers.order_account_paper(_member(request, pk), "exit", language=language_of())
    return redirect("settlement:exit-of", pk=pk)


@access.action("settlement.money.view")
@require_safe
def exit_pdf(request: HttpRequest) -> HttpResponse:
    """Today's latest exit statement on paper; 404 until it is drawn."""
    return account_paper(party_of(request), "exit")


@access.action("settlement.statement.view_any")
@require_safe
def exit_pdf_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for the operator, of one of its importers."""
    return account_paper(_member(request, pk), "exit")


def _member(request: HttpRequest, pk: int) -> Party:
    if pk not in dict(queries.members_of(party_of(request))):
        raise Http404
    return get_object_or_404(Party, pk=pk)


def _exit(request: HttpRequest, importer: Party) -> HttpResponse:
    is_own = party_of(request).pk == importer.pk
    context = {
        "importer": importer,
        "statements": queries.exit_statements(importer),
        "job": papers.account_paper_job(importer, "exit", language=language_of()),
        "paper": reverse("settlement:exit-pdf")
        if is_own
        else reverse("settlement:exit-pdf-of", args=[importer.pk]),
        "order": reverse("settlement:print-exit")
        if is_own
        else reverse("settlement:print-exit-of", args=[importer.pk]),
    }
    return render(request, "settlement/exit.html", context)
