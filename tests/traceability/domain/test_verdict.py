"""The verdict on a code, from its records alone."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.verdict import (
    Decision,
    Limits,
    Rule,
    Standing,
    UnitState,
    Verdict,
    decide,
)

TODAY = date(2026, 11, 22)
LIMITS = Limits(places_in_a_day=6, before_release=3)
SOLD = Standing(state=UnitState.RELEASED, expires_on=date(2028, 3, 14), places_in_a_day=1)

standings = st.builds(
    Standing,
    state=st.sampled_from(UnitState),
    expires_on=st.none() | st.dates(),
    earlier_lookups=st.integers(0, 50),
    lookups_before_release=st.integers(0, 10),
    places_in_a_day=st.integers(0, 20),
    contradictions=st.integers(0, 3),
    labels_agree=st.booleans(),
)


def verdict_on(**changes: object) -> Decision:
    return decide(replace(SOLD, **changes), today=TODAY, limits=LIMITS)


def test_a_sold_unit_is_genuine_at_its_first_look_up():
    assert verdict_on() == Decision(Verdict.GENUINE_FIRST)


def test_a_second_look_up_says_that_there_was_a_first():
    assert verdict_on(earlier_lookups=1) == Decision(Verdict.GENUINE_REPEAT)


@pytest.mark.parametrize("state", [UnitState.ISSUED, UnitState.APPLIED])
def test_a_unit_still_in_bond_was_never_sold(state):
    assert verdict_on(state=state) == Decision(Verdict.NOT_RELEASED)


def test_a_recalled_unit_is_recalled_before_all_else():
    assert verdict_on(
        state=UnitState.RECALLED, expires_on=date(2020, 1, 1), contradictions=1
    ) == Decision(Verdict.RECALLED)


def test_a_withdrawn_label_vouches_for_nothing():
    assert verdict_on(state=UnitState.VOID) == Decision(Verdict.VOIDED)


@pytest.mark.parametrize(
    ("expires_on", "verdict"),
    [
        (date(2026, 11, 21), Verdict.EXPIRED),
        (date(2026, 11, 22), Verdict.GENUINE_FIRST),
        (None, Verdict.GENUINE_FIRST),
    ],
)
def test_a_unit_may_be_used_until_its_expiry_date_inclusive(expires_on, verdict):
    assert verdict_on(expires_on=expires_on) == Decision(verdict)


def test_a_journey_that_contradicts_itself_is_suspicious():
    assert verdict_on(contradictions=1) == Decision(Verdict.SUSPICIOUS, Rule.DATES_CONTRADICT)


def test_a_code_on_the_label_of_another_product_is_suspicious():
    assert verdict_on(labels_agree=False) == Decision(Verdict.SUSPICIOUS, Rule.LABELS_DISAGREE)


@pytest.mark.parametrize(("before", "rule"), [(3, None), (4, Rule.LOOKED_UP_BEFORE_RELEASE)])
def test_a_code_looked_up_often_before_its_unit_was_sold_has_been_copied(before, rule):
    assert verdict_on(lookups_before_release=before).rule is rule


@pytest.mark.parametrize(("places", "rule"), [(6, None), (7, Rule.TOO_MANY_PLACES)])
def test_one_unit_cannot_be_in_many_places_in_a_day(places, rule):
    assert verdict_on(earlier_lookups=9, places_in_a_day=places).rule is rule


@given(standings)
def test_only_a_released_unit_within_its_date_is_ever_called_genuine(standing):
    decision = decide(standing, today=TODAY, limits=LIMITS)

    if decision.verdict in (Verdict.GENUINE_FIRST, Verdict.GENUINE_REPEAT):
        assert standing.state is UnitState.RELEASED
        assert standing.expires_on is None or standing.expires_on >= TODAY
        assert not standing.contradictions


@given(standings)
def test_a_rule_is_named_exactly_when_the_verdict_is_a_suspicion(standing):
    decision = decide(standing, today=TODAY, limits=LIMITS)

    assert (decision.rule is not None) == (decision.verdict is Verdict.SUSPICIOUS)
