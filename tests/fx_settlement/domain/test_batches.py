"""Batch states: one way forward, void only before currency is bought."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.transitions import StepNotAllowed
from fx_settlement.domain.batches import BATCH_ORDER, BATCH_STEPS, allowed_steps, has_reached

PAID = ("lock", "quote", "approve", "convert", "instruct", "settle", "allocate", "close")


def test_a_batch_goes_from_draft_to_closed_in_eight_steps():
    state = "draft"
    for step in PAID:
        assert step in allowed_steps(state, is_buying=False, to_buy_minor=1)
        state = BATCH_STEPS.next(state, step)

    assert state == "closed"


def test_with_nothing_left_to_buy_a_batch_is_neither_quoted_nor_converted():
    def steps(state):
        return allowed_steps(state, is_buying=False, to_buy_minor=0)

    assert steps("locked") == ("approve", "void")
    assert steps("approved") == ("instruct", "void")


def test_what_has_to_be_bought_is_quoted_before_it_is_approved_and_converted_before_it_is_sent():
    def steps(state):
        return allowed_steps(state, is_buying=False, to_buy_minor=1)

    assert steps("locked") == ("quote", "void")
    assert steps("approved") == ("convert", "quote", "void")
    assert steps("converted") == ("instruct",)


def test_a_batch_that_only_buys_is_closed_once_it_has_bought():
    assert allowed_steps("converted", is_buying=True, to_buy_minor=1) == ("close",)


def test_no_step_but_a_new_quote_leads_backwards():
    back = [
        (state, step)
        for state, steps in BATCH_STEPS.steps.items()
        for step, target in steps.items()
        if target != "void" and BATCH_ORDER.index(target) <= BATCH_ORDER.index(state)
    ]

    assert back == [("quoted", "quote"), ("approved", "quote")]


@pytest.mark.parametrize("state", ["converted", "instructed", "part_rejected", "settled", "closed"])
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
