import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import ledger
from core.domain.chart import AccountCode, TransferCode
from core.kernel_laws import books_balance, totals_equal_transfers
from core.ledger import NotHeld, Overdrawn, SameKeyOtherBody
from core.models import Account, Transfer


@pytest.fixture
def bank(db):
    return ledger.account(AccountCode.BANK, "CNY")


@pytest.fixture
def escrow(importer):
    return ledger.account(AccountCode.ESCROW, "CNY", importer)


def fund(escrow, bank, amount, key="funding"):
    return ledger.transfer(
        key=key, debit=bank, credit=escrow, amount_minor=amount, code=TransferCode.FUNDING
    )


def take(escrow, bank, amount, key="goods"):
    return ledger.transfer(
        key=key, debit=escrow, credit=bank, amount_minor=amount, code=TransferCode.GOODS
    )


def test_what_was_paid_in_can_be_paid_out(bank, escrow):
    fund(escrow, bank, 100_00)
    take(escrow, bank, 40_00)

    assert ledger.balance(escrow) == 60_00


def test_more_than_was_paid_in_is_refused_and_nothing_moves(bank, escrow):
    fund(escrow, bank, 100_00)

    with pytest.raises(Overdrawn) as refusal:
        take(escrow, bank, 100_01)

    assert refusal.value.params["amount_minor"] == 100_01
    assert ledger.balance(escrow) == 100_00
    assert Transfer.objects.count() == 1


def test_what_is_held_cannot_be_spent_twice(bank, escrow):
    fund(escrow, bank, 100_00)
    ledger.hold(key="hold", debit=escrow, credit=bank, amount_minor=70_00, code=TransferCode.GOODS)

    with pytest.raises(Overdrawn):
        take(escrow, bank, 30_01)

    assert ledger.available(escrow) == 30_00


def test_posting_less_than_was_held_frees_the_rest(bank, escrow):
    fund(escrow, bank, 100_00)
    held = ledger.hold(
        key="hold", debit=escrow, credit=bank, amount_minor=70_00, code=TransferCode.GOODS
    )

    ledger.post(held, amount_minor=65_00)

    assert ledger.available(escrow) == 35_00


def test_a_hold_is_resolved_once(bank, escrow):
    fund(escrow, bank, 100_00)
    held = ledger.hold(
        key="hold", debit=escrow, credit=bank, amount_minor=70_00, code=TransferCode.GOODS
    )
    freed = ledger.void(held)

    assert ledger.void(held) == freed
    with pytest.raises(NotHeld):
        ledger.post(held)
    assert ledger.available(escrow) == 100_00


def test_a_groups_open_holds_are_freed_together_and_only_once(bank, escrow):
    fund(escrow, bank, 100_00)
    held = [
        ledger.hold(
            key=f"hold-{number}",
            debit=escrow,
            credit=bank,
            amount_minor=30_00,
            code=TransferCode.GOODS,
            group="batch",
        )
        for number in range(3)
    ]
    ledger.post(held[0], amount_minor=10_00)

    assert (ledger.void_group("batch"), ledger.void_group("batch")) == (2, 0)
    assert (ledger.balance(escrow), ledger.available(escrow)) == (90_00, 90_00)
    assert list(totals_equal_transfers()) == []


def test_accounts_of_many_owners_are_found_or_opened(escrow, importer, stranger):
    found = ledger.accounts_of(AccountCode.ESCROW, "CNY", [importer.pk, stranger.pk])

    assert found[importer.pk] == escrow
    assert found[stranger.pk].debits_within_credits
    assert ledger.accounts_of(AccountCode.ESCROW, "CNY", [stranger.pk]) == {
        stranger.pk: found[stranger.pk]
    }


def test_the_same_key_moves_money_once(bank, escrow):
    first = fund(escrow, bank, 100_00)

    assert fund(escrow, bank, 100_00) == first
    assert ledger.balance(escrow) == 100_00


def test_the_same_key_with_another_amount_is_refused(bank, escrow):
    fund(escrow, bank, 100_00)

    with pytest.raises(SameKeyOtherBody):
        fund(escrow, bank, 99_00)


def test_many_transfers_stand_or_fall_together(bank, escrow):
    specs = [
        ledger.TransferSpec("in", bank, escrow, 50_00, TransferCode.FUNDING),
        ledger.TransferSpec("out", escrow, bank, 50_01, TransferCode.GOODS),
    ]

    with pytest.raises(Overdrawn):
        ledger.transfer_many(specs)

    assert Transfer.objects.count() == 0


REFUSED_BY_THE_DATABASE = {
    "a transfer of nothing": {"amount_minor": 0},
    "a negative transfer": {"amount_minor": -5},
    "another currency than the accounts'": {"currency": "USD"},
    "a resolution of no hold": {"kind": "post"},
}


@pytest.mark.parametrize("fault", REFUSED_BY_THE_DATABASE.values(), ids=REFUSED_BY_THE_DATABASE)
def test_the_database_itself_refuses(fault, bank, escrow):
    fund(escrow, bank, 100_00)
    row = Transfer.objects.get()
    fields = {"key": "x", "amount_minor": 1, "currency": "CNY", "kind": "single", **fault}

    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(
            debit=bank, credit=escrow, code="goods", on=row.on, made_at=row.made_at, **fields
        )


@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_transfer_can_be_neither_changed_nor_removed(change, bank, escrow):
    fund(escrow, bank, 100_00)
    rows = Transfer.objects.all()

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(amount_minor=1) if change == "update" else rows._raw_delete("default")


def test_totals_of_an_account_move_by_transfers_only(bank, escrow):
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=escrow.pk).update(credits_posted=1)


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["fund", "take", "hold", "post", "void"]), st.integers(1, 50)),
        max_size=25,
    )
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_totals_equal_the_transfers_whatever_is_tried(steps, bank, escrow):
    with transaction.atomic():
        holds = []
        for number, (step, amount) in enumerate(steps):
            _try(step, amount, f"k{number}", escrow, bank, holds)

        assert list(totals_equal_transfers()) == []
        assert list(books_balance()) == []
        assert ledger.available(escrow) >= 0
        transaction.set_rollback(True)


def _try(step, amount, key, escrow, bank, holds):
    sides = {"key": key, "amount_minor": amount, "code": TransferCode.GOODS}
    try:
        if step == "fund":
            ledger.transfer(debit=bank, credit=escrow, **sides)
        elif step == "take":
            ledger.transfer(debit=escrow, credit=bank, **sides)
        elif step == "hold":
            holds.append(ledger.hold(debit=escrow, credit=bank, **sides))
        elif holds:
            getattr(ledger, step)(holds[-1])
    except (Overdrawn, NotHeld):
        pass


def test_a_batch_of_transfers_costs_the_same_queries_whatever_its_size(
    bank, escrow, django_assert_max_num_queries
):
    specs = [
        ledger.TransferSpec(f"in {n}", bank, escrow, 1, TransferCode.FUNDING) for n in range(60)
    ]
    with django_assert_max_num_queries(5):
        ledger.transfer_many(specs)
    assert ledger.balance(escrow) == 60
