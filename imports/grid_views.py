"""The importer's annual grid: typed like a spreadsheet, kept as a draft, submitted as the plan."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core import access, clock
from core.domain.errors import Refusal
from core.models import Party
from core.web import locale
from core.web.refusals import Rendered, render_refusal
from imports import queries, services
from imports.domain.drafts import FIELDS, QUARTERS, TOLERANCE, Figures
from imports.domain.forecasts import MONTHS
from imports.queries import GridRow
from imports.services.drafts import ROW

ROWS_A_PAGE = 60
"""As many rows as a form without script may send: thirteen figures and a version each."""

MOST_ROWS_SAVED = 200
VIEWS = {"months": MONTHS, "quarters": QUARTERS}


class DraftUnreadable(Refusal):
    """Raised when what a window sends to be saved is no rows of figures."""

    code = "draft-unreadable"
    reason = "What was sent is not a list of at most {most} rows of figures."
    remedy = "Load the page again; to change more rows at once, upload a sheet."


@dataclass(frozen=True)
class Cell:
    """One field of a row: what stands in it, and what is wrong with it."""

    field: str
    label: str
    text: str
    fault: Rendered | None
    is_changed: bool


@dataclass(frozen=True)
class RowShown:
    """A row of the grid with its cells."""

    row: GridRow
    cells: list[Cell]
    faults: list[tuple[str, Rendered]]


@dataclass(frozen=True)
class Shown:
    """Which part of the grid a reader looks at."""

    year: int
    view: str
    words: str
    is_only_planned: bool
    page: int

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that can be typed into."""
        return (*VIEWS[self.view], TOLERANCE)

    def address(self, **other: object) -> str:
        """The address of this part, or of another one."""
        asked = {
            "year": self.year,
            "view": self.view,
            "q": self.words,
            "only": "planned" if self.is_only_planned else "",
            "page": self.page,
            **other,
        }
        query = {"year": self.year} | {key: str(value) for key, value in asked.items() if value}
        return reverse("imports:grid", query=query)


def party_of(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


def _years() -> list[int]:
    year = queries.year_in_view()
    return [year, year + 1]


def year_of(asked: Mapping[str, Any]) -> int:
    """The year that is asked for, if it can be planned; else the one in view."""
    years = {str(year): year for year in _years()}
    return years.get(str(asked.get("year", "")), min(years.values()))


def _shown(request: HttpRequest) -> Shown:
    asked = request.GET
    page = asked.get("page", "1")
    return Shown(
        year=year_of(asked),
        view=asked["view"] if asked.get("view") in VIEWS else "months",
        words=asked.get("q", "").replace("\0", "")[:80],
        is_only_planned=asked.get("only") == "planned",
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 1,
    )


@access.action("imports.draft.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def grid(request: HttpRequest) -> HttpResponse:
    """The grid; without script its form saves all rows that it shows."""
    shown, answers, typed = _shown(request), {}, {}
    if request.method == "POST":
        page = _page(_fitting(_rows(party_of(request), shown), shown), shown)
        edits = _edits_of_form(request.POST, list(page.object_list), shown.fields)
        answers = {
            x.product_id: x for x in services.save_draft(party_of(request), shown.year, edits)
        }
        if not any(answer.faults for answer in answers.values()):
            return _after_saving(request, shown)
        typed = {edit.product_id: edit.typed for edit in edits}
    rows = _rows(party_of(request), shown)
    page = _page(_fitting(rows, shown), shown)
    summed = _summed(rows, shown.fields)
    context = {
        "shown": shown,
        "years": _years(),
        "page": page,
        "columns": [(name, _label(name), summed["totals"].get(name, "")) for name in shown.fields],
        "rows": [_row_shown(row, shown, answers, typed) for row in page.object_list],
        "kept": queries.plan_kept(party_of(request), clock.today()),
        **summed,
    }
    return render(request, "imports/grid.html", context, status=422 if answers else 200)


def _after_saving(request: HttpRequest, shown: Shown) -> HttpResponse:
    if request.POST.get("then") == "review":
        return redirect(reverse("imports:grid-review", query={"year": shown.year}))
    messages.success(request, _("Your draft is saved; nothing is submitted yet."))
    return redirect(shown.address())


def _rows(importer: Party, shown: Shown) -> list[GridRow]:
    eligible = [pk for pk, refusal in services.eligible_products().items() if refusal is None]
    return queries.grid(importer, shown.year, eligible)


def _fitting(rows: Sequence[GridRow], shown: Shown) -> list[GridRow]:
    """The rows that the reader asked for."""
    found = queries.found_by(rows, shown.words)
    return [row for row in found if row.has_figures] if shown.is_only_planned else found


def _page(rows: Sequence[GridRow], shown: Shown) -> "Page[GridRow]":
    return Paginator(rows, ROWS_A_PAGE).get_page(shown.page)


def _label(name: str) -> str:
    if name in MONTHS:
        return locale.month_name(MONTHS.index(name) + 1)
    return name.upper() if name in QUARTERS else _("Tolerance")


def _row_shown(
    row: GridRow,
    shown: Shown,
    answers: Mapping[int, services.RowSaved],
    typed: Mapping[int, Mapping[str, str]],
) -> RowShown:
    found = answers[row.product_id].faults if row.product_id in answers else {}
    faults = {name: render_refusal(refusal) for name, refusal in found.items()}
    figures, texts = row.draft.cells(), typed.get(row.product_id, {})
    cells = [
        Cell(
            field=name,
            label=_label(name),
            text=texts[name] if name in faults else str(figures[name] or ""),
            fault=faults.get(name),
            is_changed=name in row.changed,
        )
        for name in shown.fields
    ]
    named = [(_label(name) if name != ROW else "", said) for name, said in faults.items()]
    return RowShown(row, cells, named)


def _edits_of_form(
    sent: Mapping[str, Any], rows: Sequence[GridRow], fields: Sequence[str]
) -> list[services.RowEdit]:
    """The rows of a plain form in which a figure is not the one that stands there now."""
    edits = []
    for row in rows:
        figures = row.draft.cells()
        texts = {name: sent.get(f"{row.product_id}-{name}") for name in fields}
        typed = {
            name: text
            for name, text in texts.items()
            if text is not None and text.strip() != str(figures[name] or "")
        }
        version = sent.get(f"{row.product_id}-version", "")
        if typed:
            known = int(version) if version.isascii() and version.isdigit() else -1
            edits.append(services.RowEdit(row.product_id, known, typed))
    return edits


@access.action("imports.draft.edit")
@require_POST
def save(request: HttpRequest) -> JsonResponse:
    """What a window typed is kept; the answer says how its rows and the sums stand now."""
    year, edits = _edits_of_json(request.body)
    answers = services.save_draft(party_of(request), year, edits)
    rows = queries.grid(party_of(request), year)
    now = {row.product_id: row for row in rows}
    body = {
        "rows": [_row_answered(answer, now.get(answer.product_id)) for answer in answers],
        **_summed(rows, (*MONTHS, *QUARTERS)),
    }
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def _edits_of_json(body: bytes) -> tuple[int, list[services.RowEdit]]:
    """The year and the edits of a request.

    Raises:
        DraftUnreadable: it is anything else.
    """
    try:
        sent = json.loads(body)
        rows = sent["rows"]
        edits = [
            services.RowEdit(
                int(row["product"]),
                int(row["version"]),
                {str(name): str(text) for name, text in row["cells"].items()},
            )
            for row in rows
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise DraftUnreadable(most=MOST_ROWS_SAVED) from None
    named = all(set(edit.typed) <= {*FIELDS, *QUARTERS} for edit in edits)
    once = len({edit.product_id for edit in edits}) == len(edits) <= MOST_ROWS_SAVED
    if not named or not once or any(abs(edit.product_id) > 2**53 for edit in edits):
        raise DraftUnreadable(most=MOST_ROWS_SAVED)
    return year_of(sent), edits


def _row_answered(answer: services.RowSaved, row: GridRow | None) -> dict[str, Any]:
    faults = {}
    for name, refusal in answer.faults.items():
        said = render_refusal(refusal)
        faults[name] = {"label": _label(name) if name != ROW else "", "code": said.code,
                        "reason": said.reason, "remedy": said.remedy}  # fmt: skip
    return {
        "product": answer.product_id,
        "version": answer.version,
        "cells": answer.figures.cells(),
        "total": locale.number(answer.figures.total_units),
        "changed": sorted(row.changed) if row else [],
        "faults": faults,
    }


def _summed(rows: Sequence[GridRow], fields: Sequence[str]) -> dict[str, Any]:
    """The sums of the whole year, rows on other pages counted, and how many rows would change."""
    whole: Figures = queries.totals(rows)
    cells = whole.cells()
    changes = sum(bool(row.changed) for row in rows)
    return {
        "totals": {name: locale.number(cells[name]) for name in fields if name != TOLERANCE},
        "year_total": locale.number(whole.total_units),
        "change_count": changes,
        "change_words": _changes_words(changes),
    }


def _changes_words(changes: int) -> str:
    if not changes:
        return _("The draft says what your plan says.")
    told = ngettext(
        "%(rows)s row differs from your plan.", "%(rows)s rows differ from your plan.", changes
    )
    return told % {"rows": locale.number(changes)}


@access.action("imports.draft.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """What submitting the draft would change, and the button that does it."""
    importer, year = party_of(request), year_of(request.GET)
    if request.method == "POST":
        lines = services.submit_draft(importer, year, seen=request.POST.get("seen", ""))
        told = ngettext("%(lines)d line changed.", "%(lines)d lines changed.", lines)
        messages.success(request, _("The draft is your plan now.") + " " + told % {"lines": lines})
        return redirect(reverse("imports:plan", query={"year": year}))
    found = services.review_draft(importer, year)
    before = sum(row.planned.total_units for row in found.changes)
    after = sum(row.draft.total_units for row in found.changes)
    context = {
        "year": year,
        "review": found,
        "changes": [(row, _cells_changed(row)) for row in found.changes],
        "refused": [(row, render_refusal(refusal)) for row, refusal in found.refused],
        "more_units": after - before,
        "back": reverse("imports:grid", query={"year": year}),
    }
    return render(request, "imports/grid_review.html", context)


def _cells_changed(row: GridRow) -> list[tuple[str, int, int]]:
    """The months and the tolerance that differ: name, units before, units after."""
    before, after = row.planned.cells(), row.draft.cells()
    return [(_label(name), before[name], after[name]) for name in FIELDS if name in row.changed]


@access.action("imports.draft.edit")
@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Forget the draft of a year."""
    year = year_of(request.POST)
    services.discard_draft(party_of(request), year)
    messages.success(request, _("The draft is empty; your plan is as it was."))
    return redirect(reverse("imports:grid", query={"year": year}))
