"""Counts as the operator sees them: blind while somebody counts, with numbers once two differ."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from core.models import Party
from warehouse.models import CountEntry, CountTask

SHOWN = 100


@dataclass(frozen=True)
class EntryRow:
    """What one person found, beside the books of that moment."""

    counted_by: str
    counted_units: int
    book_units: int
    difference: int
    position: int


@dataclass(frozen=True)
class CountRow:
    """One count; ``entries`` is empty while numbers must not be seen."""

    count_id: int
    lot_id: int
    lot_no: str
    product: str
    product_zh: str
    gtin: str
    grade: str
    due_on: date
    state: str
    reason: str
    closed_on: date | None
    adjusted_units: int
    entries: tuple[EntryRow, ...] = ()


def counts_of(operator: Party) -> QuerySet[CountTask]:
    """Counts in an operator's pools: the gate."""
    return CountTask.objects.filter(pool__operator_id=operator.pk)


def waiting_counts(operator: Party) -> list[CountRow]:
    """Counts that wait for somebody, the most pressing first. Two queries."""
    rows = counts_of(operator).exclude(state=CountTask.State.CLOSED)
    return _rows(rows.order_by("due_on", "grade", "pk"))


def closed_counts(operator: Party) -> list[CountRow]:
    """The newest closed counts. Two queries."""
    return _rows(counts_of(operator).filter(state=CountTask.State.CLOSED).order_by("-pk"))


def _rows(tasks: QuerySet[CountTask]) -> list[CountRow]:
    found = list(tasks.select_related("lot__product")[:SHOWN])
    seen = [task.pk for task in found if task.state not in ("planned", "recount")]
    entries: dict[int, list[EntryRow]] = {}
    for entry in CountEntry.objects.filter(task__in=seen).order_by("task_id", "attempt"):
        entries.setdefault(entry.task_id, []).append(
            EntryRow(
                entry.counted_by,
                entry.counted_units,
                entry.book_units,
                entry.difference,
                entry.position,
            )
        )
    return [_row(task, entries.get(task.pk, [])) for task in found]


def _row(task: CountTask, entries: list[EntryRow]) -> CountRow:
    lot, product = task.lot, task.lot.product
    return CountRow(
        count_id=task.pk,
        lot_id=lot.pk,
        lot_no=lot.number,
        product=product.name,
        product_zh=product.name_zh,
        gtin=product.gtin,
        grade=task.grade,
        due_on=task.due_on,
        state=task.state,
        reason=task.reason,
        closed_on=task.closed_on,
        adjusted_units=task.adjusted_units,
        entries=tuple(entries),
    )
