"""An importer's statements, as it and its operator read them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from core import access, documents
from core.models import Job, Party
from core.web.charts import Bar
from fx_settlement import queries, services, words
from fx_settlement.domain.statement import Statement
from fx_settlement.services import papers
from fx_settlement.views.common import party_of


def _language() -> str:
    return get_language() or "en"


@access.action("settlement.statement.view")
@require_safe
def statements(request: HttpRequest) -> HttpResponse:
    """The importer's newest statement, or word that there is none yet."""
    years = queries.years_of(party_of(request))
    if years:
        return redirect("settlement:statement", year=years[0])
    return render(request, "settlement/no_statement.html")


@access.action("settlement.statement.view")
@require_safe
def statement(request: HttpRequest, year: int) -> HttpResponse:
    """The importer's year in the pool beside the same year alone, with every row behind it."""
    party = party_of(request)
    years = queries.years_of(party)
    if year not in years:
        raise Http404
    job = papers.statement_job(party, year, language=_language())
    made = services.statement(party, year)
    context = {**_told(made), "years": years, "job": job, "may_print": True}
    return render(request, "settlement/statement.html", context)


@access.action("settlement.statement.view_any")
@require_safe
def statement_of(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The operator's view of an importer's statement in a pool of its own."""
    importer = get_object_or_404(Party, code=code, kind=Party.Kind.IMPORTER)
    pools = queries.pools_of(importer, year)
    if party_of(request).pk not in {pool.operator_id for pool in pools}:
        raise Http404
    context = _told(services.statement(importer, year))
    return render(request, "settlement/statement.html", context)


def _told(made: Statement) -> dict[str, object]:
    """A statement in words and figures for its page."""
    names = words.COMPONENTS
    alone = {str(names[line.component]): line.alone_minor for line in made.lines}
    pooled = {str(names[line.component]): line.pooled_minor for line in made.lines}
    return {
        "statement": made,
        "name": words.name_of(made),
        "headline": words.headline(made),
        "range": words.range_line(made),
        "lines": [(names[line.component], line) for line in made.lines],
        "reasons": words.reasons_of(made),
        "notes": words.notes_of(made),
        "rows": [(row, words.TRUST[row.trust]) for row in made.rows],
        "bars": [Bar(str(words.ALONE), alone), Bar(str(words.POOLED), pooled)],
    }


@access.action("settlement.statement.print")
@require_POST
def print_statement(request: HttpRequest, year: int) -> HttpResponse:
    """Ask for the statement as a PDF; the page shows when it is ready."""
    party = party_of(request)
    if year not in queries.years_of(party):
        raise Http404
    papers.order_statement(party, year, language=_language())
    return redirect("settlement:statement", year=year)


@access.action("settlement.statement.view")
@require_safe
def statement_pdf(request: HttpRequest, year: int) -> HttpResponse:
    """The statement as a file, as the books stand now; 404 until it is drawn."""
    job = papers.statement_job(party_of(request), year, language=_language())
    if job is None or job.state != Job.State.DONE or job.result is None:
        raise Http404
    response = HttpResponse(documents.content(job.result), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{job.result.filename}"'
    return response
