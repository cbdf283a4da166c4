"""Value dates on joint good days, against the days worked out by hand."""

import json
from datetime import date, time
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from fx_settlement.domain import value_dates as vd
from fx_settlement.domain.value_dates import (
    Cycle,
    cycle_day,
    cycle_end,
    dealing_day,
    is_good_day,
)


@pytest.mark.parametrize("currency", ["USD", "EUR", "JPY", "GBP", "AUD", "KRW"])
def test_golden_week_moves_a_trade_of_29_september_to_8_october(currency: str) -> None:
    assert vd.value_date(currency, date(2026, 9, 29)).on == date(2026, 10, 8)


def test_hangul_day_and_columbus_day_move_won_to_13_october() -> None:
    assert vd.value_date("KRW", date(2026, 9, 30)).on == date(2026, 10, 13)


def test_a_make_up_working_saturday_is_no_settlement_day() -> None:
    assert vd.closed_because(date(2026, 2, 14), "USD") == ("weekend",)


def test_an_ordinary_week_settles_two_days_later() -> None:
    assert vd.value_date("USD", date(2026, 6, 9)).on == date(2026, 6, 11)


def test_a_year_not_yet_announced_is_named() -> None:
    assert vd.value_date("USD", date(2026, 12, 30)).unannounced == (2027,)
    assert vd.value_date("USD", date(2026, 6, 9)).unannounced == ()


def test_modified_following_stays_in_the_month() -> None:
    assert vd.following(date(2026, 5, 31), "USD") == date(2026, 6, 1)
    assert vd.modified_following(date(2026, 5, 31), "USD") == date(2026, 5, 29)


def test_japanese_banks_stay_shut_on_31_december() -> None:
    assert not vd.is_good_day(date(2026, 12, 31), "JPY")


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    call_command("value_date", *words, "--json")
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_the_command_says_the_value_date(capsys: pytest.CaptureFixture[str]) -> None:
    said = ask(capsys, "--currency", "JPY", "--trade", "2026-09-29")
    assert said["value_date"] == "2026-10-08"
    assert said["calendars"] == ["CN", "JP", "XFED"]
    assert said["warnings"] == []


@pytest.mark.parametrize(
    ("currency", "trade", "code"),
    [
        ("XXX", "2026-09-29", "unknown-bank-calendar"),
        ("JPY", "2026-02-30", "bad-trade-date"),
        ("JPY", "9999-12-31", "bad-trade-date"),
        ("JPY", "20260929", "bad-trade-date"),
    ],
)
def test_what_cannot_be_dated_is_refused_with_exit_1(
    currency: str, trade: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        call_command("value_date", "--currency", currency, "--trade", trade, "--json")
    assert left.value.code == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code


@pytest.mark.parametrize(
    ("day", "cycle", "end"),
    [
        ("2026-10-30", Cycle.DAILY, "2026-10-30"),
        ("2026-10-26", Cycle.WEEKLY, "2026-10-30"),
        ("2026-10-31", Cycle.WEEKLY, "2026-11-06"),
        ("2026-02-10", Cycle.MONTHLY, "2026-02-28"),
        ("2026-12-31", Cycle.MONTHLY, "2026-12-31"),
        ("2026-10-01", Cycle.QUARTERLY, "2026-12-31"),
        ("2026-06-30", Cycle.QUARTERLY, "2026-06-30"),
    ],
)
def test_a_cycle_ends_on_its_friday_or_with_its_month_or_quarter(day, cycle, end) -> None:
    assert cycle_end(date.fromisoformat(day), cycle) == date.fromisoformat(end)


def test_a_months_payments_are_made_on_its_last_good_day() -> None:
    # 31 October 2026 is a Saturday; 31 May 2026 a Sunday
    assert cycle_day(date(2026, 10, 5), Cycle.MONTHLY, "USD") == date(2026, 10, 30)
    assert cycle_day(date(2026, 5, 5), Cycle.QUARTERLY, "USD") == date(2026, 6, 30)


def test_a_week_that_ends_in_golden_week_is_paid_after_it() -> None:
    assert cycle_day(date(2026, 9, 28), Cycle.WEEKLY, "USD") == date(2026, 10, 8)


@given(st.dates(date(2020, 1, 1), date(2028, 12, 31)), st.sampled_from(Cycle))
def test_a_cycles_day_is_a_good_day_and_never_before_the_day_it_is_asked_for(day, cycle) -> None:
    paid = cycle_day(day, cycle, "USD")

    assert paid >= day
    assert is_good_day(paid, "USD")


@pytest.mark.parametrize(
    ("at", "taken"),
    [(time(14, 59), "2026-10-30"), (time(15), "2026-11-02"), (time(23), "2026-11-02")],
)
def test_what_comes_at_the_cut_off_or_later_is_of_the_next_good_day(at, taken) -> None:
    day = dealing_day(date(2026, 10, 30), at, cut_off=time(15), currency="USD")

    assert day == date.fromisoformat(taken)
