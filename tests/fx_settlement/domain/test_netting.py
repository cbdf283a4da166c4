"""Netting: what suppliers are paid after credit notes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx_settlement.domain.netting import (
    Due,
    Flow,
    NettingNotAllowed,
    NettingPolicy,
    net,
    net_by_importer,
    net_positions,
    net_to_pay,
    settle_positions,
    to_buy,
)

U1, J1 = 11, 12
S1, S2, S3 = 1, 2, 3

WORKED = [
    Due(1, S1, U1, "USD", 1_000_000),
    Due(2, S2, U1, "USD", 250_000),
    Due(3, S1, U1, "USD", -40_000),
    Due(4, S3, J1, "JPY", 820_000),
    Due(5, S1, J1, "JPY", 430_000),
]

dues = st.lists(
    st.builds(
        Due,
        obligation=st.integers(1, 10**6),
        importer=st.integers(1, 5),
        supplier=st.integers(1, 4),
        currency=st.sampled_from(["USD", "JPY"]),
        amount_minor=st.integers(-(10**9), 10**9).filter(bool),
    ),
    max_size=20,
    unique_by=lambda due: due.obligation,
)


def test_five_obligations_become_two_payments():
    netting = net(WORKED)

    paid = [(each.supplier, each.currency, each.amount_minor) for each in netting.payments]
    assert paid == [(U1, "USD", 1_210_000), (J1, "JPY", 1_250_000)]
    assert netting.carried == ()


def test_a_supplier_who_owes_as_much_as_it_is_owed_is_not_paid_and_its_group_waits():
    even = [Due(1, S1, U1, "USD", 500), Due(2, S2, U1, "USD", -500)]

    netting = net(even)

    assert netting.payments == ()
    assert netting.carried == tuple(even)


def test_a_credit_note_in_one_currency_does_not_reduce_a_payment_in_another():
    netting = net([Due(1, S1, U1, "USD", 500), Due(2, S1, U1, "JPY", -400)])

    assert [(each.currency, each.amount_minor) for each in netting.payments] == [("USD", 500)]
    assert [due.obligation for due in netting.carried] == [2]


def test_an_importer_owes_its_invoices_less_its_credit_notes():
    assert net_by_importer(WORKED[:3]) == {S1: 960_000, S2: 250_000}


@given(dues)
def test_every_obligation_is_either_paid_or_carried_and_no_payment_is_negative(items):
    netting = net(items)

    settled = [due for payment in netting.payments for due in payment.dues]
    assert sorted([*settled, *netting.carried], key=lambda due: due.obligation) == sorted(
        items, key=lambda due: due.obligation
    )
    assert all(payment.amount_minor > 0 for payment in netting.payments)
    assert sum(payment.amount_minor for payment in netting.payments) == sum(
        due.amount_minor for due in settled
    )


@given(items=dues, data=st.data())
def test_the_order_of_obligations_does_not_matter(items, data):
    assert net(data.draw(st.permutations(items))) == net(items)


@pytest.mark.parametrize("items", [[], [Due(1, S1, U1, "USD", -1)]])
def test_without_anything_owed_there_is_no_payment(items):
    assert net(items).payments == ()


def due(pk, minor, *, supplier=1, is_bought=False):
    return Due(pk, 1, supplier, "USD", minor, is_bought)


def test_without_a_policy_of_setting_off_credit_notes_wait():
    netting = net([due(1, 100), due(2, -40)], NettingPolicy.NONE)

    assert [payment.amount_minor for payment in netting.payments] == [100]
    assert [each.obligation for each in netting.carried] == [2]


def test_what_was_bought_before_is_not_bought_again():
    assert to_buy(net([due(1, 100, is_bought=True), due(2, 50)])) == 50


def test_a_credit_note_that_would_leave_bought_currency_over_waits():
    dues = [due(1, 100, is_bought=True), due(2, -40)]

    netting = net_to_pay(dues, NettingPolicy.BILATERAL)

    assert [payment.amount_minor for payment in netting.payments] == [100]
    assert [each.obligation for each in netting.carried] == [2]


def test_multilateral_netting_is_refused_where_nobody_allowed_it():
    for policy in (NettingPolicy.NONE, NettingPolicy.BILATERAL):
        with pytest.raises(NettingNotAllowed):
            net_positions([Flow(1, 2, 5)], policy)


def test_three_parties_that_owe_each_other_make_two_payments():
    flows = [Flow(1, 2, 100), Flow(2, 3, 70), Flow(3, 1, 40)]
    positions = net_positions(flows, NettingPolicy.MULTILATERAL)

    assert positions == {1: -60, 2: 30, 3: 30}
    assert settle_positions(positions) == [Flow(1, 2, 30), Flow(1, 3, 30)]


@given(
    st.lists(
        st.builds(Flow, st.integers(1, 8), st.integers(1, 8), st.integers(0, 10**9)), max_size=40
    )
)
def test_netted_positions_add_up_to_nothing_and_are_cleared_by_fewer_payments(flows):
    positions = net_positions(flows, NettingPolicy.MULTILATERAL)
    paid = settle_positions(positions)

    left = dict(positions)
    for flow in paid:
        left[flow.payer] += flow.amount_minor
        left[flow.payee] -= flow.amount_minor
    assert sum(positions.values()) == 0
    assert set(left.values()) <= {0}
    assert len(paid) <= max(0, len(positions) - 1)
