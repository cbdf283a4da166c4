"""What a batch cost, shared in columns: the shares that the plain functions give."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.domain.shares import CapsTooLow, split_in_proportion
from fx_settlement.domain.allocation import NothingToAllocate, shares_of_cost, shares_of_fee
from fx_settlement.domain.batch_shares import Owed, Paid, WireFee, parts_of_cost, parts_of_fees
from fx_settlement.domain.fees import Fee

WIRE = Fee(percent=Decimal("0.1"), minimum_minor=5_000, maximum_minor=100_000, fixed_minor=15_000)
PLAIN = Fee(percent=Decimal(1))

MINOR = st.one_of(st.integers(-5, 5), st.integers(-(10**7), 10**9), st.just(2**61)).filter(bool)
ROWS = st.lists(st.tuples(st.integers(1, 4), MINOR), min_size=1, max_size=12).map(
    lambda rows: [(number, *row) for number, row in enumerate(rows, 7)]
)


def by_importer(rows):
    owed = {}
    for obligation, importer, minor in rows:
        owed.setdefault(importer, {})[obligation] = minor
    return owed


def test_yen_bought_for_a_batch_are_shared_to_the_fen():
    parts = parts_of_cost(5_831_247, Owed.of([(31, 3, 820_000), (11, 1, 430_000)]), batch="B-1")

    assert parts.by_importer == {3: 3_825_298, 1: 2_005_949}
    assert parts.by_obligation.tolist() == [3_825_298, 2_005_949]


def test_an_importer_whose_credit_notes_exceed_its_invoices_is_paid_back():
    parts = parts_of_cost(700, Owed.of([(11, 1, -100), (21, 2, 200)]), batch="B-1")

    assert (parts.by_importer, parts.by_obligation.tolist()) == ({1: -700, 2: 1_400}, [-700, 1_400])


@given(
    rows=ROWS.filter(lambda rows: sum(minor for *_, minor in rows) > 0),
    cost=st.one_of(st.integers(-20, 20), st.integers(-(10**9), 10**12), st.just(2**80)),
    order=st.randoms(),
)
@example(rows=[(7, 1, -1), (8, 1, -1), (9, 2, 4)], cost=1, order=None)
def test_a_cost_is_shared_as_by_the_plain_functions_in_whichever_order_it_is_given(
    rows, cost, order
):
    given_rows = order.sample(rows, len(rows)) if order else rows

    parts = parts_of_cost(cost, Owed.of(given_rows), batch="B-1")

    plain = shares_of_cost(cost, by_importer(rows), batch="B-1")
    assert parts.by_importer == plain.by_importer
    assert parts.by_obligation.tolist() == [plain.by_obligation[each] for each, *_ in given_rows]


def test_a_cost_without_obligations_is_refused():
    with pytest.raises(NothingToAllocate) as refused:
        parts_of_cost(700, Owed.of([(11, 1, 100), (12, 1, -100)]), batch="B-1")

    assert refused.value.params == {"cost": 700, "owed": 0}


def plain_fees(fees, rows, batch):
    """Each wire's fee by importer, then each importer's part over its obligations."""
    found = {}
    for wire, fee in fees.items():
        own = [row for row in rows if row[2] == wire]
        owed, costs = {}, {}
        for _, importer, _, minor, cost in own:
            owed[importer] = owed.get(importer, 0) + minor
            costs[importer] = costs.get(importer, 0) + cost
        alone = {importer: fee.rule.at_most(cost) for importer, cost in costs.items()}
        for importer, part in shares_of_fee(fee.minor, owed, alone, batch=batch).items():
            weights = {row[0]: max(0, row[3]) for row in own if row[1] == importer}
            found |= split_in_proportion(part, weights)
    return [found[row[0]] for row in rows]


PAID = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(-200, 10**6).filter(bool)),
    min_size=1,
    max_size=14,
).map(lambda rows: [(number, *row, row[2] * 7) for number, row in enumerate(rows, 95)])


@given(rows=PAID, rule=st.sampled_from([WIRE, PLAIN]), order=st.randoms())
def test_fees_are_shared_as_by_the_plain_functions_in_whichever_order_they_are_given(
    rows, rule, order
):
    net = {}
    for _, _, wire, _, cost in rows:
        net[wire] = net.get(wire, 0) + cost
    rows = [row for row in rows if net[row[2]] > 0] or [(1, 1, 1, 100, 700)]
    fees = {row[2]: WireFee(rule.of(net.get(row[2], 700)), rule) for row in rows}
    shuffled = order.sample(rows, len(rows))

    parts = parts_of_fees(fees, Paid.of(shuffled), batch="B-1").tolist()

    assert parts == plain_fees(fees, shuffled, "B-1")
    assert sum(parts) == sum(fee.minor for fee in fees.values())


def test_equal_obligations_take_the_odd_fen_of_a_fee_in_the_order_of_their_numbers_as_text():
    rows = [(number, 1, 5, 100, 700) for number in (9, 10, 11)]

    parts = parts_of_fees({5: WireFee(20_000, WIRE)}, Paid.of(rows), batch="B-1")

    assert parts.tolist() == [6_666, 6_667, 6_667]


def test_a_fee_above_all_fees_alone_is_refused():
    with pytest.raises(CapsTooLow) as refused:
        parts_of_fees({5: WireFee(8, PLAIN)}, Paid.of([(9, 1, 5, 100, 700)]), batch="B-1")

    assert refused.value.params == {"amount": 8, "caps": 7}


def test_thirty_thousand_obligations_are_shared_as_by_the_plain_functions():
    draw = np.random.default_rng(2)
    importers = draw.integers(1, 700, 30_000).tolist()
    minor = draw.integers(-500, 90_000, 30_000).tolist()
    rows = list(zip(range(1, 30_001), importers, minor, strict=True))

    parts = parts_of_cost(987_654_321, Owed.of(rows), batch="B-1")

    plain = shares_of_cost(987_654_321, by_importer(rows), batch="B-1")
    assert parts.by_importer == plain.by_importer
    assert parts.by_obligation.tolist() == [plain.by_obligation[each] for each, *_ in rows]
