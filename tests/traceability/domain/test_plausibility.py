"""The dates of a journey: production, departure, entry, release."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.plausibility import (
    ChainImplausible,
    Claims,
    Contradiction,
    JourneyDates,
    contradictions,
    refuse_implausible,
)

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


def claims(**more: object) -> Claims:
    sound = {
        "lot": "L1",
        "dates": JourneyDates(
            produced_on=date(2025, 3, 1), departed_on=date(2025, 9, 1), entered_on=date(2025, 10, 1)
        ),
        "expires_on": date(2027, 3, 1),
        "origins": ("NZ", "NZ", ""),
        "counted_units": 100,
        "ordered_units": 100,
    }
    return Claims(**{**sound, **more})


def test_sound_claims_are_published():
    assert refuse_implausible(claims()) is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"expires_on": date(2025, 9, 30)}, "it expired on 2025-09-30 before it entered"),
        ({"origins": ("NZ", "AU")}, "it is said to come from AU, NZ"),
        ({"counted_units": 101}, "101 units were counted and 100 were sent"),
        (
            {"dates": JourneyDates(date(2025, 10, 2), None, date(2025, 10, 1))},
            "produced_on 2025-10-02 lies after entered_on 2025-10-01",
        ),
    ],
)
def test_claims_at_odds_are_refused_with_the_reason(more, said):
    with pytest.raises(ChainImplausible) as refusal:
        refuse_implausible(claims(**more))

    assert said in refusal.value.reason_text()
