"""Stock by pages: every lot once, in order, and never cut between two of them."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from warehouse.domain.ageing import (
    Exit,
    KeepingTerms,
    Urgency,
    by_age,
    last_safe_sale,
    priced_exits,
    urgency,
)
from warehouse.queries.ageing import ROWS_A_PAGE, LotInStock, pages_of

TODAY = date(2026, 5, 1)
owners = st.lists(st.integers(1, 120), max_size=30)


def lot(lot_id, owners):
    return LotInStock(
        lot_id=lot_id,
        pool_id=1,
        product_id=1,
        product="Honey",
        product_zh="蜂蜜",
        received_on=TODAY,
        expires_on=None,
        owners=owners,
        units=owners,
        free_units=owners,
        last_safe_on=None,
        urgency=Urgency.FINE,
        cost_per_day_fen=0,
        worth_fen=0,
    )


@given(owners)
def test_pages_hold_every_lot_once_and_in_order(counts):
    lots = [lot(number, count) for number, count in enumerate(counts)]

    pages = pages_of(lots)

    assert [lot_id for page in pages for lot_id in page] == [each.lot_id for each in lots]
    assert len(pages) >= 1


@given(owners)
def test_a_page_is_no_longer_than_it_may_be_unless_one_lot_is(counts):
    pages = pages_of([lot(number, count) for number, count in enumerate(counts)])

    for page in pages:
        rows = sum(counts[lot_id] for lot_id in page)
        assert rows <= ROWS_A_PAGE or len(page) == 1
    for page, following in itertools.pairwise(pages):
        rows = sum(counts[lot_id] for lot_id in page) + counts[following[0]]
        assert rows > ROWS_A_PAGE


def test_only_what_is_not_fine_is_urgent():
    row = lot(1, 1)

    assert not row.is_urgent
    for state in (Urgency.WARNED, Urgency.TOO_LATE, Urgency.EXPIRED):
        assert replace(row, urgency=state).is_urgent


terms = st.builds(
    KeepingTerms,
    clearance_days=st.integers(0, 20),
    delivery_days=st.integers(0, 20),
    minimum_use_days=st.integers(0, 400),
    warn_days=st.integers(0, 200),
    offer_percent=st.integers(0, 100),
    return_percent=st.integers(0, 100),
)


@given(terms, st.integers(0, 800))
def test_goods_only_ever_become_more_urgent(agreed, days):
    expires = TODAY + timedelta(days=days)
    order = [Urgency.FINE, Urgency.WARNED, Urgency.TOO_LATE, Urgency.EXPIRED]

    states = [urgency(expires, agreed, TODAY + timedelta(days=n)) for n in range(0, 900, 30)]

    assert [order.index(state) for state in states] == sorted(map(order.index, states))
    assert urgency(expires, agreed, expires + timedelta(days=1)) is Urgency.EXPIRED
    assert last_safe_sale(expires, agreed) <= expires


@given(terms, st.integers(1, 10**5), st.integers(0, 10**6), st.booleans())
def test_the_way_out_that_loses_least_comes_first(agreed, units, worth, may_offer):
    ways = priced_exits(units, worth, 2_400, agreed, may_offer=may_offer)

    losses = [way.loss_fen for way in ways]
    assert losses == sorted(losses)
    assert {way.way for way in ways} == set(Exit) - (set() if may_offer else {Exit.OFFER})
    assert all(0 <= way.recovered_fen <= way.worth_fen == units * worth for way in ways)


@given(st.lists(st.tuples(st.dates(date(2025, 1, 1), TODAY), st.integers(0, 999)), max_size=20))
def test_units_by_age_are_all_units(rows):
    found = by_age(rows, TODAY)

    assert len(found) == 5
    assert sum(found) == sum(units for _, units in rows)
