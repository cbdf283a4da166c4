"""Storage by size and day, handling, insurance and capital; to the fen, and explained."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.trade import round_half_up
from warehouse.domain.charges import (
    SCALE,
    Basis,
    ChargeKind,
    Line,
    LotSize,
    NoRate,
    Rate,
    StockChange,
    Touch,
    estimate,
    handling_lines,
    keeping_lines,
    rounded,
)
from warehouse.domain.correcting import bearable, corrections

CAME = date(2025, 1, 10)
YEAR = {"first": date(2025, 1, 1), "before": date(2026, 1, 1)}
LOT = {1: LotSize(CAME, 10_000, 90_00)}


def storage(price, rate_id=1, **more):
    fields = {"valid_from": date(2020, 1, 1), **more}
    return Rate(rate_id, ChargeKind.STORAGE, Basis.M3_DAY, Decimal(price), **fields)


def fen(lines):
    return [line.exact / SCALE for line in lines]


def test_goods_count_from_the_day_they_come_to_the_day_before_they_leave():
    changes = [StockChange(7, 1, 100, CAME), StockChange(7, 1, -100, date(2025, 1, 20))]

    (line,) = keeping_lines(changes, LOT, [storage("1.5")], **YEAR)

    assert (line.owner, line.lot, line.days, line.unit_days) == (7, 1, 10, 1000)
    assert fen([line]) == [1500]


def test_free_days_and_tiers_follow_the_age_of_the_goods_not_of_the_owner():
    tiers = [
        storage("0", 1),
        storage("1.5", 2, from_day=31),
        storage("1.8", 3, from_day=61),
    ]
    sold = CAME + timedelta(days=40)
    changes = [
        StockChange(7, 1, 100, CAME),
        StockChange(7, 1, -100, sold),
        StockChange(8, 1, 100, sold),
        StockChange(8, 1, -100, CAME + timedelta(days=70)),
    ]

    lines = keeping_lines(changes, LOT, tiers, **YEAR)

    told = [(line.owner, line.rate.rate_id, line.days) for line in lines]
    assert told == [(7, 1, 30), (7, 2, 10), (8, 2, 20), (8, 3, 10)]
    assert fen(lines) == [0, 1500, 3000, 1800]


def test_a_new_rate_holds_from_its_day_and_the_old_one_until_then():
    rates = [storage("1"), storage("2", 2, valid_from=date(2025, 1, 15))]
    changes = [StockChange(7, 1, 100, CAME)]

    lines = keeping_lines(changes, LOT, rates, first=date(2025, 1, 1), before=date(2025, 2, 1))

    assert [(line.rate.rate_id, line.days) for line in lines] == [(1, 5), (2, 17)]


def test_a_day_without_a_rate_is_refused_and_named():
    rates = [storage("1", valid_before=date(2025, 1, 15))]

    with pytest.raises(NoRate) as refused:
        keeping_lines([StockChange(7, 1, 1, CAME)], LOT, rates, **YEAR)

    assert refused.value.params == {"kind": "storage", "on": "2025-01-15"}


def test_insurance_and_capital_are_a_share_of_the_goods_worth_by_the_day():
    rates = [
        storage("0"),
        Rate(2, ChargeKind.INSURANCE, Basis.PERCENT_YEAR, Decimal("0.365"), date(2020, 1, 1)),
        Rate(3, ChargeKind.CAPITAL, Basis.PERCENT_YEAR, Decimal("7.3"), date(2025, 1, 20)),
    ]
    changes = [StockChange(7, 1, 100, CAME), StockChange(7, 1, -100, date(2025, 1, 30))]

    lines = keeping_lines(changes, LOT, rates, **YEAR)

    # CNY 9,000 of goods: 0.001 % and 0.02 % a day, for 20 and 10 days
    assert {line.rate.kind: line.exact // SCALE for line in lines} == {
        "storage": 0,
        "insurance": 180,
        "capital": 1800,
    }


def test_handling_is_billed_by_touch_or_unit_and_what_has_no_rate_is_listed():
    rates = [
        Rate(1, ChargeKind.HANDLING, Basis.UNIT, Decimal("0.5"), CAME, touch="pick"),
        Rate(2, ChargeKind.HANDLING, Basis.TOUCH, Decimal(3), CAME, touch="ship"),
    ]
    touches = [
        Touch(7, 1, "pick", 2, 5, CAME),
        Touch(7, 1, "ship", 2, 5, CAME),
        Touch(7, 1, "destroy", 1, 9, CAME),
        Touch(7, 1, "pick", 1, 1, CAME - timedelta(days=1)),
    ]

    lines, unbilled = handling_lines(touches, LOT, rates)

    assert fen(lines) == [250, 600]
    assert [(touch.kind, touch.on) for touch in unbilled] == [
        ("destroy", CAME),
        ("pick", CAME - timedelta(days=1)),
    ]


def test_an_estimate_says_what_a_stay_will_cost_before_it_begins():
    made = estimate(LOT[1], 100, 30, [storage("1.5")], touches=("pick",))

    assert (made.total_fen, made.unbilled) == (45_00, ("pick",))


moves = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 400), st.integers(1, 50)), max_size=12)


@given(moves, st.sampled_from(["0.8", "1.5", "2.25"]))
def test_the_bill_is_what_a_clerk_who_walks_the_hall_each_day_would_write(moves, price):
    changes = [
        StockChange(owner, 1, units, CAME + timedelta(days=day)) for owner, day, units in moves
    ]
    tiers = [storage(price), storage("9", 2, from_day=91)]

    lines = keeping_lines(changes, LOT, tiers, **YEAR)

    walked = Fraction(0)
    for number in range(365):
        day = YEAR["first"] + timedelta(days=number)
        units = sum(change.units for change in changes if change.on <= day)
        rate = Fraction(price) if (day - CAME).days < 90 else Fraction(9)
        walked += units * rate / 100
    assert sum(line.exact for line in lines) == walked * 100 * SCALE


@given(moves)
def test_months_added_up_are_the_year_to_the_fen(moves):
    changes = [
        StockChange(owner, 1, units, CAME + timedelta(days=day)) for owner, day, units in moves
    ]
    exact = posted = 0
    for month in range(1, 13):
        first, before = date(2025, month, 1), date(2025 + month // 12, month % 12 + 1, 1)
        lines = keeping_lines(changes, LOT, [storage("1.37")], first=first, before=before)
        exacts = {number: line.exact for number, line in enumerate(lines)}
        shares = rounded(exacts, exact_before=exact, posted_before=posted)
        exact, posted = exact + sum(exacts.values()), posted + sum(shares.values())

    year = keeping_lines(changes, LOT, [storage("1.37")], **YEAR)

    assert posted == round_half_up(Fraction(sum(line.exact for line in year), SCALE))


def test_no_line_of_a_bill_is_below_nothing_where_fractions_are_taken_back():
    assert rounded({1: 6 * SCALE // 10, 2: 7 * SCALE // 10}) == {1: 0, 2: 1}
    assert rounded({1: SCALE // 10}, exact_before=SCALE // 2, posted_before=1) == {1: 0}


def line_of(exact, lot=1, **more):
    return Line(7, lot, storage("1"), CAME, 1, exact, exact, **more)


def test_a_posted_month_is_corrected_by_what_it_lacks_and_never_twice():
    month = date(2025, 1, 1)

    (more,) = corrections(month, anew=[line_of(1000)], posted=[line_of(400)])

    assert (more.exact, more.unit_days, more.corrects) == (600, 600, month)
    assert corrections(month, anew=[line_of(1000)], posted=[line_of(400), more]) == []
    (back,) = corrections(month, anew=[], posted=[line_of(400)])
    assert back.exact == -400


@given(st.lists(st.integers(-1000, 1000), max_size=12))
def test_a_bill_gives_back_no_more_than_it_charges(exacts):
    lines = [line_of(exact, lot) for lot, exact in enumerate(exacts)]

    kept = bearable(lines)

    assert sum(line.exact for line in kept) == max(sum(exacts), 0)
    assert [line for line in kept if line.exact > 0] == [x for x in lines if x.exact > 0]
    assert all(line.unit_days == line.exact for line in kept)
