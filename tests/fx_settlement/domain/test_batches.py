"""Batch states: one way forward, void only before currency is bought."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.transitions import StepNotAllowed
from fx_settlement.domain.batches import BATCH_ORDER, BATCH_STEPS, has_reached


def test_a_batch_goes_from_draft_to_closed_in_seven_steps():
    state = "draft"
    for step in ("lock", "quote", "approve", "convert", "settle", "allocate", "close"):
        state = BATCH_STEPS.next(state, step)

    assert state == "closed"


@pytest.mark.parametrize("state", ["converted", "settled", "allocated", "closed"])
def test_once_currency_is_bought_a_batch_cannot_be_voided(state):
    with pytest.raises(StepNotAllowed):
        BATCH_STEPS.next(state, "void")


@pytest.mark.parametrize("state", ["locked", "quoted"])
def test_nothing_is_converted_without_approval(state):
    with pytest.raises(StepNotAllowed):
        BATCH_STEPS.next(state, "convert")


def test_a_new_quote_takes_an_approval_away():
    assert BATCH_STEPS.next("approved", "quote") == "quoted"


@given(st.sampled_from(BATCH_ORDER), st.sampled_from(BATCH_ORDER))
def test_a_step_is_idle_once_its_state_was_reached(state, target):
    assert has_reached(state, target) == (BATCH_ORDER.index(state) >= BATCH_ORDER.index(target))


def test_a_void_batch_has_reached_nothing():
    assert not has_reached("void", "draft")
