"""Lists and gate passes only move up, whatever comes when."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.transitions import StepNotAllowed
from customs.domain import zone

states = st.sampled_from(sorted(zone.RANK))


@pytest.mark.parametrize(
    ("code", "result", "state"),
    [
        ("INV201", "1", "counted"),
        ("INV201", "2", "reviewed"),
        ("INV201", "3", "refused"),
        ("INV201", "4", "expected"),
        ("INV201", "5", "approved"),
        ("INV201", "Y", None),
        ("INV201", "Z", None),
        ("INV211", "0", None),
        ("INV211", "1", "expected"),
        ("INV211", "2", "counted"),
        ("INV211", "3", "counted"),
        ("SAS221", "1", "approved"),
        ("SAS221", "2", "reviewed"),
        ("SAS221", "3", "refused"),
        ("SAS223", "1", "passed"),
        ("SAS223", "2", "held"),
        ("SAS224", "2", "held"),
        ("SAS224", "3", "passed"),
        ("CEB622", "800", None),
        ("", "", None),
    ],
)
def test_each_answer_leads_to_the_state_that_customs_means(code, result, state):
    assert zone.answered(code, result) == state


@pytest.mark.parametrize(
    ("code", "result", "state"),
    [
        ("INV201", "1", "cancelled"),
        ("INV201", "5", "cancelled"),
        ("INV201", "3", None),
        ("INV201", "2", None),
        ("SAS221", "1", "cancelled"),
        ("SAS221", "3", None),
    ],
)
def test_a_request_to_delete_ends_a_paper_only_when_it_is_granted(code, result, state):
    assert zone.answered(code, result, cancels=True) == state


@given(state=states, answers=st.lists(states, max_size=5))
def test_answers_in_any_order_and_again_end_at_the_same_rank(state, answers):
    ends = set()
    for order in itertools.islice(itertools.permutations(answers), 24):
        reached = state
        for answered in (*order, *order):
            reached = zone.after_answer(reached, answered)
        ends.add(zone.RANK[reached])

    assert ends == {max(zone.RANK[each] for each in (state, *answers))}


@given(state=states, answered=states)
def test_a_paper_never_moves_down(state, answered):
    assert zone.RANK[zone.after_answer(state, answered)] >= zone.RANK[state]


@pytest.mark.parametrize("state", sorted(zone.RANK))
def test_only_a_paper_that_is_not_at_its_end_can_be_taken_back(state):
    if state in zone.OPEN:
        assert zone.STATES.next(state, "cancel") == zone.CANCELLED
    else:
        with pytest.raises(StepNotAllowed):
            zone.STATES.next(state, "cancel")


def test_every_answer_leads_to_a_state_with_a_rank():
    reached = {state for answers in zone.ANSWERS.values() for state in answers.values()}

    assert reached <= set(zone.RANK)
    assert set(zone.RANK) >= zone.STANDS
