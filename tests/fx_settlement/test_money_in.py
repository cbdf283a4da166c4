"""Money in: asked for, arrived short or late, matched from statements, and paid back."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from core import clock, invariants, jobs, ledger
from core.domain.transitions import StepNotAllowed
from core.ledger import Overdrawn
from core.models import Fact
from fx_settlement import queries, services
from fx_settlement.models import BankEntry, FundingRequest, Refund
from fx_settlement.services import AskerIsApprover, NotOpenAnyMore, books
from tests.fx_settlement.bank import movement, statement
from tests.fx_settlement.conftest import RECEIVED

HOME = {"currency": "CNY", "account": "6222000011112222"}
DUE = RECEIVED + timedelta(days=5)


@pytest.fixture
def home(owed):
    services.add_bank_account(
        owed.pool, "CNY", number=HOME["account"], bic="BKCHCNBJ92B", bank_name="Bank of Beilun"
    )


@pytest.fixture
def arrives(owed, home):
    """Money arrives on the pool's account, as the bank's statement shows it."""

    def arrives(amount, text="", **more):
        line = movement(amount, text=text, currency="CNY", on="2025-03-12")
        raw = statement(line, opening="0", closing=amount, **HOME, **more)
        services.receive_file(owed.pool.operator, raw, filename="camt.xml")
        return BankEntry.objects.latest("pk")

    return arrives


@pytest.fixture
def request_of(owed):
    def request_of(who, minor=1_000_00, due_on=DUE):
        return services.ask_for(
            who.pk, owed.pool, FundingRequest.Kind.DEPOSIT, minor, due_on=due_on
        )

    return request_of


def escrow(owed, who):
    return ledger.balance(books.escrow(who, owed.pool))


def told(name):
    return [fact.data for fact in Fact.objects.filter(name=name).order_by("pk")]


def broken():
    return {finding.name for finding in invariants.check_all("fx.") if not finding.holds}


def test_opening_a_batch_asks_each_importer_for_what_its_payments_lack(owed):
    draft = services.open_batch(owed.pool, "USD", RECEIVED)

    asked = FundingRequest.objects.order_by("amount_minor")
    assert [(row.importer_id, row.amount_minor, row.due_on) for row in asked] == [
        (owed.b.pk, 294_437 + 20_000, date(2025, 4, 1)),
        (owed.a.pk, 588_868 + 20_000, date(2025, 4, 1)),
    ]
    assert {row.batch_id for row in asked} == {draft.pk}
    assert len(told("fx.funding.requested")) == 2


def test_asked_again_only_what_is_missing_now_is_asked_for(owed):
    draft = services.open_batch(owed.pool, "USD", RECEIVED)
    services.fund(owed.a, owed.pool, 600_000, reference="part")
    services.fund(owed.b, owed.pool, 999_999, reference="all")

    services.tell_missing(draft)

    rows = FundingRequest.objects.order_by("importer__code").values_list("amount_minor", "state")
    assert list(rows) == [(8_868, "open"), (314_437, "cancelled")]


def test_a_credit_with_the_reference_pays_the_request(owed, arrives, request_of):
    asked = request_of(owed.a)

    entry = arrives("1000.00", f"payment for {asked.number}, thanks")

    asked.refresh_from_db()
    assert (entry.state, entry.rule, entry.target) == ("matched", "text", f"funding:{asked.pk}")
    assert (asked.state, asked.paid_minor) == ("paid", 100_000)
    assert escrow(owed, owed.a) == 100_000
    assert broken() == set()


def test_a_short_credit_leaves_the_rest_open_and_the_next_one_pays_it(owed, arrives, request_of):
    asked = request_of(owed.a)
    arrives("999.00", asked.number)
    asked.refresh_from_db()
    assert (asked.state, asked.missing_minor) == ("open", 100)

    services.receive(asked, 100, reference="cash")

    assert (asked.state, escrow(owed, owed.a)) == ("paid", 100_000)


def test_what_is_paid_above_the_request_stays_on_the_account(owed, arrives, request_of):
    asked = request_of(owed.a)

    arrives("1500.00", asked.number)

    asked.refresh_from_db()
    assert (asked.state, asked.paid_minor, escrow(owed, owed.a)) == ("paid", 150_000, 150_000)


def test_between_two_requests_of_one_amount_nobody_guesses(owed, arrives, request_of):
    for who in (owed.a, owed.b):
        request_of(who, due_on=date(2025, 3, 12))

    entry = arrives("1000.00")

    assert (entry.state, entry.doubt) == ("suspense", "several-fit")
    assert len(entry.among) == 2
    assert (escrow(owed, owed.a), escrow(owed, owed.b)) == (0, 0)


def test_a_credit_of_just_the_amount_near_its_day_needs_no_reference(owed, arrives, request_of):
    asked = request_of(owed.a, due_on=date(2025, 3, 12))

    assert arrives("1000.00").target == f"funding:{asked.pk}"


def test_a_request_whose_day_has_passed_is_late_once_and_other_stages_are_told(owed, request_of):
    asked = request_of(owed.a)
    with clock.at(DUE):
        assert services.mark_late() == []
    with clock.at(DUE + timedelta(days=1)):
        services.mark_late()
        services.mark_late()

    asked.refresh_from_db()
    assert asked.late_since == DUE + timedelta(days=1)
    assert told("fx.funding.late") == [
        {
            "request": asked.pk,
            "number": asked.number,
            "importer": owed.a.pk,
            "pool": owed.pool.pk,
            "missing_minor": 100_000,
            "due_on": DUE.isoformat(),
        }
    ]
    assert services.in_arrears(owed.pool) == {owed.a.pk: 100_000}


def test_what_followed_from_being_late_ends_with_the_last_late_request(owed, request_of):
    first, second = request_of(owed.a), request_of(owed.a, 500)
    with clock.at(DUE + timedelta(days=1)):
        services.mark_late()

    services.receive(first, 100_000, reference="late")
    assert told("fx.funding.caught_up") == []
    services.cancel(FundingRequest.objects.get(pk=second.pk))

    assert told("fx.funding.caught_up") == [{"importer": owed.a.pk, "pool": owed.pool.pk}]
    assert services.in_arrears(owed.pool) == {}


def test_late_requests_are_found_by_the_work_of_every_day(owed, request_of):
    request_of(owed.a)

    with clock.at(DUE + timedelta(days=2)):
        jobs.order_daily()
        jobs.run_until_idle()

    assert FundingRequest.objects.get().late_since is not None


def test_a_cancelled_request_takes_no_money(owed, request_of):
    asked = services.cancel(request_of(owed.a))

    with pytest.raises(NotOpenAnyMore):
        services.receive(asked, 100, reference="x")

    assert escrow(owed, owed.a) == 0


def test_a_paid_request_is_not_cancelled(owed, request_of):
    asked = services.receive(request_of(owed.a), 100_000, reference="x")

    with pytest.raises(NotOpenAnyMore):
        services.cancel(asked)


def test_the_database_refuses_a_request_that_is_paid_without_money(owed, request_of):
    request_of(owed.a)

    for change in ({"state": "paid"}, {"paid_minor": 100_000}, {"number": "FR-1"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FundingRequest.objects.update(**change)


@pytest.fixture
def asked_back(owed, maker) -> Refund:
    services.fund(owed.a, owed.pool, 100_000, reference="deposit")
    return services.ask_refund(owed.a, owed.pool, 40_000, because="leaves the pool", by=maker)


def test_a_refund_is_set_aside_at_once_and_paid_when_the_statement_shows_it(
    owed, home, asked_back, checker
):
    assert ledger.available(books.escrow(owed.a, owed.pool)) == 60_000
    services.approve_refund(asked_back, by=checker)
    line = movement("-400.00", end_to_end=asked_back.number, currency="CNY")
    raw = statement(line, opening="1000.00", closing="600.00", **HOME)

    services.receive_file(owed.pool.operator, raw, filename="camt.xml")

    asked_back.refresh_from_db()
    assert (asked_back.state, asked_back.paid_on) == ("paid", date(2025, 3, 12))
    assert escrow(owed, owed.a) == 60_000
    assert broken() == set()


def test_who_asked_for_a_refund_does_not_approve_it(asked_back, maker):
    with pytest.raises(AskerIsApprover):
        services.approve_refund(asked_back, by=maker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.update(state="approved", approved_by=maker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.update(state="paid")

    assert Refund.objects.get().state == "asked"


def test_a_declined_refund_frees_the_money(owed, asked_back, checker):
    services.decline_refund(services.approve_refund(asked_back, by=checker))

    assert ledger.available(books.escrow(owed.a, owed.pool)) == 100_000
    with pytest.raises(StepNotAllowed):
        services.pay_refund(asked_back)


def test_more_than_an_importer_has_free_is_not_set_aside(owed, asked_back, maker):
    with pytest.raises(Overdrawn):
        services.ask_refund(owed.a, owed.pool, 60_001, because="all", by=maker)

    assert Refund.objects.count() == 1


def test_an_importers_account_shows_every_movement_with_what_was_left(closed, owed):
    (account,) = queries.escrows_of(owed.a)

    assert [(row.code, row.amount_minor, row.left_minor) for row in account.movements] == [
        ("wire-fee", -13_333, 28_717),
        ("fx-conversion", -2_820, 42_050),
        ("goods", -563_998, 44_870),
        ("funding", 608_868, 608_868),
    ]
    assert (account.balance_minor, account.free_minor) == (28_717, 28_717)
