"""Files from the bank: answers applied, statements believed or set apart, movements matched."""

import pytest
from django.db import IntegrityError, transaction
from lxml import etree

from core import invariants, ledger
from core.domain.errors import Refusal
from core.models import Account, Fact, Transfer
from fx_settlement import services
from fx_settlement.models import AccountStatement, BankEntry, BankMessage, Payment, SettlementBatch
from fx_settlement.services import books
from fx_settlement.services.entries import DoesNotFit, ResolvedAlready
from tests.fx_settlement.bank import answer, movement, mt940, notification, part, statement
from tests.shared_data import oracle

PAID = "PAY-2025-000001"


@pytest.fixture
def sent(approved) -> SettlementBatch:
    services.convert(approved)
    return services.instruct(approved)


@pytest.fixture
def read(sent):
    def read(raw, name="file"):
        return services.receive_file(sent.pool.operator, raw, filename=name)

    return read


def broken():
    return {finding.name for finding in invariants.check_all("fx.") if not finding.holds}


def payment():
    return Payment.objects.get()


def only_statement():
    return AccountStatement.objects.get()


def on_suspense():
    return {
        (row.currency, row.credits_posted - row.debits_posted)
        for row in Account.objects.filter(code="suspense")
    }


BOUGHT = movement("1175.00", end_to_end="SB-2025-000001")
WIRED = movement("-1175.00", end_to_end=PAID)


def day_of_payment(**more):
    return statement(BOUGHT, WIRED, opening="100.00", closing="100.00", **more)


def test_our_answers_are_what_the_official_schema_calls_an_answer():
    schema = etree.XMLSchema(file=str(oracle("fx", "xsd", "pain.002.001.11.xsd")))

    schema.assertValid(etree.fromstring(answer("SB-1", (PAID, "RJCT", "AC04"))))


def test_an_answer_that_takes_the_whole_message_accepts_the_batch(read, sent):
    read(answer(sent.number, group="ACTC"))

    sent.refresh_from_db()
    assert (sent.state, payment().state, payment().bank_status) == ("accepted", "accepted", "ACTC")


def test_an_answer_that_rejects_a_payment_lets_its_obligations_wait(read, sent):
    read(answer(sent.number, (PAID, "RJCT", "AC04")))

    assert (payment().state, payment().bank_reason) == ("rejected", "AC04")
    assert broken() == set()


def test_a_payment_that_a_part_answer_does_not_name_is_left_as_it_was(read, sent):
    read(answer(sent.number, group="PART"))

    sent.refresh_from_db()
    assert (sent.state, payment().state) == ("instructed", "instructed")


def test_an_answer_to_nothing_of_ours_is_set_apart_and_changes_nothing(read, sent):
    for raw in (answer("SB-1999", group="ACTC"), answer(sent.number, ("PAY-1", "RJCT", ""))):
        message = read(raw)
        assert (message.state, message.fault_code) == ("quarantined", "answer-to-nothing")

    assert payment().state == "instructed"


def test_a_rejection_of_what_a_statement_shows_paid_is_set_apart(read, sent):
    read(day_of_payment())

    message = read(answer(sent.number, (PAID, "RJCT", "AC04")))

    assert message.fault_code == "already-paid"
    assert payment().state == "settled"


def test_a_statement_settles_the_payment_that_it_names(read, sent):
    read(day_of_payment())

    sent.refresh_from_db()
    assert (sent.state, payment().state) == ("settled", "settled")
    assert payment().settled_on.isoformat() == "2025-03-12"
    assert [(row.state, row.rule, row.target) for row in BankEntry.objects.order_by("place")] == [
        ("matched", "EndToEndId", f"bought:{sent.conversion.pk}"),
        ("matched", "EndToEndId", f"payment:{payment().pk}"),
    ]
    assert broken() == set()


def test_the_same_file_twice_settles_once(read):
    first = read(day_of_payment())
    before = Transfer.objects.count(), Fact.objects.count()

    assert read(day_of_payment(), "again").pk == first.pk
    assert (Transfer.objects.count(), Fact.objects.count()) == before


def test_the_same_statement_in_another_file_is_set_apart(read):
    read(day_of_payment())
    before = Transfer.objects.count()

    read(day_of_payment() + b"\n")

    assert sorted(AccountStatement.objects.values_list("state", "fault_code")) == [
        ("accepted", ""),
        ("quarantined", "statement-seen-before"),
    ]
    assert Transfer.objects.count() == before


def test_a_statement_that_does_not_tie_books_nothing(read):
    read(statement(WIRED, opening="1175.00", closing="0.20"))

    assert (only_statement().state, only_statement().fault_code) == (
        "quarantined",
        "statement-does-not-tie",
    )
    assert only_statement().fault["difference"] == "0.20"
    assert payment().state == "instructed"
    assert not BankEntry.objects.exists()


def test_a_statement_of_an_unknown_account_waits_until_the_account_is_entered(read, sent):
    raw = day_of_payment(account="5555666677778888")
    read(raw)
    assert only_statement().fault_code == "statement-of-unknown-account"

    services.add_bank_account(
        sent.pool, "USD", number="5555 6666 7777 8888", bic="BKCHCNBJ", bank_name="New"
    )
    services.try_again(only_statement())

    assert only_statement().state == "accepted"


def test_a_statement_after_a_gap_waits_for_the_one_between_and_follows_it(read):
    read(statement(BOUGHT, opening="0", closing="1175.00", number="1", on="2025-03-11"))
    read(statement(opening="0.00", closing="0.00", number="3", on="2025-03-13"))
    assert AccountStatement.objects.get(number="3").fault_code == "statement-after-a-gap"

    read(statement(WIRED, opening="1175.00", closing="0", number="2"))

    assert [row.state for row in AccountStatement.objects.order_by("number")] == ["accepted"] * 3
    chain = AccountStatement.objects.order_by("number").values_list("number", "follows__number")
    assert list(chain) == [("1", None), ("2", "1"), ("3", "2")]


def test_a_statement_that_was_dismissed_is_not_tried_again(read):
    read(statement(WIRED, opening="1175.00", closing="0.20"))

    services.dismiss(only_statement())

    with pytest.raises(services.NotSetApart):
        services.try_again(only_statement())
    assert only_statement().state == "dismissed"


def test_an_mt940_settles_by_its_customer_reference(read, sent):
    read(mt940(("1175.00", sent.number), ("-1175.00", PAID), opening="0", closing="0"))

    assert payment().state == "settled"
    assert only_statement().message.kind == "mt940"


def test_a_movement_without_reference_is_matched_by_amount_and_day(read):
    read(statement(movement("-1175.00", on="2025-03-14"), opening="1175.00", closing="0"))

    assert (BankEntry.objects.get().rule, payment().state) == ("amount", "settled")


@pytest.mark.parametrize(
    ("amount", "reference", "on", "doubt"),
    [
        ("-1175.01", "", "2025-03-12", "nothing-fits"),
        ("-1175.00", "", "2025-03-16", "nothing-fits"),
        ("-1170.00", PAID, "2025-03-12", "other-amount"),
        ("1175.01", "", "2025-03-12", "nothing-fits"),
    ],
)
def test_what_fits_nothing_exactly_goes_to_suspense(read, amount, reference, on, doubt):
    start = 2000
    line = movement(amount, end_to_end=reference, on=on)
    read(statement(line, opening="2000", closing=f"{start + float(amount):.2f}"))

    entry = BankEntry.objects.get()
    assert (entry.state, entry.doubt) == ("suspense", doubt)
    assert payment().state == "instructed"
    assert on_suspense() == {("USD", entry.amount_minor)}
    assert broken() == set()


def test_a_wire_that_leaves_twice_is_settled_once_and_the_second_is_in_suspense(read):
    read(statement(WIRED, WIRED, opening="2350.00", closing="0"))

    assert [row.state for row in BankEntry.objects.order_by("place")] == ["matched", "suspense"]
    assert on_suspense() == {("USD", -117_500)}
    assert broken() == set()


def test_several_payments_booked_as_one_movement_are_told_apart(read):
    parts = part("1175.00", PAID) + part("5.00", "OTHER")
    read(statement(movement("-1180.00", parts=parts), opening="1180.00", closing="0"))

    assert [(row.amount_minor, row.state) for row in BankEntry.objects.order_by("place")] == [
        (-117_500, "matched"),
        (-500, "suspense"),
    ]
    assert payment().state == "settled"


def test_a_notification_settles_early_and_the_statement_confirms_it_without_booking_again(read):
    read(notification(movement("-1175.00", end_to_end=PAID, own="BANK-77")))
    assert (payment().state, payment().bank_reference) == ("settled", "BANK-77")
    before = Transfer.objects.count()

    read(statement(movement("-1175.00", own="BANK-77"), opening="1175.00", closing="0"))

    proof = BankEntry.objects.get(is_proof=True)
    assert (proof.state, proof.rule, proof.confirms.is_proof) == ("confirmed", "AcctSvcrRef", False)
    assert Transfer.objects.count() == before


def test_a_notification_of_what_nobody_waits_for_is_noted_and_books_nothing(read):
    before = Transfer.objects.count()

    read(notification(movement("7.00")))

    assert BankEntry.objects.get().state == "noted"
    assert Transfer.objects.count() == before


@pytest.fixture
def home(sent):
    services.add_bank_account(
        sent.pool, "CNY", number="6222000011112222", bic="BKCHCNBJ92B", bank_name="Bank of Beilun"
    )

    def home(*movements, opening="0", closing, number="H-1"):
        return statement(
            *movements,
            opening=opening,
            closing=closing,
            number=number,
            currency="CNY",
            account="6222000011112222",
        )

    return home


def cny(amount, **more):
    return movement(amount, currency="CNY", **more)


def test_the_home_account_shows_the_conversion_and_the_fee_that_are_booked_already(
    read, home, sent
):
    read(day_of_payment())
    before = Transfer.objects.count()

    read(
        home(
            cny("-8502.30", end_to_end=sent.number),
            cny("-200.00", text=f"CHARGES {PAID}"),
            opening="9000.00",
            closing="297.70",
        )
    )

    assert list(BankEntry.objects.filter(currency="CNY").values_list("state", "rule")) == [
        ("matched", "EndToEndId"),
        ("matched", "text"),
    ]
    assert Transfer.objects.count() == before


def test_money_in_suspense_is_credited_to_whom_it_belongs_by_hand(read, home, owed, maker):
    read(home(cny("500.00", text="no reference"), closing="500.00"))
    entry, before = BankEntry.objects.get(), ledger.balance(books.escrow(owed.a, owed.pool))
    assert on_suspense() == {("CNY", 50_000)}

    services.resolve(entry, f"deposit:{owed.a.pk}", by=maker, because="Kowhai called")

    assert ledger.balance(books.escrow(owed.a, owed.pool)) == before + 50_000
    assert on_suspense() == {("CNY", 0)}
    assert (entry.state, entry.resolved_by, entry.resolved_because) == (
        "resolved",
        maker,
        "Kowhai called",
    )
    with pytest.raises(ResolvedAlready):
        services.resolve(entry, "income:0", by=maker)
    assert broken() == set()


def test_a_movement_is_not_resolved_with_what_waits_for_another_amount(read, maker):
    read(statement(movement("-1170.00", end_to_end=PAID), opening="1170.00", closing="0"))
    entry = BankEntry.objects.get()

    for target in (f"payment:{payment().pk}", "deposit:1", "payment:999", "nonsense", ""):
        with pytest.raises(DoesNotFit):
            services.resolve(entry, target, by=maker)

    entry.refresh_from_db()
    assert (entry.state, payment().state) == ("suspense", "instructed")


def test_a_payment_in_suspense_is_settled_by_hand(read, home, sent, maker):
    read(statement(movement("-1175.00", on="2025-03-20"), opening="1175.00", closing="0"))
    entry = BankEntry.objects.get()

    services.resolve(entry, f"payment:{payment().pk}", by=maker)

    assert payment().state == "settled"
    assert on_suspense() == {("USD", 0)}
    assert broken() == set()


def test_a_charge_of_the_banks_is_the_operators_own(read, home, sent, maker):
    read(home(cny("-12.00", text="account fee"), opening="12.00", closing="0"))

    services.resolve(BankEntry.objects.get(), "income:0", by=maker, because="account fee")

    assert ledger.balance(books.operator_income(sent.pool)) == -1_200
    assert on_suspense() == {("CNY", 0)}


def test_the_database_settles_one_thing_by_one_movement(read):
    read(statement(WIRED, WIRED, opening="2350.00", closing="0"))
    first = BankEntry.objects.get(place=0)

    with pytest.raises(IntegrityError), transaction.atomic():
        BankEntry.objects.filter(place=1).update(target=first.target, state="matched")
    with pytest.raises(IntegrityError), transaction.atomic():
        BankEntry.objects.filter(place=1).update(amount_minor=1)


def test_another_operators_file_settles_nothing_of_ours(sent):
    other = type(sent.pool.operator).objects.create(
        kind="operator", code="elsewhere", name="Elsewhere", country="CN"
    )

    services.receive_file(other, day_of_payment(), filename="x")
    services.receive_file(other, answer(sent.number, group="RJCT"), filename="y")

    assert payment().state == "instructed"
    assert BankMessage.objects.get(kind="pain.002").state == "quarantined"


@pytest.mark.parametrize(
    "raw", [b"", b"<a>", b"<Document/>", b":20:X\n:25:1\n:60F:nonsense\n", b"\x00\xff"]
)
def test_what_cannot_be_read_is_refused_and_not_kept(operator, raw):
    with pytest.raises(Refusal):
        services.receive_file(operator, raw, filename="file")

    assert not BankMessage.objects.exists()


@pytest.mark.parametrize("strays", [2, 30])
def test_what_waits_is_read_once_however_long_a_statement_is(
    read, strays, django_assert_max_num_queries
):
    lines = [movement("1.00", text=f"stray {number}") for number in range(strays)]
    with django_assert_max_num_queries(60 + 16 * strays):
        read(statement(*lines, opening="0", closing=f"{strays}.00"))

    assert BankEntry.objects.filter(state="suspense").count() == strays
