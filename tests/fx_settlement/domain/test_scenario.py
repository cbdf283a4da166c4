"""Batching choices replayed over rates, in figures that a person can check by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fx_settlement.domain.fees import Fee
from fx_settlement.domain.rate_files import NoRatesOf, UnreadableRates, home_rates, read
from fx_settlement.domain.rate_history import Cycle, History
from fx_settlement.domain.scenario import (
    CHOICES,
    Choice,
    NothingToReplay,
    Owed,
    PaysBeforeItBuys,
    Tariff,
    deviation,
    play,
    quantile,
    repeated,
)

BANK = Tariff(Fee(Decimal("0.1"), 50_00, 1_000_00, 150_00), {"USD": Fee(Decimal("0.5"))})
JANUARY = date(2025, 1, 1)
APRIL = date(2025, 4, 30)


def every_day(*changes):
    """USD at 7 from 1 January 2025, on Mondays to Fridays to the end of April, with changes."""
    rates, rate = {}, Decimal(7)
    day = JANUARY
    while day <= APRIL:
        rate = dict(changes).get(day, rate)
        if day.weekday() < 5:
            rates[day] = rate
        day += timedelta(days=1)
    return History({"USD": rates})


def usd(on, amount, *, importer=1, supplier=9):
    return Owed(on, importer, supplier, "USD", amount * 100)


TWO_ORDERS = (usd(date(2025, 1, 6), 1_000), usd(date(2025, 1, 20), 3_000, importer=2))
STEP_UP = every_day((date(2025, 1, 31), Decimal("7.07")))


def outcome(choice, owed=TWO_ORDERS, history=STEP_UP):
    played = play(owed, history, BANK, first=JANUARY, last=APRIL, choices=(CHOICES[0], choice))
    return played, played.outcomes[1]


def test_every_order_by_itself_pays_a_wire_each_and_drifts_by_nothing():
    played, alone = outcome(Choice(Cycle.EACH, Cycle.EACH))

    # CNY 7,000 and 21,000: a wire of 50 and one of 50, with 150 each for the cable; 0.5 % margin
    assert (alone.value_minor, alone.wires, alone.conversions) == (28_000_00, 2, 2)
    assert (alone.fee_minor, alone.margin_minor) == (400_00, 140_00)
    assert (alone.drift_minor, alone.drift_sd_bps, alone.wait_days) == (0, 0, 0)
    assert played.saved_minor(alone) == 0


def test_a_month_pays_one_wire_and_what_the_rate_did_meanwhile_stands_apart_from_the_saving():
    played, monthly = outcome(Choice(Cycle.MONTHLY, Cycle.MONTHLY))

    # USD 4,000 at 7.07 = CNY 28,280: 280 above the mids of the two days; one wire of 50 + 150
    assert (monthly.wires, monthly.conversions) == (1, 1)
    assert (monthly.fee_minor, monthly.margin_minor) == (200_00, 141_40)
    assert (monthly.drift_minor, monthly.drift_bps) == (280_00, Decimal("100.0"))
    assert played.saved_minor(monthly) == 540_00 - 341_40
    assert (monthly.worst.month, monthly.worst.drift_bps) == (JANUARY, Decimal("100.0"))
    # from 6 and from 20 January to the 31st: 19 and 9 days with rates
    assert monthly.wait_days == 14


def test_converting_daily_and_paying_monthly_keeps_the_wires_and_drops_the_drift():
    _, decoupled = outcome(Choice(Cycle.DAILY, Cycle.MONTHLY))

    assert (decoupled.wires, decoupled.conversions) == (1, 2)
    assert (decoupled.fee_minor, decoupled.drift_minor) == (200_00, 0)
    assert decoupled.wait_days == 1


def test_a_week_ends_on_its_last_day_with_rates_and_a_quarter_on_its_own():
    history = every_day()

    assert history.closing(date(2025, 1, 6), Cycle.WEEKLY) == date(2025, 1, 10)
    assert history.closing(date(2025, 1, 10), Cycle.WEEKLY) == date(2025, 1, 10)
    assert history.closing(date(2025, 1, 6), Cycle.QUARTERLY) == date(2025, 3, 31)
    assert history.closing(date(2025, 1, 3), Cycle.DAILY) == date(2025, 1, 6)
    assert history.closing(date(2025, 4, 1), Cycle.MONTHLY) is None
    assert history.first_from(date(2025, 1, 4)) == date(2025, 1, 6)


def test_what_the_slowest_choice_cannot_finish_is_left_out_of_all():
    owed = (*TWO_ORDERS, usd(date(2025, 4, 1), 500))

    played = play(owed, STEP_UP, BANK, first=JANUARY, last=APRIL)

    assert (played.orders, played.left_out) == (2, 1)
    assert {each.orders for each in played.outcomes} == {2}
    assert {each.value_minor for each in played.outcomes} == {28_000_00}


def test_the_spread_of_drift_is_its_standard_deviation_over_orders_and_over_importers_years():
    # one order waits for +100 bps, one for +0: mean 50, deviation 50
    owed = (usd(date(2025, 1, 6), 1_000), usd(date(2025, 1, 31), 1_000, importer=2))

    _, monthly = outcome(Choice(Cycle.MONTHLY, Cycle.MONTHLY), owed)

    assert (monthly.drift_sd_bps, monthly.year_sd_bps) == (Decimal("50.0"), Decimal("50.0"))


def test_the_worst_month_is_the_one_that_lost_most_of_what_it_converted():
    fell = every_day(
        (date(2025, 1, 31), Decimal("7.07")),
        (date(2025, 2, 3), Decimal(7)),
        (date(2025, 2, 28), Decimal("6.93")),
    )
    owed = (usd(date(2025, 1, 6), 1_000), usd(date(2025, 2, 10), 9_000))

    _, monthly = outcome(Choice(Cycle.MONTHLY, Cycle.MONTHLY), owed, fell)

    assert monthly.drift_minor == 70_00 - 630_00
    assert (monthly.worst.month, monthly.worst.drift_minor) == (JANUARY, 70_00)


def test_suppliers_are_not_paid_with_currency_that_is_bought_later():
    with pytest.raises(PaysBeforeItBuys):
        Choice(Cycle.MONTHLY, Cycle.WEEKLY)


def test_without_anything_that_can_be_finished_there_is_nothing_to_replay():
    with pytest.raises(NothingToReplay):
        play([usd(date(2025, 4, 30), 1)], STEP_UP, BANK, first=JANUARY, last=APRIL)


def test_a_pools_year_comes_again_on_the_same_days_of_every_year():
    leap = [usd(date(2024, 2, 29), 1), usd(date(2024, 12, 1), 2)]

    days = [each.on for each in repeated(leap, date(2024, 3, 1), date(2026, 11, 30))]

    assert days == [date(2024, 12, 1), date(2025, 2, 28), date(2025, 12, 1), date(2026, 2, 28)]


@settings(max_examples=25)
@given(
    st.lists(
        st.builds(
            usd,
            st.dates(JANUARY, date(2025, 3, 31)),
            st.integers(1, 100_000),
            importer=st.integers(1, 4),
            supplier=st.integers(1, 3),
        ),
        min_size=1,
        max_size=12,
    ),
    st.lists(st.integers(60_000, 80_000), min_size=90, max_size=90),
)
def test_whatever_rates_do_batching_sends_no_more_wires_and_drift_is_in_no_saving(owed, moves):
    days = every_day().days
    rates = {day: Decimal(moves[n % 90]) / 10_000 for n, day in enumerate(days)}

    played = play(owed, History({"USD": rates}), BANK, first=JANUARY, last=APRIL)

    alone = played.outcomes[0]
    for each in played.outcomes:
        assert each.value_minor == alone.value_minor
        assert each.wires <= alone.wires
        assert played.saved_minor(each) == (
            alone.fee_minor + alone.margin_minor - each.fee_minor - each.margin_minor
        )
    assert alone.drift_minor == 0
    by_pay = {each.choice: each.wires for each in played.outcomes}
    assert by_pay[CHOICES[5]] == by_pay[CHOICES[3]]


def test_deviation_and_quantile_of_a_few_numbers():
    values = [Decimal(n) for n in (2, 4, 4, 4, 5, 5, 7, 9)]

    assert deviation(values) == 2
    assert quantile([Decimal(n) for n in range(101)], Decimal("0.99")) == 99


FILE = b"Date,USD,CNY,RUB,\n2025-01-03,1.03,7.5,N/A,\n2025-01-02,1.03,7.4,,\n"


def test_a_file_of_the_banks_shape_gives_rates_crossed_through_the_euro():
    euro = read(FILE)

    crossed = home_rates(
        euro, ["USD", "EUR"], home="CNY", first=date(2025, 1, 3), last=date(2025, 1, 3)
    )

    assert crossed["USD"] == {date(2025, 1, 3): Decimal("7.2815533981")}
    assert crossed["EUR"] == {date(2025, 1, 3): Decimal("7.5")}
    with pytest.raises(NoRatesOf):
        home_rates(euro, ["RUB"], home="CNY", first=date(2025, 1, 2), last=date(2025, 1, 3))


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"Day,USD\n", "line 1"),
        (b"Date,USD\n2025-13-01,1\n", "line 2, Date"),
        (b"Date,USD\n2025-01-01,1\n2025-01-02,cheap\n", "line 3, USD"),
        (b"Date,USD\n2025-01-01,-1\n", "line 2, USD"),
        (b"PK not a zip", "file"),
        (b"\xff\xfe", "file"),
    ],
)
def test_a_file_of_rates_that_is_none_is_refused_by_line_and_column(content, place):
    with pytest.raises(UnreadableRates) as refused:
        read(content)

    assert refused.value.params["place"] == place
