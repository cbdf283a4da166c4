"""Allocation: what a batch cost finds its owners to the last fen."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx_settlement.domain.allocation import (
    NothingToAllocate,
    largest_remainders,
    shares_of_cost,
    shares_of_fee,
)
from fx_settlement.domain.fees import Fee
from fx_settlement.domain.netting import Due, net, net_by_importer

WIRE = Fee(percent=Decimal("0.1"), minimum_minor=5_000, maximum_minor=100_000, fixed_minor=15_000)

owed = st.dictionaries(
    st.integers(1, 8),
    st.dictionaries(
        st.integers(1, 99), st.integers(-(10**7), 10**9).filter(bool), min_size=1, max_size=4
    ),
    min_size=1,
    max_size=6,
).filter(lambda all_owed: sum(sum(each.values()) for each in all_owed.values()) > 0)


def unique(all_owed):
    """Obligation numbers made distinct over importers."""
    return {i: {i * 1000 + o: a for o, a in each.items()} for i, each in all_owed.items()}


def test_yen_bought_for_a_batch_are_shared_to_the_fen():
    shares = shares_of_cost(5_831_247, {3: {31: 820_000}, 1: {11: 430_000}}, batch="B-1")

    assert shares.by_importer == {3: 3_825_298, 1: 2_005_949}
    assert shares.by_obligation == {31: 3_825_298, 11: 2_005_949}


def test_the_wire_fee_of_that_batch_is_shared_by_amount():
    alone = {3: 21_000, 1: 21_000}

    assert shares_of_fee(20_831, {3: 820_000, 1: 430_000}, alone, batch="B-1") == {
        3: 13_665,
        1: 7_166,
    }


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        (800, (1, 1, 1), [267, 267, 266]),
        (34, (1, 1, 1, 1), [9, 9, 8, 8]),
        (1000, (375, 625), [625, 375]),
        (5, (70, 30), [4, 1]),
        (5, (30, 70), [4, 1]),
        (-5, (70, 30), [-1, -4]),
    ],
)
def test_known_splits_come_out(total, weights, expected):
    quotas = {
        key: Fraction(total * weight, sum(weights)) for key, weight in enumerate(weights, start=1)
    }

    shares = largest_remainders(total, quotas, batch="B-1")

    assert sorted(shares.values(), reverse=True) == expected


def test_the_odd_unit_goes_to_the_larger_share_whichever_is_named_first():
    def split(seventy, thirty):
        quotas = {seventy: Fraction(7, 2), thirty: Fraction(3, 2)}
        return largest_remainders(5, quotas, batch="B-1")

    assert split("A", "B") == {"A": 4, "B": 1}
    assert split("B", "A") == {"B": 4, "A": 1}


def test_among_equals_the_odd_unit_is_drawn_anew_in_each_batch():
    equal = {importer: Fraction(1, 3) for importer in (1, 2, 3)}

    winners = {
        next(k for k, share in largest_remainders(1, equal, batch=f"B-{n}").items() if share)
        for n in range(30)
    }

    assert winners == {1, 2, 3}


def test_a_credit_note_earns_its_importer_what_it_saves_the_batch():
    shares = shares_of_cost(8_100, {1: {11: 1_000, 12: -400}, 2: {21: 600}}, batch="B-1")

    assert shares.by_importer == {1: 4_050, 2: 4_050}
    assert shares.by_obligation == {11: 6_750, 12: -2_700, 21: 4_050}


def test_an_importer_whose_credit_notes_exceed_its_invoices_is_paid_back():
    shares = shares_of_cost(700, {1: {11: -100}, 2: {21: 200}}, batch="B-1")

    assert shares.by_importer == {1: -700, 2: 1_400}


def test_a_cost_without_obligations_is_refused():
    with pytest.raises(NothingToAllocate) as refused:
        shares_of_cost(700, {1: {11: 100, 12: -100}}, batch="B-1")

    assert refused.value.params == {"cost": 700, "owed": 0}


@given(cost=st.integers(0, 10**12), all_owed=owed)
def test_shares_add_up_and_none_is_a_whole_unit_off(cost, all_owed):
    all_owed = unique(all_owed)

    shares = shares_of_cost(cost, all_owed, batch="B-1")

    rate = Fraction(cost, sum(sum(each.values()) for each in all_owed.values()))
    assert sum(shares.by_importer.values()) == cost
    for importer, amounts in all_owed.items():
        assert abs(shares.by_importer[importer] - sum(amounts.values()) * rate) < 1
        assert sum(shares.by_obligation[o] for o in amounts) == shares.by_importer[importer]


@given(cost=st.integers(0, 10**9), all_owed=owed, data=st.data())
def test_the_order_of_importers_changes_nobodys_share(cost, all_owed, data):
    all_owed = unique(all_owed)
    shuffled = {
        importer: dict(data.draw(st.permutations(list(all_owed[importer].items()))))
        for importer in data.draw(st.permutations(list(all_owed)))
    }

    assert shares_of_cost(cost, shuffled, batch="B-1") == shares_of_cost(
        cost, all_owed, batch="B-1"
    )


amounts = st.dictionaries(st.integers(1, 9), st.integers(-(10**6), 10**9), min_size=1, max_size=9)


@given(amounts.filter(lambda owes: sum(owes.values()) > 0))
def test_nobody_pays_more_for_a_shared_wire_than_for_its_own(owes):
    fee = WIRE.of(sum(owes.values()))
    alone = {importer: WIRE.at_most(amount) for importer, amount in owes.items()}

    shares = shares_of_fee(fee, owes, alone, batch="B-1")

    assert sum(shares.values()) == fee
    assert all(0 <= shares[importer] <= alone[importer] for importer in owes)


def test_what_a_cap_cuts_is_borne_by_the_others():
    alone = {1: 100, 2: 900}

    assert shares_of_fee(800, {1: 500, 2: 500}, alone, batch="B-1") == {1: 100, 2: 700}


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(-500, 2_000)),
        min_size=1,
        max_size=12,
    ),
    st.integers(1, 10**9),
    st.integers(0, 10**5),
    st.data(),
)
def test_a_batch_with_its_lines_permuted_pays_and_charges_everybody_the_same(
    lines, cost, fee, data
):
    dues = [
        Due(pk, importer, supplier, "USD", minor or 1)
        for pk, (importer, supplier, minor) in enumerate(lines, 1)
    ]

    assert charged(data.draw(st.permutations(dues)), cost, fee) == charged(dues, cost, fee)


def charged(dues, cost, fee):
    """Payments, shares of the conversion by importer and obligation, shares of each wire's fee."""
    payments = net(dues).payments
    owed = {}
    for payment in payments:
        for due in payment.dues:
            owed.setdefault(due.importer, {})[due.obligation] = due.amount_minor
    shares = shares_of_cost(cost, owed, batch="SB-1") if owed else None
    fees = []
    for payment in payments:
        by_importer = net_by_importer(payment.dues)
        alone = dict.fromkeys(by_importer, fee)
        fees.append(shares_of_fee(fee, by_importer, alone, batch="SB-1"))
    return [(p.supplier, p.amount_minor) for p in payments], shares, fees
