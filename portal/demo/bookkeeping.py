"""The account books of the year: one cycle after the other, and the close of the first."""

from datetime import date
from functools import partial

from core.models import Pool
from portal.demo.state import Year
from warehouse.models import AccountBook, BookClose, CloseLine
from warehouse.queries import book_positions
from warehouse.queries.closing import shortages_of
from warehouse.services import closing, open_book

BOOK_NUMBER = "T3105W{year}D0{cycle}"
CYCLE_BEGINS = 10
"""The month in which a cycle begins: before the first round's goods arrive."""

CLOSED_ON = 12
"""The day of that month on which the cycle before it is counted."""

IN_PARCELS = "left in released parcels, the exit list follows"


def make_books(pool: Pool) -> list[AccountBook]:
    """The book of the cycle that begins before the year, and the one that follows it.

    A cycle is a year at most (GACC 2024 No. 174), so the pool's year needs two of them.
    """
    return [
        open_book(
            pool=pool,
            number=BOOK_NUMBER.format(year=pool.year, cycle=cycle),
            cycle_from=date(year, CYCLE_BEGINS, 1),
            cycle_before=date(year + 1, CYCLE_BEGINS, 1),
        )
        for cycle, year in enumerate((pool.year - 1, pool.year), start=1)
    ]


def enter(year: Year) -> None:
    """Enter the day on which the first cycle's book is closed."""
    day = date(year.plan.year, CYCLE_BEGINS, CLOSED_ON)
    year.schedule.on(day, partial(_close_first, year))


def _close_first(year: Year) -> None:
    """Count every item, say why shelf and book differ, and file it."""
    pool = year.world.pool
    book = AccountBook.objects.filter(pool=pool).earliest("cycle_from")
    with year.journal.stage("Account book counted and closed", "items") as stage:
        close = closing.open_close(book)
        physical = {
            row.item_id: row.reconciliation.physical for row in book_positions(pool.operator)
        }
        lines = list(CloseLine.objects.filter(close=close))
        closing.enter_counts(close, {line.pk: physical[line.item_id] for line in lines})
        _explain(closing.finish_count(close), pool)
        closing.file_close(close)
        stage.count += len(lines)


def _explain(close: BookClose, pool: Pool) -> None:
    for line in CloseLine.objects.filter(close=close):
        if line.difference:
            closing.give_reason(line, IN_PARCELS if line.difference < 0 else "counted beyond it")
    for line in shortages_of(pool.operator).filter(close=close):
        closing.state_tax(line, None, stated_minor=0, because=IN_PARCELS)
