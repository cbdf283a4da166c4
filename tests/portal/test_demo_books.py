"""The demonstration's account books follow each other, each a year long at most."""

from datetime import date

import pytest

from portal.demo.bookkeeping import make_books
from warehouse.domain.closing import CycleTooLong
from warehouse.services import open_book

pytestmark = pytest.mark.django_db


def test_two_books_cover_the_year_without_a_gap_and_none_is_too_long(pool):
    first, second = make_books(pool)

    assert first.cycle_from < date(pool.year, 1, 1)
    assert first.cycle_before == second.cycle_from
    assert second.cycle_before > date(pool.year, 12, 31)
    assert all((book.cycle_before - book.cycle_from).days <= 366 for book in (first, second))
    assert make_books(pool) == [first, second]


def test_a_cycle_longer_than_a_year_is_not_opened(pool):
    begins, ends = date(2025, 1, 1), date(2026, 1, 3)

    with pytest.raises(CycleTooLong) as refusal:
        open_book(pool=pool, number="LONG", cycle_from=begins, cycle_before=ends)

    assert refusal.value.params == {"book": "LONG", "days": 367}
    assert not pool.account_books.exists()
