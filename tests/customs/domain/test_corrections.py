from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.domain import corrections as corr
from customs.domain.corrections import LineBack, TooLateToReturn, after_correction
from customs.jurisdictions.cn.corrections import meaning, terms

RELEASED = date(2025, 5, 1)


def test_a_return_is_asked_for_within_thirty_days_and_back_within_forty_five():
    rules = terms(RELEASED)

    rules.refuse_late(RELEASED, date(2025, 5, 31))
    assert rules.last_day_back(RELEASED) == date(2025, 6, 15)
    with pytest.raises(TooLateToReturn) as refusal:
        rules.refuse_late(RELEASED, date(2025, 6, 1))
    assert refusal.value.params == {"released_on": "2025-05-01", "until": "2025-05-31"}


def test_taxes_are_collected_from_day_thirty_one_to_day_forty_five():
    assert terms(RELEASED).collected(RELEASED) == (date(2025, 6, 1), date(2025, 6, 15))


def test_no_day_both_takes_a_return_and_collects_the_tax():
    first, _ = terms(RELEASED).collected(RELEASED)

    assert terms(RELEASED).last_day_to_ask(RELEASED) + timedelta(days=1) == first


@pytest.mark.parametrize(
    ("status", "state"),
    [("399", corr.GRANTED), ("100", corr.REFUSED), ("120", corr.ACCEPTED), ("2", None)],
)
def test_statuses_say_what_became_of_a_request(status, state):
    assert meaning(status) == state


def test_a_negative_status_refuses():
    assert meaning("-623001") == corr.REFUSED


ANSWERS = st.lists(st.sampled_from([corr.ACCEPTED, corr.GRANTED, corr.REFUSED, None]), max_size=6)


@given(answers=ANSWERS)
def test_a_request_never_falls_back_whatever_customs_repeats(answers):
    order = [corr.ASKED, corr.ACCEPTED, corr.GRANTED]
    state = corr.ASKED
    for answer in answers:
        before, state = state, after_correction(state, answer)
        if before == corr.REFUSED:
            assert state == corr.REFUSED
        elif state != corr.REFUSED:
            assert order.index(state) >= order.index(before)


def back(before, now, *, units=3, value=10_000, tax=910):
    return LineBack(1, units, before, now, value, tax)


def test_a_third_of_a_line_gives_a_third_of_its_tax_back_cut_to_the_fen():
    assert corr.part_given_back([back(0, 1)]) == (3_333, 303)
    assert corr.part_given_back([back(1, 2)]) == (6_667, 607)


@given(
    units=st.integers(1, 50),
    value=st.integers(0, 10**8),
    tax=st.integers(0, 10**7),
    data=st.data(),
)
def test_returns_in_parts_give_back_what_one_return_gives(units, value, tax, data):
    total, before = (0, 0), 0
    while before < units:
        now = data.draw(st.integers(1, units - before))
        part = corr.part_given_back([back(before, now, units=units, value=value, tax=tax)])
        total, before = (total[0] + part[0], total[1] + part[1]), before + now

    assert total == (value, tax)


def test_a_cent_collected_too_much_goes_back_with_the_last_unit():
    collected, assessed = 911, 910

    first = corr.collected_part(collected, assessed, 303)

    assert first == 303
    assert corr.collected_part(collected, assessed, 910) == 911
    assert corr.collected_part(5, 0, 0) == 0
