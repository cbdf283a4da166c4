"""The pages of the bank and of money in, as the operator and importers find them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import ledger
from fx_settlement import services
from fx_settlement.models import AccountStatement, BankEntry, FundingRequest, Refund
from fx_settlement.services import books
from tests.fx_settlement.bank import movement, statement

BANK, FUNDING = "/settlement/bank/", "/settlement/funding/"
HOME = {"currency": "CNY", "account": "6222000011112222"}


@pytest.fixture
def desk(client, maker, owed):
    services.add_bank_account(
        owed.pool, "CNY", number=HOME["account"], bic="BKCHCNBJ92B", bank_name="Bank of Beilun"
    )
    client.force_login(maker)
    return client


def upload(desk, raw, name="camt.xml"):
    return desk.post(f"{BANK}read/", {"file": SimpleUploadedFile(name, raw)}, follow=True)


def test_the_operator_reads_a_file_and_resolves_what_belongs_to_nothing(desk, owed):
    stray = movement("500.00", text="from Kowhai", currency="CNY")

    html = upload(desk, statement(stray, opening="0", closing="500.00", **HOME)).content.decode()

    entry = BankEntry.objects.get()
    assert "The file is read: camt.053." in html
    assert "nothing waits for it" in html
    page = f"{BANK}entries/{entry.pk}/"
    assert "Deposit of Kowhai Trading" in desk.get(page).content.decode()
    unsaid = desk.post(page, {"target": f"deposit:{owed.a.pk}"})
    desk.post(page, {"target": f"deposit:{owed.a.pk}", "because": "the name in the text"})
    assert unsaid.status_code == 422
    assert ledger.balance(books.escrow(owed.a, owed.pool)) == 50_000
    shown = desk.get(f"{BANK}statements/{entry.statement_id}/").content.decode()
    assert "by hand: the name in the text" in shown


def test_a_statement_set_apart_says_why_and_is_tried_again_or_dismissed(desk):
    html = upload(desk, statement(opening="5.00", closing="4.00", **HOME)).content.decode()
    assert "is off by -1.00 CNY against its own balances" in html
    row = AccountStatement.objects.get()

    desk.post(f"{BANK}statements/{row.pk}/again/")
    assert AccountStatement.objects.get().state == "quarantined"
    desk.post(f"{BANK}statements/{row.pk}/dismiss/")

    assert AccountStatement.objects.get().state == "dismissed"
    assert "Set apart" in desk.get(BANK).content.decode()


def test_a_file_that_is_no_file_of_a_bank_is_refused_on_the_page(desk):
    answer = upload(desk, b"<html/>")

    assert answer.status_code == 422
    assert not AccountStatement.objects.exists()


def test_without_a_file_nothing_is_read(desk):
    assert desk.post(f"{BANK}read/", {}).status_code == 302


def test_the_operator_asks_for_money_and_cancels(desk, owed):
    fields = {"pool": owed.pool.pk, "importer": owed.a.pk, "kind": "charges", "amount": "12.50"}

    desk.post(f"{FUNDING}ask/", {**fields, "due_on": "2025-04-01"})
    wrong = desk.post(f"{FUNDING}ask/", {**fields, "due_on": "someday"})

    made = FundingRequest.objects.get()
    assert (made.kind, made.amount_minor, wrong.status_code) == ("charges", 1_250, 422)
    assert made.number in desk.get(FUNDING).content.decode()
    desk.post(f"{FUNDING}{made.pk}/cancel/")
    assert FundingRequest.objects.get().state == "cancelled"


def test_a_refund_goes_through_two_pairs_of_hands(desk, owed, checker):
    services.fund(owed.a, owed.pool, 5_000, reference="deposit")
    fields = {"pool": owed.pool.pk, "importer": owed.a.pk, "because": "left over"}
    desk.post(f"{FUNDING}refund/", {**fields, "amount": "50.00"})
    refund = Refund.objects.get()
    at = f"{FUNDING}refund/{refund.pk}/"

    own = desk.post(f"{at}approve/")
    desk.force_login(checker)
    desk.post(f"{at}approve/")
    desk.post(f"{at}pay/")

    refund.refresh_from_db()
    assert (own.status_code, refund.state) == (422, "paid")
    assert desk.post(f"{at}steal/").status_code == 404
    assert desk.post(f"{FUNDING}refund/", {**fields, "amount": "-1"}).status_code == 422


def test_an_importer_sees_what_it_is_asked_for_and_nobody_elses(desk, owed, importer_user, client):
    for who, minor in ((owed.a, 77_700), (owed.b, 88_800)):
        services.ask_for(
            who.pk, owed.pool, FundingRequest.Kind.DEPOSIT, minor, due_on=owed.receipt.received_on
        )
    services.fund(owed.a, owed.pool, 5_000, reference="deposit")
    client.force_login(importer_user)

    html = client.get("/settlement/money/").content.decode()

    assert "CN¥777.00" in html
    assert "CN¥50.00" in html
    assert "CN¥888.00" not in html


def test_an_importer_without_an_account_is_told_how_it_opens(importer_user, client):
    client.force_login(importer_user)

    assert "opens with the first money" in client.get("/settlement/money/").content.decode()
