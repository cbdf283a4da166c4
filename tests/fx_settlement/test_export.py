"""The exported books judged by another bookkeeping program, with nothing forgiven."""

from decimal import Decimal

import pytest
from beancount import loader
from beancount.core import data, realization
from django.core.management import call_command

from core import ledger
from core.domain.chart import AccountCode, TransferCode
from core.domain.trade import from_minor
from core.models import Account
from fx_settlement import services
from tests.fx_settlement.conftest import RECEIVED


@pytest.fixture
def exported(closed, owed, tmp_path):
    """A batch paid and closed, a hold that is open, a key that must be quoted."""
    services.fund(owed.a, owed.pool, 50_000, reference='said "twice" \\ here')
    escrow, other = (
        ledger.account(AccountCode.ESCROW, "CNY", owner, f"pool:{owed.pool.pk}")
        for owner in (owed.a, owed.b)
    )
    ledger.hold(
        key="held", debit=escrow, credit=other, amount_minor=7, code=TransferCode.GOODS, on=RECEIVED
    )
    file = tmp_path / "books.beancount"
    call_command("export_ledger", "--format", "beancount", "--out", str(file), verbosity=0)
    return file


def test_beancount_accepts_our_books_and_comes_to_our_balances(exported, capsys):
    entries, errors, options = loader.load_file(str(exported))

    assert [error.message for error in errors] == []
    assert options["operating_currency"] == ["CNY"]
    tree = realization.realize(entries)
    found = {
        name.rpartition(":A")[2]: account.balance
        for name, account in ((a.account, a) for a in realization.iter_children(tree))
        if ":A" in name
    }
    assert len(found) == Account.objects.count() > 8
    for account in Account.objects.all():
        inventory = found[str(account.pk)]
        minor = account.debits_posted - account.credits_posted
        number = inventory.get_currency_units(account.currency).number
        assert number == from_minor(minor, account.currency)
    asserted = [entry for entry in entries if isinstance(entry, data.Balance)]
    assert {entry.tolerance for entry in asserted} == {Decimal(0)}
    assert len(asserted) == len(found)


def test_a_balance_that_is_off_by_the_smallest_unit_is_not_forgiven(exported):
    text = exported.read_text(encoding="utf-8")
    line = next(each for each in text.splitlines() if " balance Assets:Bank" in each)
    day, word, name, amount, *rest = line.split()
    off = " ".join([day, word, name, str(Decimal(amount) + Decimal("0.01")), *rest])
    exported.write_text(text.replace(line, off), encoding="utf-8")

    _, errors, _ = loader.load_file(str(exported))

    assert len(errors) == 1
