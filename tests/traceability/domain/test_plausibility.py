"""The dates of a journey: production, departure, entry, release."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.plausibility import Contradiction, JourneyDates, contradictions

MADE, LEFT, CAME, FREED = (
    date(2026, 3, 14),
    date(2026, 9, 24),
    date(2026, 10, 19),
    date(2026, 11, 2),
)
days = st.integers(0, 400).map(lambda n: date(2026, 1, 1) + timedelta(days=n))


def test_a_journey_in_order_holds_no_contradiction():
    assert contradictions(JourneyDates(MADE, LEFT, CAME, FREED)) == []


def test_goods_that_entered_before_they_were_made_contradict_themselves():
    dates = JourneyDates(produced_on=CAME, entered_on=LEFT)

    assert contradictions(dates) == [Contradiction("produced_on", CAME, "entered_on", LEFT)]


def test_all_on_one_day_is_possible():
    assert contradictions(JourneyDates(MADE, MADE, MADE, MADE)) == []


def test_a_date_that_nobody_recorded_is_not_judged():
    assert contradictions(JourneyDates(released_on=MADE)) == []
    assert contradictions(JourneyDates()) == []


def test_dates_are_compared_across_one_that_is_missing():
    dates = JourneyDates(produced_on=FREED, released_on=MADE)

    assert contradictions(dates) == [Contradiction("produced_on", FREED, "released_on", MADE)]


@given(st.lists(days, min_size=4, max_size=4))
def test_a_journey_is_plausible_exactly_when_its_dates_never_step_back(four):
    assert (contradictions(JourneyDates(*four)) == []) == (four == sorted(four))
