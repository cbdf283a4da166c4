"""Accounts under four eyes, as the desk enters and confirms them; payment files taken from it."""

import pytest
from django.db import IntegrityError, transaction

from fx_settlement import services
from fx_settlement.domain import bank_file
from fx_settlement.models import BankAccount, SupplierAccount
from fx_settlement.services import BadAccount, SamePersonConfirms
from tests.conftest import party, user_of
from tests.fx_settlement.conftest import RECEIVED

PAGE = "/settlement/accounts/"
ENTERED = {"currency": "USD", "number": "GB82 WEST 1234 5698 7654 32", "bic": "westgb2l"}


@pytest.fixture
def desk(client, maker):
    client.force_login(maker)
    return client


def test_an_account_is_used_once_a_second_person_has_confirmed_it(trade, desk, checker):
    desk.post(f"{PAGE}supplier/", {**ENTERED, "supplier": trade.supplier.pk})
    entered = SupplierAccount.objects.get(is_active=False)
    assert "waits for a second person" in desk.get(PAGE).content.decode()

    own = desk.post(f"{PAGE}{entered.pk}/confirm/")
    desk.force_login(checker)
    desk.post(f"{PAGE}{entered.pk}/confirm/")

    entered.refresh_from_db()
    assert own.status_code == 422
    assert (entered.number, entered.bic) == ("GB82WEST12345698765432", "WESTGB2L")
    assert (entered.is_active, entered.confirmed_by) == (True, checker)
    assert SupplierAccount.objects.filter(is_active=True).count() == 1


def test_the_database_knows_no_account_that_one_person_entered_and_confirmed(trade, maker):
    account = services.add_supplier_account(
        trade.pool.operator, trade.supplier, "EUR", number="99999999", bic="ANZBNZ22", by=maker
    )

    with pytest.raises(SamePersonConfirms):
        services.confirm_supplier_account(account, by=maker)
    for change in ({"confirmed_by": maker, "is_active": True}, {"is_active": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SupplierAccount.objects.filter(pk=account.pk).update(**change)


def test_what_an_account_says_never_changes(trade):
    with pytest.raises(IntegrityError), transaction.atomic():
        SupplierAccount.objects.update(number="66666666")


def test_an_account_that_cannot_be_right_is_not_entered(operator, maker):
    supplier = party("supplier", "waikato")
    wrong = [
        ("GB83WEST12345698765432", "WESTGB2L"),
        ("12", "WESTGB2L"),
        ("12345678", "WEST"),
        ("12ä4", "WESTGB2L"),
    ]

    for number, bic in wrong:
        with pytest.raises(BadAccount):
            services.add_supplier_account(
                operator, supplier, "EUR", number=number, bic=bic, by=maker
            )

    assert not SupplierAccount.objects.exists()


def test_a_new_account_of_the_pool_retires_the_one_before(trade, desk):
    fields = {**ENTERED, "pool": trade.pool.pk, "bank_name": "Bank", "netting": "bilateral"}

    answer = desk.post(f"{PAGE}own/", {**fields, "cut_off": "14:30"})

    assert answer.status_code == 302
    live = BankAccount.objects.get(is_active=True)
    assert (live.number, live.cut_off.hour, live.may_hold_currency) == (
        "GB82WEST12345698765432",
        14,
        False,
    )


def test_netting_among_many_parties_names_who_allowed_it(trade, desk):
    fields = {**ENTERED, "pool": trade.pool.pk, "bank_name": "Bank", "netting": "multilateral"}

    answer = desk.post(f"{PAGE}own/", {**fields, "cut_off": "14:30"})

    assert answer.status_code == 422
    assert "who allowed netting" in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        BankAccount.objects.update(netting="multilateral")


def test_another_operator_neither_sees_nor_confirms_an_account(trade, client, maker):
    account = services.add_supplier_account(
        trade.pool.operator, trade.supplier, "EUR", number="77777777", bic="ANZBNZ22", by=maker
    )
    client.force_login(user_of(party("operator", "elsewhere"), "operator"))

    html = client.get(PAGE).content.decode()

    assert "77777777" not in html
    assert "02012345" not in html
    assert client.post(f"{PAGE}{account.pk}/confirm/").status_code == 404


def take(client, batch, step, **more):
    batch.refresh_from_db()
    sent = {"version": batch.version, **more}
    return client.post(f"/settlement/batches/{batch.pk}/{step}/", sent)


def test_the_checker_picks_an_offer_and_the_file_is_taken_from_the_page(
    batch, desk, checker, client
):
    at = f"/settlement/batches/{batch.pk}/"
    take(desk, batch, "lock")
    for bank, rate in (("Bank A", "7.2200"), ("Bank B", "7.2150")):
        desk.post(f"{at}offer/", {"provider": bank, "all_in": rate, "hours": 8})
    desk.force_login(checker)
    dear = batch.quotes.get(provider="Bank A")
    html = desk.get(at).content.decode()
    assert "27.78 bps" in html
    assert "20.83 bps" in html

    silent = take(desk, batch, "approve", offer=dear.pk)
    take(desk, batch, "approve", offer=dear.pk, reason="B settles a day later")
    assert desk.get(f"{at}file/09/").status_code == 404
    take(desk, batch, "convert")
    take(desk, batch, "instruct")

    file = desk.get(f"{at}file/11/")
    assert silent.status_code == 422
    assert "B settles a day later" in desk.get(at).content.decode()
    assert file.headers["Content-Disposition"].endswith('"SB-2025-000001.pain.001.001.11.xml"')
    assert bank_file.check(file.content, RECEIVED) == []
    assert desk.get(f"{at}file/12/").status_code == 404
    client.force_login(user_of(party("operator", "elsewhere"), "operator"))
    assert client.get(f"{at}file/09/").status_code == 404


def test_an_offer_that_is_no_rate_is_not_recorded(batch, desk):
    take(desk, batch, "lock")

    desk.post(
        f"/settlement/batches/{batch.pk}/offer/", {"provider": "A", "all_in": "0", "hours": 8}
    )

    assert not batch.quotes.exists()


def test_the_desk_buys_currency_ahead_of_the_payment(owed, batch, desk):
    desk.post(
        "/settlement/batches/open/", {"pool": owed.pool.pk, "currency": "USD", "purpose": "buy"}
    )
    wrong = desk.post(
        "/settlement/batches/open/", {"pool": owed.pool.pk, "currency": "USD", "purpose": "sell"}
    )

    html = desk.get("/settlement/batches/").content.decode()
    assert wrong.status_code == 404
    assert "buys only" in html
