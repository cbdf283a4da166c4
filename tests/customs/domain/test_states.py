import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.transitions import StepNotAllowed
from customs.domain import states
from customs.domain.states import RANK, STATES, after_answer, after_answers

answers = st.lists(st.sampled_from(sorted(RANK)), max_size=12)


@pytest.mark.parametrize(
    ("state", "answer", "after"),
    [
        ("declared", "accepted", "accepted"),
        ("accepted", "released", "released"),
        ("declared", "released", "released"),
        ("released", "accepted", "released"),
        ("released", "closed", "closed"),
        ("accepted", "refused", "refused"),
        ("released", "refused", "released"),
        ("refused", "released", "refused"),
        ("held", "released", "released"),
        ("draft", "accepted", "draft"),
        ("cancelled", "accepted", "cancelled"),
    ],
)
def test_an_answer_moves_a_declaration_up_or_not_at_all(state, answer, after):
    assert after_answer(state, answer) == after


def test_an_answer_cannot_stand_for_a_step_of_ours():
    assert after_answer("refused", "declare") == "refused"
    assert after_answer("draft", "cancel") == "draft"


def test_a_refused_declaration_can_be_declared_again_and_a_released_one_cannot():
    assert STATES.next("refused", "declare") == "declared"
    with pytest.raises(StepNotAllowed):
        STATES.next("released", "declare")


@given(given_answers=answers)
def test_good_answers_lead_to_the_highest_whatever_their_order(given_answers):
    highest = max(["declared", *given_answers], key=RANK.__getitem__)

    assert after_answers("declared", given_answers) == highest


@given(given_answers=answers)
def test_hearing_everything_twice_changes_nothing(given_answers):
    once = after_answers("declared", given_answers)

    assert after_answers(once, given_answers) == once


def test_stock_is_taken_up_in_every_state_that_is_neither_draft_nor_over():
    assert STATES.states - states.LIVE == {"draft", "refused", "cancelled"}
