"""The operator's desk: a batch opened, funded and taken through its steps from its page."""

import pytest

from core import ledger
from fx_settlement import services
from fx_settlement.models import SettlementBatch
from fx_settlement.services import books
from tests.conftest import party, user_of

DESK = "/settlement/batches/"


@pytest.fixture
def desk(client, maker):
    client.force_login(maker)
    return client


@pytest.fixture
def draft(owed):
    return services.open_batch(owed.pool, "USD", owed.receipt.received_on)


def take(client, batch, step):
    batch.refresh_from_db()
    return client.post(f"{DESK}{batch.pk}/{step}/", {"version": batch.version})


def test_the_operator_opens_the_months_batch_of_what_waits(owed, desk):
    response = desk.post(f"{DESK}open/", {"pool": owed.pool.pk, "currency": "USD"})

    made = SettlementBatch.objects.get()
    assert response.headers["Location"] == f"{DESK}{made.pk}/"
    assert (made.currency, made.state) == ("USD", "draft")


def test_a_currency_in_which_nothing_waits_has_no_batch_to_open(owed, desk):
    response = desk.post(f"{DESK}open/", {"pool": owed.pool.pk, "currency": "EUR"})

    assert response.status_code == 404
    assert not SettlementBatch.objects.exists()


def test_a_draft_says_who_has_yet_to_pay_in_and_takes_the_deposit(owed, draft, desk):
    assert "CN¥6,088.68" in desk.get(f"{DESK}{draft.pk}/").content.decode()

    deposit = {"importer": owed.a.pk, "amount": "6088.68", "reference": "BANK-0001"}
    desk.post(f"{DESK}{draft.pk}/deposit/", deposit)

    assert ledger.balance(books.escrow(owed.a, owed.pool)) == 6_088_68
    assert "CN¥6,088.68" not in desk.get(f"{DESK}{draft.pk}/").content.decode()


@pytest.mark.parametrize("amount", ["0", "-5", "1.234", "much"])
def test_a_deposit_that_is_no_amount_is_not_credited(owed, draft, desk, amount):
    deposit = {"importer": owed.a.pk, "amount": amount, "reference": "BANK-0001"}

    desk.post(f"{DESK}{draft.pk}/deposit/", deposit)

    assert ledger.balance(books.escrow(owed.a, owed.pool)) == 0


def test_two_people_take_a_batch_from_draft_to_closed(batch, desk, checker):
    take(desk, batch, "lock")
    take(desk, batch, "quote")
    desk.force_login(checker)
    for step in ("approve", "convert", "instruct", "settle", "allocate", "close"):
        take(desk, batch, step)

    batch.refresh_from_db()
    assert batch.state == "closed"
    assert (batch.made_by.username, batch.approved_by.username) == ("maker", "checker")


def test_one_person_alone_cannot_approve_what_it_locked(batch, desk):
    take(desk, batch, "lock")
    take(desk, batch, "quote")

    response = take(desk, batch, "approve")

    batch.refresh_from_db()
    assert response.status_code == 422
    assert "locked by the same person" in response.content.decode()
    assert batch.state == "quoted"


def test_a_page_that_is_out_of_date_takes_no_step(batch, desk):
    response = desk.post(f"{DESK}{batch.pk}/lock/", {"version": batch.version + 1})

    batch.refresh_from_db()
    assert response.status_code == 409
    assert batch.state == "draft"


def test_only_the_steps_of_its_state_are_offered(batch, desk):
    html = desk.get(f"{DESK}{batch.pk}/").content.decode()

    assert "Lock what is due" in html
    assert "Give up" in html
    assert "Approve" not in html


@pytest.mark.parametrize("step", ["draft", "deposits", "steal"])
def test_a_step_that_does_not_exist_is_not_found(batch, desk, step):
    assert desk.post(f"{DESK}{batch.pk}/{step}/", {"version": 0}).status_code == 404


def test_strangers_take_no_step(batch, client, importer_user, broker_user):
    other = user_of(party("operator", "elsewhere"), "operator")

    for user in (importer_user, broker_user, other):
        client.force_login(user)
        assert take(client, batch, "lock").status_code == 404
        assert client.post(f"{DESK}{batch.pk}/deposit/", {}).status_code == 404
    batch.refresh_from_db()
    assert batch.state == "draft"
