"""A settlement batch from draft to closed, in figures a person can check by hand."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from core import clock, ledger
from core.domain.chart import AccountCode
from core.domain.transitions import StepNotAllowed
from core.ledger import Overdrawn
from core.models import Account, Fact, Transfer
from fx_settlement import services
from fx_settlement.domain.approval import ApprovedContentChanged
from fx_settlement.domain.batches import (
    BatchChangedMeanwhile,
    MakerIsChecker,
    NothingToPay,
    QuoteExpired,
)
from fx_settlement.models import Conversion, Obligation, Payment, SettlementBatch
from fx_settlement.services import BooksDoNotClose, books
from tests.fx_settlement.conftest import RECEIVED


def escrow(trade, who):
    return ledger.balance(books.escrow(who, trade.pool))


def state(batch):
    return SettlementBatch.objects.get(pk=batch.pk).state


def test_a_batch_is_opened_once_per_currency_and_month(owed):
    first = services.open_batch(owed.pool, "USD", date(2025, 3, 31))

    assert services.open_batch(owed.pool, "USD", date(2025, 3, 1)).pk == first.pk
    assert first.number == "SB-2025-000001"


def test_a_deposit_covers_cost_margin_buffer_and_the_wire_alone(batch):
    # USD 783.33 x 7.2360 = CNY 5,668.18; and 3.89 % = 5,888.68; and a wire of 50 + 150
    # USD 391.67 x 7.2360 = CNY 2,834.12; and 3.89 % = 2,944.37
    importers = list(Obligation.objects.order_by("pk").values_list("importer_id", flat=True))

    assert services.deposits_needed(batch) == {
        min(importers): 588_868 + 20_000,
        max(importers): 294_437 + 20_000,
    }


def test_locking_makes_one_payment_per_supplier_and_holds_the_deposits(batch, owed, maker):
    services.lock(batch, by=maker)

    payment = Payment.objects.get()
    assert (payment.amount_minor, payment.reference) == (117_500, "PAY-2025-000001")
    assert set(Obligation.objects.values_list("state", "payment_id")) == {("locked", payment.pk)}
    assert ledger.available(books.escrow(owed.a, owed.pool)) == 0
    assert escrow(owed, owed.a) == 608_868


def test_a_deposit_that_is_too_small_is_refused_and_nothing_is_locked(owed, maker):
    draft = services.open_batch(owed.pool, "USD", RECEIVED)
    services.fund(owed.a, owed.pool, 600_000, reference="deposit")

    with pytest.raises(Overdrawn):
        services.lock(draft, by=maker)

    assert state(draft) == "draft"
    assert not Payment.objects.exists()
    assert set(Obligation.objects.values_list("state", flat=True)) == {"open"}


def test_without_anything_due_there_is_nothing_to_lock(trade, maker):
    draft = services.open_batch(trade.pool, "USD", RECEIVED)

    with pytest.raises(NothingToPay):
        services.lock(draft, by=maker)

    assert state(draft) == "draft"


def test_what_falls_due_after_the_month_waits(owed, maker):
    draft = services.open_batch(owed.pool, "USD", date(2025, 2, 1))

    with pytest.raises(NothingToPay):
        services.lock(draft, by=maker)


def test_the_simulated_bank_quotes_the_mid_and_the_margin_in_force(batch, maker):
    services.lock(batch, by=maker)

    quote = services.quote(batch)

    assert (quote.mid, quote.all_in) == (Decimal("7.2"), Decimal("7.236"))
    assert quote.is_simulated
    assert quote.margin_row.key == "FX_MARGIN_USD"


def test_a_rate_that_a_bank_offered_is_recorded_as_it_is(batch, maker):
    services.lock(batch, by=maker)

    quote = services.quote(batch, provider="Bank of Beilun", all_in=Decimal("7.19"))

    assert (quote.all_in, quote.is_simulated) == (Decimal("7.19"), False)


def test_the_one_who_locked_a_batch_may_not_approve_it(batch, maker):
    services.lock(batch, by=maker)
    services.quote(batch)

    with pytest.raises(MakerIsChecker):
        services.approve(batch, by=maker)

    assert state(batch) == "quoted"


def test_the_database_itself_refuses_a_checker_who_is_the_maker(approved, maker):
    with pytest.raises(IntegrityError), transaction.atomic():
        SettlementBatch.objects.filter(pk=approved.pk).update(approved_by=maker)


def test_a_conversion_is_rounded_once_and_shared_to_the_fen(approved, owed):
    conversion = services.convert(approved)

    assert (conversion.cny_minor, conversion.at_mid_minor) == (850_230, 846_000)
    shares = {}
    for row in Obligation.objects.all():
        shares[row.importer_id] = shares.get(row.importer_id, 0) + row.cny_minor
    assert shares == {owed.a.pk: 566_818, owed.b.pk: 283_412}


def test_a_conversion_frees_the_hold_and_takes_exactly_the_share(approved, owed):
    services.convert(approved)

    assert escrow(owed, owed.a) == 608_868 - 566_818
    assert ledger.available(books.escrow(owed.a, owed.pool)) == 608_868 - 566_818


def test_a_rate_below_the_mid_is_a_gain_that_is_shared_as_well(batch, maker, checker):
    services.lock(batch, by=maker)
    services.quote(batch, provider="Bank of Beilun", all_in=Decimal("7.19"))
    services.approve(batch, by=checker, reason="the only bank open today")

    conversion = services.convert(batch)

    assert conversion.margin_minor == -1_175
    assert sum(Obligation.objects.values_list("margin_minor", flat=True)) == -1_175


def test_a_quote_that_the_bank_no_longer_holds_is_not_used(approved):
    with clock.at(clock.now() + timedelta(hours=24)), pytest.raises(QuoteExpired):
        services.convert(approved)

    assert state(approved) == "approved"
    assert not Conversion.objects.exists()


def test_a_new_quote_takes_the_approval_away(approved):
    services.quote(approved)

    with pytest.raises(StepNotAllowed):
        services.convert(approved)


def test_what_was_changed_behind_the_services_after_the_approval_is_not_converted(approved):
    SettlementBatch.objects.filter(pk=approved.pk).update(foreign_minor=F("foreign_minor") + 1)

    with pytest.raises(ApprovedContentChanged):
        services.convert(approved)

    assert state(approved) == "approved"
    assert not Conversion.objects.exists()


def test_the_database_refuses_an_approval_that_names_no_content(approved):
    with pytest.raises(IntegrityError), transaction.atomic():
        SettlementBatch.objects.filter(pk=approved.pk).update(approved_sha256="")


def test_a_new_quote_takes_the_digest_with_the_approval(approved):
    before = approved.approved_sha256

    services.quote(approved)

    approved.refresh_from_db()
    assert len(before) == 64
    assert (approved.approved_by, approved.approved_sha256) == (None, "")


def test_nothing_is_converted_without_approval(batch, maker):
    services.lock(batch, by=maker)
    services.quote(batch)

    with pytest.raises(StepNotAllowed):
        services.convert(batch)

    assert not Conversion.objects.exists()


def test_one_wire_pays_the_supplier_and_its_fee_is_shared_by_amount(closed, owed):
    payment = Payment.objects.get()
    fees = {}
    for row in Obligation.objects.all():
        fees[row.importer_id] = fees.get(row.importer_id, 0) + row.fee_minor

    assert (payment.state, payment.fee_minor) == ("settled", 20_000)
    assert fees == {owed.a.pk: 13_333, owed.b.pk: 6_667}
    assert ledger.balance(books.supplier_payable(owed.supplier, "USD")) == 0
    assert ledger.balance(books.importer_due(owed.a, "USD")) == 0


def test_a_closed_batch_leaves_nothing_on_the_exchange_the_fees_or_the_currency(closed):
    assert ledger.balance(books.position(closed, "CNY")) == 0
    assert ledger.balance(books.position(closed, "USD")) == 0
    assert ledger.balance(books.bank("USD")) == 0
    assert ledger.balance(books.bank_fees()) == 0
    assert not Account.objects.filter(code=AccountCode.ROUNDING).exists()


def test_what_the_bank_holds_is_what_the_importers_have_left(closed, owed):
    left = escrow(owed, owed.a) + escrow(owed, owed.b)

    assert ledger.balance(books.bank("CNY")) == -left


def test_settling_twice_settles_once(approved):
    services.convert(approved)
    services.instruct(approved)
    services.settle(approved)
    transfers, facts = Transfer.objects.count(), Fact.objects.count()

    services.settle(approved)

    assert (Transfer.objects.count(), Fact.objects.count()) == (transfers, facts)


def test_every_step_repeated_after_the_close_writes_nothing(closed, maker, checker):
    before = (Transfer.objects.count(), Fact.objects.count(), closed.version)

    services.lock(closed, by=maker)
    services.quote(closed)
    services.approve(closed, by=checker)
    services.convert(closed)
    services.instruct(closed)
    services.settle(closed)
    services.allocate(closed)
    services.close(closed)
    services.void(closed)

    assert (Transfer.objects.count(), Fact.objects.count(), closed.version) == before


def test_a_step_on_an_old_version_is_refused(batch, maker):
    with pytest.raises(BatchChangedMeanwhile):
        services.lock(batch, by=maker, version=batch.version + 1)

    assert state(batch) == "draft"


def test_a_step_that_fails_half_way_leaves_nothing_behind(approved):
    before = Transfer.objects.count()

    with (
        mock.patch("core.facts.append", side_effect=OSError("disk full")),
        pytest.raises(OSError, match="full"),
    ):
        services.convert(approved)

    assert (state(approved), Transfer.objects.count()) == ("approved", before)
    assert not Conversion.objects.exists()


def test_a_void_batch_frees_deposits_and_lets_its_obligations_go(approved, owed, maker):
    services.void(approved)

    assert ledger.available(books.escrow(owed.a, owed.pool)) == 608_868
    assert set(Obligation.objects.values_list("state", "batch_id")) == {("open", None)}
    again = services.lock(services.open_batch(owed.pool, "USD", RECEIVED), by=maker)
    assert (again.state, again.foreign_minor) == ("locked", 117_500)


def test_a_batch_whose_exchange_is_not_even_does_not_close(approved):
    services.convert(approved)
    services.instruct(approved)
    services.settle(approved)
    services.allocate(approved)
    ledger.transfer(
        key="stray",
        debit=books.bank("USD"),
        credit=books.position(approved, "USD"),
        amount_minor=1,
        code="fx-conversion",
    )

    with pytest.raises(BooksDoNotClose) as refused:
        services.close(approved)

    assert refused.value.params["left_minor"] == 1
    assert state(approved) == "allocated"


def test_a_supplier_who_owes_more_than_it_is_owed_is_not_paid(owed, maker):
    Obligation.objects.filter(kind="invoice").update(state="held", held_because="disputed")

    draft = services.open_batch(owed.pool, "USD", RECEIVED)
    with pytest.raises(NothingToPay):
        services.lock(draft, by=maker)

    assert set(Obligation.objects.filter(kind="credit_note").values_list("state", flat=True)) == {
        "open"
    }


def test_the_database_refuses_a_payment_of_nothing(approved):
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.update(amount_minor=0)


def test_the_database_refuses_an_obligation_in_a_batch_that_is_called_open(approved):
    with pytest.raises(IntegrityError), transaction.atomic():
        Obligation.objects.update(state="open")


def test_the_instant_of_a_conversion_is_the_clocks(approved):
    conversion = services.convert(approved)

    assert isinstance(conversion.converted_at, datetime)
    assert conversion.converted_at.date() == RECEIVED
