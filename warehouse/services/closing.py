"""Closing an account book: opened, counted blind, explained, filed, accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from core import clock, facts, jobs, tenancy
from core.domain.errors import Refusal
from warehouse.domain.closing import (
    CLOSE_STEPS,
    DifferencesUnexplained,
    ExtensionTooLate,
    ItemsNotCounted,
    TaxNotStated,
    check_cycle,
    check_stated,
    clocks,
    unexplained,
    with_closing_count,
)
from warehouse.models import AccountBook, BookClose, CloseCause, CloseLine, Lot
from warehouse.queries import charging
from warehouse.queries import closing as queries

PRINT_CLOSE = "warehouse.print_close"


class CountedBefore(Refusal):
    """Raised when an item is counted again in one close."""

    code = "counted-before"
    reason = "Item {item} was counted before, with another number."
    remedy = "Explain the difference; a closing count is entered once, so that it stays blind."


class NothingMissing(Refusal):
    """Raised when a tax on missing units is stated for an item that lacks none."""

    code = "nothing-missing"
    reason = "No unit of item {item} is missing."
    remedy = "Tax is due on missing units only; a surplus is raised in the book."


@transaction.atomic
def open_close(book: AccountBook) -> BookClose:
    """Begin the close of a book whose cycle has ended: every item waits for its count.

    Called again it returns the first close and writes nothing.

    Raises:
        CycleTooLong, CycleNotEnded: the cycle cannot be closed yet.
    """
    earlier = BookClose.objects.filter(book=book).first()
    if earlier is not None:
        return earlier
    today = clock.today()
    check_cycle(book.number, book.cycle_from, book.cycle_before, on=today)
    close = BookClose.objects.create(
        book=book, opened_on=today, file_by=clocks(book.cycle_before).file_by
    )
    CloseLine.objects.bulk_create(
        CloseLine(close=close, item=item) for item in queries.items_of(book)
    )
    facts.append("warehouse.close.opened", subject=f"book:{book.pk}", data={"book": book.pk})
    return close


@transaction.atomic
def extend(close: BookClose) -> BookClose:
    """Have the time to file prolonged to 90 days, once, before the 60 have run out.

    Raises:
        ExtensionTooLate: they have, or it was prolonged before.
    """
    close = _locked(close)
    if close.is_extended or close.filed_on or clock.today() > close.file_by:
        raise ExtensionTooLate(book=close.book.number, until=close.file_by.isoformat())
    close.file_by, close.is_extended = clocks(close.book.cycle_before).at_the_latest, True
    close.save(update_fields=["file_by", "is_extended"])
    return close


@transaction.atomic
def enter_counts(close: BookClose, counted: Mapping[int, int]) -> BookClose:
    """Enter what was counted, by close line; nobody who counts is shown the book's number.

    The same number again changes nothing. Units are all that is in the house: shelves,
    quarantine, packing table.

    Raises:
        StepNotAllowed: the count is closed.
        CountedBefore: a line was entered with another number; nothing is entered.
    """
    close = _locked(close)
    CLOSE_STEPS.next(close.state, "count")
    lines = CloseLine.objects.select_for_update(of=("self",)).filter(close=close, pk__in=counted)
    for line in lines.select_related("item").order_by("pk"):
        if line.counted_units is None:
            line.counted_units, line.counted_by = counted[line.pk], tenancy.actor()
            line.save(update_fields=["counted_units", "counted_by"])
        elif line.counted_units != counted[line.pk]:
            raise CountedBefore(item=line.item.item_no)
    return close


@transaction.atomic
def finish_count(close: BookClose) -> BookClose:
    """Put the book beside the count: every difference gets the movements behind it.

    Raises:
        ItemsNotCounted: some item is not counted.
        StepNotAllowed: the count is closed.
    """
    close = _locked(close)
    close.state = CLOSE_STEPS.next(close.state, "count")
    lines = list(CloseLine.objects.filter(close=close).select_related("item").order_by("pk"))
    missing = sum(line.counted_units is None for line in lines)
    if missing:
        raise ItemsNotCounted(missing=missing, book=close.book.number)
    close.counted_on = clock.today()
    close.save(update_fields=["state", "counted_on"])
    for line in lines:
        line.book_units = line.item.counters.on_hand_units
    CloseLine.objects.bulk_update(lines, ["book_units"])
    _explain(lines, close.counted_on)
    return close


def _explain(lines: list[CloseLine], on: date) -> None:
    behind = queries.causes([line.item_id for line in lines])
    CloseCause.objects.bulk_create(
        CloseCause(
            line=line,
            kind=cause.kind,
            units=cause.units,
            on=cause.on,
            reference=cause.reference,
            movement_id=cause.movement_id,
        )
        for line in lines
        for cause in with_closing_count(behind.get(line.item_id, ()), line.difference, on)
    )


@transaction.atomic
def give_reason(line: CloseLine, reason: str) -> CloseLine:
    """Say why an item differs.

    Raises:
        StepNotAllowed: the close is filed, or not counted yet.
    """
    line = _explained(line)
    line.reason = reason.strip()
    line.save(update_fields=["reason"])
    return line


@dataclass(frozen=True)
class Assessed:
    """The tax on missing units as the rules of customs give it, with the steps that lead to it."""

    minor: int
    steps: Mapping[str, Any]


@transaction.atomic
def state_tax(
    line: CloseLine, assessed: Assessed | None, *, stated_minor: int, because: str = ""
) -> CloseLine:
    """State the tax on missing units: as it was assessed, or another with the reason why.

    The later stage that knows customs' rules assesses and calls this.

    Raises:
        StatedWithoutReason: it differs from what was assessed, or nothing was, and nobody says why.
        NothingMissing: the item lacks no unit.
        StepNotAllowed: the close is filed, or not counted yet.
    """
    line = _explained(line)
    if line.difference >= 0:
        raise NothingMissing(item=line.item.item_no)
    check_stated(stated_minor, assessed.minor if assessed else None, because)
    line.assessed_minor = assessed.minor if assessed else None
    line.assessment = dict(assessed.steps) if assessed else None
    line.tax_minor, line.tax_because = stated_minor, because.strip()
    line.save(update_fields=["assessed_minor", "assessment", "tax_minor", "tax_because"])
    return line


def _explained(line: CloseLine) -> CloseLine:
    """A line that may still be explained, locked."""
    close = _locked(line.close)
    CLOSE_STEPS.next(close.state, "file")
    rows = CloseLine.objects.select_for_update(of=("self",)).select_related("item")
    return rows.get(pk=line.pk)


def unit_worth(line: CloseLine) -> int:
    """What a missing unit is worth in fen: at the price of the item's last lot. Three queries."""
    last = Lot.objects.filter(book_item=line.item_id).order_by("-received_on", "-pk").first()
    return charging.lot_sizes([last.pk])[last.pk].unit_value_fen if last else 0


@transaction.atomic
def file_close(close: BookClose) -> BookClose:
    """File the close with customs: from now on it never changes. Its papers are drawn by job.

    Raises:
        DifferencesUnexplained: a difference has no reason.
        TaxNotStated: the tax on missing units is not stated.
        StepNotAllowed: it is not counted, or filed already.
    """
    close = _locked(close)
    state = CLOSE_STEPS.next(close.state, "file")
    lines = CloseLine.objects.filter(close=close)
    rows = lines.annotate(differs=F("counted_units") - F("book_units"))
    missing = unexplained(list(rows.values_list("differs", "reason")))
    if missing:
        raise DifferencesUnexplained(open=missing, book=close.book.number)
    untaxed = rows.filter(differs__lt=0, tax_minor__isnull=True).count()
    if untaxed:
        raise TaxNotStated(open=untaxed, book=close.book.number)
    close.state, close.filed_on = state, clock.today()
    close.save(update_fields=["state", "filed_on"])
    data = {"book": close.book_id, "items": lines.count(), "on": close.filed_on.isoformat()}
    facts.append("warehouse.close.filed", subject=f"book:{close.book_id}", data=data)
    jobs.order(PRINT_CLOSE, key=f"{PRINT_CLOSE}:{close.pk}", close=close.pk)
    return close


@transaction.atomic
def accept_close(close: BookClose) -> BookClose:
    """Write down that customs accepted the filing.

    Raises:
        StepNotAllowed: it is not filed.
    """
    close = _locked(close)
    close.state = CLOSE_STEPS.next(close.state, "accept")
    close.accepted_on = clock.today()
    close.save(update_fields=["state", "accepted_on"])
    return close


def _locked(close: BookClose) -> BookClose:
    rows = BookClose.objects.select_for_update(of=("self",)).select_related("book")
    return rows.get(pk=close.pk)
