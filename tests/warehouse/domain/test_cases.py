"""Clocks and conditions of a book's close and of disposal, as the announcements set them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.workdays import is_working_day, unannounced, working_day_after
from warehouse.domain.closing import (
    Cause,
    CauseKind,
    CycleNotEnded,
    CycleTooLong,
    Outcome,
    StatedWithoutReason,
    check_cycle,
    check_stated,
    clocks,
    outcome,
    with_closing_count,
)
from warehouse.domain.disposal import (
    DestroyerUnknown,
    ReturnAbroadFirst,
    TooLateToExtend,
    Way,
    check_extension,
    check_way,
    execute_by,
    keep_until,
    papers_due,
)

NEW_YEAR = date(2026, 1, 1)


def test_a_close_is_filed_within_sixty_days_and_ninety_with_an_extension():
    made = clocks(NEW_YEAR)

    assert (made.file_by, made.at_the_latest) == (date(2026, 3, 1), date(2026, 3, 31))


def test_a_cycle_lasts_a_year_at_most_and_is_closed_after_its_end():
    check_cycle("T1", date(2025, 1, 1), NEW_YEAR, on=NEW_YEAR)
    check_cycle("T1", date(2024, 1, 1), date(2025, 1, 1), on=NEW_YEAR)

    with pytest.raises(CycleTooLong):
        check_cycle("T1", date(2024, 12, 30), NEW_YEAR, on=NEW_YEAR)
    with pytest.raises(CycleNotEnded):
        check_cycle("T1", date(2025, 1, 1), NEW_YEAR, on=date(2025, 12, 31))


@pytest.mark.parametrize(
    ("difference", "reason", "result"),
    [
        (0, "", Outcome.EQUAL),
        (3, "found in a mixed carton", Outcome.RAISED),
        (-3, "broken and swept up", Outcome.TAXED),
        (3, " ", Outcome.OPEN),
        (-3, "", Outcome.OPEN),
    ],
)
def test_customs_closes_raises_taxes_or_prosecutes(difference, reason, result):
    assert outcome(difference, reason) is result


def test_a_tax_is_the_assessed_one_or_has_a_reason():
    check_stated(65_61, 65_61, "")
    check_stated(60_00, None, "decision 12")
    for assessed in (65_61, None):
        with pytest.raises(StatedWithoutReason):
            check_stated(60_00, assessed, " ")


@given(st.lists(st.integers(-9, 9).filter(bool), max_size=6), st.integers(-30, 30))
def test_causes_always_add_up_to_the_difference(units, difference):
    causes = [
        Cause(CauseKind.FOUND_AT_A_COUNT, each, NEW_YEAR + timedelta(days=number), str(number))
        for number, each in enumerate(units)
    ]

    found = with_closing_count(causes, difference, NEW_YEAR)

    assert sum(each.units for each in found) == difference
    assert all(each.units for each in found)


def test_goods_are_destroyed_only_where_they_cannot_be_returned_and_by_a_licensed_firm():
    check_way(Way.RETURN_ABROAD, "", "", ())
    check_way(Way.DESTRUCTION, "the supplier is wound up", "Green Fire", ("licence", "contract"))

    with pytest.raises(ReturnAbroadFirst):
        check_way(Way.DESTRUCTION, " ", "Green Fire", ("licence", "contract"))
    with pytest.raises(DestroyerUnknown):
        check_way(Way.DESTRUCTION, "wound up", "Green Fire", ("licence",))
    with pytest.raises(DestroyerUnknown):
        check_way(Way.DESTRUCTION, "wound up", "", ("licence", "contract"))


def test_sixty_days_and_thirty_more_if_asked_for_a_week_before_the_end():
    planned = date(2025, 5, 6)
    until = execute_by(planned, is_extended=False)

    assert (until, execute_by(planned, is_extended=True)) == (date(2025, 7, 5), date(2025, 8, 4))
    check_extension(until, date(2025, 6, 28), is_extended=False)
    with pytest.raises(TooLateToExtend):
        check_extension(until, date(2025, 6, 29), is_extended=False)
    with pytest.raises(TooLateToExtend):
        check_extension(until, date(2025, 6, 1), is_extended=True)


def test_papers_are_due_after_fifteen_working_days_and_evidence_is_kept_three_years():
    assert papers_due(date(2025, 7, 4)) == date(2025, 7, 25)
    # 1 to 8 October are free; Sunday 28 September and Saturday 11 October are worked instead
    assert papers_due(date(2025, 9, 26)) == date(2025, 10, 23)
    assert keep_until(date(2025, 7, 4)) == date(2028, 7, 4)
    assert keep_until(date(2024, 2, 29)) == date(2027, 2, 28)


@given(st.dates(date(2025, 1, 1), date(2026, 1, 1)), st.integers(1, 40))
def test_a_working_day_is_open_and_leaves_so_many_behind_it(day, count):
    due = working_day_after(day, count)

    between = [day + timedelta(days=n) for n in range(1, (due - day).days + 1)]
    assert sum(is_working_day(each) for each in between) == count
    assert is_working_day(due)


def test_holidays_that_nobody_has_announced_are_not_guessed():
    far = date(2090, 9, 29)

    assert working_day_after(far, 5) == date(2090, 10, 6)
    assert unannounced(date(2025, 12, 1), far)[-1] == 2090
    assert unannounced(date(2025, 1, 1), date(2025, 12, 31)) == ()
