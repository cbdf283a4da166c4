"""The annual grid's writes: a draft that is saved as it is typed, then submitted as the plan."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from core import clock, facts
from core.domain.errors import Refusal
from core.models import Importer, Party
from imports import queries
from imports.domain.drafts import Edited, Figures, RowChangedMeanwhile, edited
from imports.domain.forecasts import MONTHS, Line, ProductUnknown, YearNotOpen
from imports.models import DraftLine
from imports.queries import GridRow
from imports.services.fitness import eligible_products
from imports.services.plan_lines import replace_lines

ROW = "row"
"""The place of a fault that is about a whole row."""


class DraftChangedMeanwhile(Refusal):
    """Raised when a draft is submitted that is not the one that was reviewed."""

    code = "draft-changed-meanwhile"
    reason = "The draft changed after its summary was shown; nothing was submitted."
    remedy = "Look at the summary as it is now and submit again."


class NothingToSubmit(Refusal):
    """Raised when a draft says what the plan says already."""

    code = "nothing-to-submit"
    reason = "The draft of {year} says what the plan says already."
    remedy = "Change a figure in the grid first."


@dataclass(frozen=True)
class RowEdit:
    """What was typed into a row that a window showed in a version, by field."""

    product_id: int
    version: int
    typed: Mapping[str, str]


@dataclass(frozen=True)
class RowSaved:
    """A row after saving, and what is wrong in which of its cells."""

    product_id: int
    version: int
    figures: Figures
    faults: dict[str, Refusal] = field(default_factory=dict)


@dataclass(frozen=True)
class Review:
    """What submitting would change; ``refused`` are rows that the pool may not hold any more."""

    changes: list[GridRow]
    refused: list[tuple[GridRow, Refusal]]
    seen: str


@transaction.atomic
def save_draft(importer: Party, year: int, edits: Sequence[RowEdit]) -> list[RowSaved]:
    """Keep what was typed: each row whole, good cells saved, faulty ones left as they were.

    A row that another window saved meanwhile is left as it is and says so. No fact is added:
    a draft counts for nothing. Queries do not grow with the rows.

    Raises:
        YearNotOpen: nothing was saved.
    """
    _refuse_closed(year)
    fits = eligible_products([edit.product_id for edit in edits])
    answers = {edit.product_id: _declined(edit, fits) for edit in edits}
    asked = [edit for edit in edits if answers[edit.product_id] is None]
    rows = _locked_rows(importer, year, [edit.product_id for edit in asked])
    written = []
    for edit in asked:
        row = rows[edit.product_id]
        answers[edit.product_id] = saved = _saved(row, edit)
        if saved.version != row.version:
            written.append(_with(row, saved))
    DraftLine.objects.bulk_update(written, [*MONTHS, "tolerance_units", "version", "changed_at"])
    return [answer for answer in answers.values() if answer is not None]


def _refuse_closed(year: int) -> None:
    first = queries.year_in_view()
    if year not in (first, first + 1):
        raise YearNotOpen(value=str(year), first=str(first), last=str(first + 1))


def _declined(edit: RowEdit, fits: Mapping[int, Refusal | None]) -> RowSaved | None:
    refusal = fits.get(edit.product_id, ProductUnknown(value=str(edit.product_id)))
    if refusal is None:
        return None
    return RowSaved(edit.product_id, edit.version, Figures(), {ROW: refusal})


def _locked_rows(importer: Party, year: int, products: Sequence[int]) -> dict[int, DraftLine]:
    """The draft rows of products, begun from the plan where there was none. Four queries."""
    planned, now = queries.planned_figures(importer, year, products), clock.now()
    blank = [
        _with(
            DraftLine(importer_id=importer.pk, product_id=product, year=year, changed_at=now),
            RowSaved(product, 0, planned.get(product, Figures())),
        )
        for product in products
    ]
    DraftLine.objects.bulk_create(blank, ignore_conflicts=True)
    rows = DraftLine.objects.select_for_update().order_by("pk")
    found = rows.filter(importer_id=importer.pk, year=year, product_id__in=products)
    return {row.product_id: row for row in found}


def _saved(row: DraftLine, edit: RowEdit) -> RowSaved:
    now = Figures(row.months, row.tolerance_units)
    if edit.version != row.version:
        faults: dict[str, Refusal] = dict.fromkeys(edit.typed, RowChangedMeanwhile())
        return RowSaved(row.product_id, row.version, now, faults)
    found: Edited = edited(now, edit.typed)
    version = row.version + (found.figures != now)
    return RowSaved(row.product_id, version, found.figures, found.faults)


def _with(row: DraftLine, saved: RowSaved) -> DraftLine:
    for name, units in zip(MONTHS, saved.figures.months, strict=True):
        setattr(row, name, units)
    row.tolerance_units = saved.figures.tolerance_units
    row.version, row.changed_at = saved.version, clock.now()
    return row


def review_draft(importer: Party, year: int) -> Review:
    """What submitting the draft would change. Four queries."""
    changes = [row for row in queries.grid(importer, year) if row.changed]
    fits = eligible_products([row.product_id for row in changes])
    refused = [(row, why) for row in changes if (why := fits.get(row.product_id))]
    return Review(changes, refused, _digest(changes))


def _digest(changes: Iterable[GridRow]) -> str:
    said = [
        (row.product_id, row.version, *row.planned.cells().values(), *row.draft.cells().values())
        for row in changes
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@transaction.atomic
def submit_draft(importer: Party, year: int, *, seen: str) -> int:
    """Make the draft that was reviewed the plan; the lines that changed. The draft is empty then.

    ``seen`` is the digest of the review that was shown.

    Raises:
        DraftChangedMeanwhile, NothingToSubmit, YearNotOpen, and why the pool may not hold a
            product: nothing was submitted.
    """
    _refuse_closed(year)
    Importer.objects.select_for_update().get(pk=importer.pk)
    list(DraftLine.objects.select_for_update().filter(importer_id=importer.pk).order_by("pk"))
    review = review_draft(importer, year)
    if not review.changes:
        raise NothingToSubmit(year=str(year))
    if review.seen != seen:
        raise DraftChangedMeanwhile
    for _, refusal in review.refused:
        raise refusal
    lines = [
        Line(row.product_id, year, row.draft.months, row.draft.tolerance_units)
        for row in review.changes
    ]
    changed = replace_lines(importer.pk, lines, clock.now())
    discard_draft(importer, year)
    data = {"importer": importer.pk, "year": year, "lines": changed}
    facts.append("imports.forecast.submitted", subject=f"party:{importer.pk}", data=data)
    return changed


def discard_draft(importer: Party, year: int) -> int:
    """Forget what was typed and not submitted; the rows forgotten."""
    gone, _ = DraftLine.objects.filter(importer_id=importer.pk, year=year).delete()
    return gone
