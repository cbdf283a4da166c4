"""A batch sent to the bank, answered by it, and what is rejected paid again."""

import hashlib
import io
import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils.timezone import get_current_timezone

from core import clock, documents, invariants, ledger
from core.domain.transitions import StepNotAllowed
from core.models import Party
from fx_settlement import services
from fx_settlement.domain import bank_file
from fx_settlement.domain.approval import ApprovedContentChanged
from fx_settlement.domain.pain001 import AddressMissing
from fx_settlement.models import Obligation, Payment, PaymentLine, SettlementBatch, SupplierAccount
from fx_settlement.services import AlreadyPaid, NoSupplierAccount, NotInstructedYet, Verdict, books
from tests.fx_settlement.conftest import RECEIVED

BUY = SettlementBatch.Purpose.BUY


@pytest.fixture
def instructed(approved) -> SettlementBatch:
    services.convert(approved)
    return services.instruct(approved)


def broken():
    return {finding.name for finding in invariants.check_all("fx.") if not finding.holds}


def held(trade):
    return ledger.balance(books.held_currency(trade.pool, "USD"))


def pay(batch):
    return batch.payments.exclude(state="void").get()


def test_a_batch_sent_to_the_bank_has_a_file_that_its_rules_accept(instructed):
    kept = services.payment_file(instructed)

    content = documents.content(kept)
    assert bank_file.check(content, RECEIVED) == []
    assert kept.filename == "SB-2025-000001.pain.001.001.09.xml"
    assert b"<EndToEndId>PAY-2025-000001</EndToEndId>" in content
    assert hashlib.sha256(content).hexdigest() == kept.sha256


def test_the_bank_is_asked_to_pay_when_the_currency_has_arrived(instructed):
    # dealt on Monday 10 March 2025: two good days later it arrives
    assert (instructed.value_on, instructed.requested_on) == (date(2025, 3, 12), date(2025, 3, 12))


def test_what_is_sent_after_the_cut_off_is_taken_as_of_the_next_good_day(approved):
    services.convert(approved)
    friday = datetime(2025, 3, 14, 15, 0, tzinfo=get_current_timezone())

    with clock.at(friday):
        services.instruct(approved)

    assert approved.requested_on == date(2025, 3, 17)


def test_the_lines_of_a_payment_add_up_to_what_its_file_says(instructed):
    lines = dict(PaymentLine.objects.values_list("document", "amount_minor"))

    assert sum(PaymentLine.objects.values_list("amount_minor", flat=True)) == 117_500
    assert all(name.endswith(("/kowhai", "/stranger")) for name in lines)
    assert broken() == set()


def test_sending_twice_sends_once(instructed):
    before = instructed.version, Payment.objects.count()

    services.instruct(instructed)

    assert (instructed.version, Payment.objects.count()) == before


def test_there_is_no_file_before_a_batch_is_sent(approved):
    with pytest.raises(NotInstructedYet):
        services.payment_file(approved)


def test_what_was_changed_between_conversion_and_sending_is_not_sent(approved):
    services.convert(approved)
    SettlementBatch.objects.filter(pk=approved.pk).update(foreign_minor=1)

    with pytest.raises(ApprovedContentChanged):
        services.instruct(approved)

    assert SettlementBatch.objects.get().state == "converted"


def test_where_a_payment_goes_never_changes_after_the_lock(approved, maker):
    other = services.add_supplier_account(
        approved.pool.operator,
        pay(approved).supplier,
        "USD",
        number="999999",
        bic="ANZBNZ22XXX",
        by=maker,
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.update(account=other)


def test_a_supplier_without_a_confirmed_account_is_not_locked_for_payment(batch, maker):
    SupplierAccount.objects.update(is_active=False)

    with pytest.raises(NoSupplierAccount) as refused:
        services.lock(batch, by=maker)

    assert "Waikato Dairy" in str(refused.value)
    assert SettlementBatch.objects.get().state == "draft"


def test_the_bank_accepts_a_batch_once_it_has_taken_every_payment(instructed):
    verdicts = {pay(instructed).pk: Verdict("ACTC")}

    services.record_verdicts(instructed, verdicts)
    services.record_verdicts(instructed, verdicts)

    assert SettlementBatch.objects.get().state == "accepted"
    assert (pay(instructed).state, pay(instructed).bank_status) == ("accepted", "ACTC")


def test_a_payment_that_the_bank_still_looks_at_accepts_nothing(instructed):
    services.record_verdicts(instructed, {pay(instructed).pk: Verdict("PDNG")})

    assert SettlementBatch.objects.get().state == "instructed"
    assert pay(instructed).bank_status == "PDNG"


def test_what_the_bank_rejects_waits_paid_for_and_its_currency_is_held(instructed, owed):
    services.record_verdicts(instructed, {pay(instructed).pk: Verdict("RJCT", "AC04 closed")})

    instructed.refresh_from_db()
    assert instructed.state == "settled"
    assert (pay(instructed).state, pay(instructed).bank_reason) == ("rejected", "AC04 closed")
    assert set(Obligation.objects.values_list("state", "batch", "payment")) == {
        ("open", None, None)
    }
    assert held(owed) == 117_500
    assert broken() == set()


def test_what_was_rejected_is_paid_by_the_next_batch_without_buying_again(
    instructed, owed, maker, checker
):
    services.record_verdicts(instructed, {pay(instructed).pk: Verdict("RJCT", "AC04")})
    services.close(services.allocate(instructed))
    spent = ledger.balance(books.escrow(owed.a, owed.pool))
    again = services.open_batch(owed.pool, "USD", RECEIVED)
    needs = services.deposits_needed(again)
    services.fund_shortfalls(owed.pool, needs, reference=again.number)

    services.lock(again, by=maker)
    assert (again.foreign_minor, again.to_buy_minor) == (117_500, 0)
    services.approve(again, by=checker)
    services.instruct(again)
    services.settle(again)
    services.close(services.allocate(again))

    assert needs == {owed.a.pk: 20_000, owed.b.pk: 20_000}
    assert held(owed) == 0
    assert ledger.balance(books.supplier_payable(owed.supplier, "USD")) == 0
    assert ledger.balance(books.escrow(owed.a, owed.pool)) == spent - 13_333
    assert [row.state for row in SettlementBatch.objects.order_by("pk")] == ["closed", "closed"]
    assert broken() == set()


def test_what_a_statement_showed_as_paid_cannot_be_rejected_any_more(instructed):
    services.settle(instructed)

    with pytest.raises(AlreadyPaid):
        services.record_verdicts(instructed, {pay(instructed).pk: Verdict("RJCT")})

    assert pay(instructed).state == "settled"


@pytest.fixture
def bought(batch, owed, maker, checker) -> SettlementBatch:
    """The currency of all that is funded, bought on the day, paid to nobody yet."""
    buying = services.open_batch(owed.pool, "USD", RECEIVED, BUY)
    services.lock(buying, by=maker)
    services.quote(buying)
    services.approve(buying, by=checker)
    services.convert(buying)
    return services.close(buying)


def test_currency_is_bought_today_and_the_supplier_paid_later(bought, batch, owed, maker, checker):
    assert (bought.state, held(owed)) == ("closed", 117_500)
    assert set(Obligation.objects.values_list("state", flat=True)) == {"open"}
    assert broken() == set()

    services.lock(batch, by=maker)
    assert (batch.foreign_minor, batch.to_buy_minor) == (117_500, 0)
    services.approve(batch, by=checker)
    services.instruct(batch)
    services.settle(batch)
    services.close(services.allocate(batch))

    assert (batch.state, held(owed)) == ("closed", 0)
    shares = dict(Obligation.objects.filter(kind="invoice").values_list("importer", "cny_minor"))
    assert sum(Obligation.objects.values_list("cny_minor", flat=True)) == 850_230
    assert shares.keys() == {owed.a.pk, owed.b.pk}
    assert broken() == set()


def test_a_batch_that_only_buys_has_no_payment_and_no_file(bought):
    assert not bought.payments.exists()
    with pytest.raises(NotInstructedYet):
        services.payment_file(bought)


def test_of_importers_who_have_not_paid_in_nothing_is_bought_ahead(owed, maker):
    services.fund(owed.a, owed.pool, 700_000, reference="deposit")
    buying = services.open_batch(owed.pool, "USD", RECEIVED, BUY)

    services.lock(buying, by=maker)

    taken = set(Obligation.objects.filter(batch=buying).values_list("importer", flat=True))
    assert taken == {owed.a.pk}


def test_on_an_account_that_may_hold_no_currency_nothing_is_bought_ahead(owed):
    owed.pool.refresh_from_db()
    account = services.pool_account(owed.pool, "USD")
    type(account).objects.update(may_hold_currency=False)

    with pytest.raises(services.CurrencyMayNotBeHeld):
        services.open_batch(owed.pool, "USD", RECEIVED, BUY)


def test_a_batch_in_need_of_currency_is_not_approved_without_a_quote(batch, maker, checker):
    services.lock(batch, by=maker)

    with pytest.raises(StepNotAllowed):
        services.approve(batch, by=checker)


def test_the_dearer_of_two_offers_is_taken_for_a_reason_that_is_kept(batch, maker, checker):
    services.lock(batch, by=maker)
    dear = services.quote(batch, provider="Bank A", all_in=Decimal("7.2200"))
    services.quote(batch, provider="Bank B", all_in=Decimal("7.2150"))

    services.approve(batch, by=checker, quote=dear, reason="Bank B settles a day later")
    conversion = services.convert(batch)

    assert conversion.quote == dear
    assert (batch.choice, dear.markup_bps) == ("Bank B settles a day later", Decimal("27.78"))
    assert batch.quotes.count() == 2


def test_the_command_builds_the_same_valid_file_each_time(instructed, tmp_path):
    out, made = tmp_path / "file.xml", []
    for version in ("03", "09", "11", "09"):
        said = io.StringIO()
        call_command(
            "bank_file", "build", "--batch", instructed.number, "--version", version,
            "--out", str(out), stdout=said,
        )  # fmt: skip
        made.append((json.loads(said.getvalue())["sha256"], out.read_bytes()))

    assert made[1] == made[3]
    assert [bank_file.check(content, RECEIVED) for _, content in made] == [[], [], [], []]


def test_the_command_refuses_a_batch_that_does_not_exist(db, tmp_path):
    said = io.StringIO()
    with pytest.raises(SystemExit):
        call_command(
            "bank_file", "build", "--batch", "SB-1", "--out", str(tmp_path / "x"), stdout=said
        )

    assert json.loads(said.getvalue())["error"]["code"] == "no-such-batch"
    assert not (tmp_path / "x").exists()


def test_an_address_that_banks_do_not_take_stops_the_sending(approved):
    services.convert(approved)
    Party.objects.filter(pk=pay(approved).supplier_id).update(town="")

    with pytest.raises(AddressMissing):
        services.instruct(approved)

    assert SettlementBatch.objects.get().state == "converted"
