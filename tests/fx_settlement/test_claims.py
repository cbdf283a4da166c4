"""Claims: what a supplier does not grant is owed after all; what an insurer pays is credited."""

import pytest

from core import facts, invariants, jobs, ledger
from core.models import Party
from fx_settlement import services
from fx_settlement.models import BankEntry, GrantedClaim, Obligation
from fx_settlement.services import books
from tests.conftest import party
from tests.fx_settlement.bank import movement, statement
from warehouse import services as warehouse
from warehouse.domain.claims import Cause
from warehouse.models import ReceiptLine

HOME = {"currency": "CNY", "account": "6222000011112222"}


@pytest.fixture
def line(trade):
    """100 units of which 2 arrived damaged and 4 are missing, at USD 12.50."""
    return ReceiptLine.objects.get()


@pytest.fixture
def insurer(db):
    return party(Party.Kind.SERVICE, "insurer", name="Harbour Insurance")


def told():
    facts.sequence()
    facts.catch_up()
    jobs.run_until_idle()


def billed_back():
    rows = Obligation.objects.filter(kind="claim").order_by("importer_id")
    return list(rows.values_list("importer_id", "amount_minor"))


def broken():
    laws = [law for law in invariants.check_all() if law.name.startswith("fx.")]
    return [law.name for law in laws if not law.holds]


def test_what_a_supplier_grants_was_credited_already_and_the_rest_is_owed_again(owed, line):
    claim = warehouse.make_claim(line, Cause.SHORT)
    told()
    assert billed_back() == []

    warehouse.answer_claim(claim, accepted_minor=30_00)
    told()

    # 4 x 12.50 less 30.00
    assert sum(minor for _, minor in billed_back()) == 20_00
    assert broken() == []


def test_a_claim_that_was_answered_before_the_receipt_was_charged_is_followed_then(trade, line):
    claim = warehouse.make_claim(line, Cause.DAMAGED)
    warehouse.answer_claim(claim, accepted_minor=0)
    told()
    assert billed_back() == []

    services.raise_obligations(trade.receipt)
    services.raise_obligations(trade.receipt)

    assert sum(minor for _, minor in billed_back()) == 25_00
    assert broken() == []


def test_an_insurer_s_money_reaches_those_who_lost_as_the_bank_shows_it(owed, line, insurer):
    services.add_bank_account(
        owed.pool, "CNY", number=HOME["account"], bic="BKCHCNBJ92B", bank_name="Bank of Beilun"
    )
    claim = warehouse.make_claim(line, Cause.SHORT, insurer=insurer)
    told()
    # the supplier bears nothing of it and is paid in full
    assert sum(minor for _, minor in billed_back()) == 50_00
    warehouse.answer_claim(claim, accepted_minor=40_00)
    told()
    granted = GrantedClaim.objects.get()
    # USD 40.00 at 7.2
    assert (granted.expected_minor, sum(part for _, part in granted.shares)) == (288_00, 40_00)
    before = {who: ledger.balance(books.escrow(who, owed.pool)) for who in (owed.a, owed.b)}

    raw = statement(
        movement("288.00", text=claim.number, currency="CNY", on="2025-03-12"),
        opening="0",
        closing="288.00",
        **HOME,
    )
    services.receive_file(owed.pool.operator, raw, filename="camt.xml")
    services.receive_claim(granted, 288_00, reference=f"entry:{BankEntry.objects.get().pk}")

    granted.refresh_from_db()
    gained = {who.pk: ledger.balance(books.escrow(who, owed.pool)) - before[who] for who in before}
    assert (granted.state, sum(gained.values())) == ("received", 288_00)
    shares = dict(granted.shares)
    assert all(abs(gained[who] * 40_00 - 288_00 * shares[who]) < 40_00 for who in shares)
    assert broken() == []
