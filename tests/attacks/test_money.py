"""Money: amounts that are none, payments twice, and one person where two are asked for."""

from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from core import idempotency, ledger, tenancy
from core.domain.shares import split_in_proportion
from core.domain.trade import BadMoney, to_minor
from core.models import Membership, Transfer
from customs.models import ConsumerOrder
from fx_settlement import services
from fx_settlement.models import Payment, SettlementBatch
from fx_settlement.services import books
from portal.api.shapes import Money
from tests.attacks.world import as_json, changed, standing
from tests.conftest import user_of
from tests.customs.shop import BUYER

pytestmark = pytest.mark.django_db

NO_AMOUNTS = [
    "-1.00", "-0.01", "NaN", "Infinity", "-Infinity", "1e30", "1E+9", "0.001", "1,000.00",
    "0x10", "1.00 USD", "", " ", "１.00", "9" * 400, "1_000", "+1.00", ".5", "1.", "null",
]  # fmt: skip


def take(client, batch, step, version=None):
    batch.refresh_from_db()
    sent = {"version": batch.version if version is None else version}
    return client.post(f"/settlement/batches/{batch.pk}/{step}/", sent)


@pytest.fixture
def checker(world):
    client = Client(raise_request_exception=False)
    client.force_login(user_of(world.pool.operator, "operator", "checker"))
    return client


def test_a_deposit_of_what_is_no_amount_credits_nothing(world):
    before = ledger.balance(books.escrow(world.importer, world.pool))
    client, path = world.client("operator"), f"/settlement/batches/{world.settlement.pk}/deposit/"

    for amount in NO_AMOUNTS:
        sent = {"importer": world.importer.pk, "amount": amount, "reference": "BANK-9"}
        assert client.post(path, sent).status_code in (302, 422)

    assert ledger.balance(books.escrow(world.importer, world.pool)) == before


@pytest.mark.parametrize("amount", NO_AMOUNTS)
def test_the_api_knows_no_such_amount(amount):
    with pytest.raises(ValidationError):
        TypeAdapter(Money).validate_python(amount)


@pytest.mark.parametrize("amount", [-1.0, float("nan"), 1e30, 5, None, ["5.00"]])
def test_money_that_is_no_text_is_no_money_for_the_api(amount):
    with pytest.raises(ValidationError):
        TypeAdapter(Money).validate_python(amount)


def order_of(world, **changes):
    """An order as a shop sends it: one tin that the importer owns."""
    person = {"name": BUYER.name, "id_number": BUYER.id_number, "phone": BUYER.phone}
    body = {
        "pool": world.pool.code,
        "platform": "mall",
        "order_no": "API-1",
        "ordered_at": "2025-05-01T09:00:00+08:00",
        "buyer": person,
        "lines": [{"product": world.lot.product.sku, "units": 1, "price": "250.00"}],
        "goods": "250.00",
        "tax": "22.75",
        "paid": "272.75",
        "payment": {
            "company": "pay",
            "transaction_no": "PAY-API-1",
            "payer": {"name": BUYER.name, "id_number": BUYER.id_number},
            "amount": "272.75",
            "paid_at": "2025-05-01T09:01:00+08:00",
        },
        "waybill": {
            "carrier": "courier",
            "waybill_no": "YT-API-1",
            "consignee": {"name": "测试", "phone": "13900000000", "address": "测试路1号"},
            "gross_weight_g": 1200,
        },
    }
    return {**body, **changes}


def send(world, body, key="one"):
    shop = Client(
        raise_request_exception=False,
        headers={"Authorization": f"Bearer {world.keys['importer']}", "Idempotency-Key": key},
    )
    return shop.post("/api/v1/orders", **as_json(body))


WRONG = {
    "a part is left out": {"paid": "250.00"},
    "the goods are worth less than they cost": {"goods": "25.00", "paid": "47.75"},
    "the tax is not collected": {"tax": "0.00", "paid": "250.00"},
    "the tax is negative": {"tax": "-22.75"},
    "the amount is endless": {"goods": "1" + "0" * 40},
    "a discount eats the price": {"discount": "272.75", "paid": "0.00"},
}


def test_an_order_whose_money_does_not_add_up_is_declined_whole(world):
    before = standing()

    met = {what: send(world, order_of(world, **WRONG[what])).status_code for what in WRONG}

    assert met == dict.fromkeys(WRONG, 422)
    assert changed(before) == []


def test_units_that_are_none_are_declined(world):
    product, met = world.lot.product.sku, []
    for units in (0, -1, 1.5, "1", 10**9, True, None):
        line = {"product": product, "units": units, "price": "250.00"}
        met.append(send(world, order_of(world, lines=[line])).status_code)

    assert set(met) == {422}


def test_the_same_order_sent_twice_is_one_order_and_the_second_answer_is_the_first(world):
    first, again = (send(world, order_of(world)) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    with tenancy.as_operator("test"):
        assert ConsumerOrder.objects.filter(order_no="API-1").count() == 1


def test_the_same_key_with_another_body_is_a_conflict_and_changes_nothing(world):
    send(world, order_of(world))
    before = standing()

    answer = send(world, order_of(world, order_no="API-2"))

    assert (answer.status_code, answer.json()["code"]) == (409, "key-used-for-other")
    assert changed(before) == []


def test_a_payment_or_waybill_pays_and_carries_one_order(world):
    send(world, order_of(world))
    before = standing()

    answer = send(world, order_of(world, order_no="API-2"), key="two")

    assert (answer.status_code, answer.json()["code"]) == (409, "paper-used-before")
    assert changed(before) == []


def test_a_request_that_is_still_worked_on_is_not_begun_a_second_time(db):
    calls = []

    def call():
        calls.append(1)
        with pytest.raises(idempotency.StillInProgress):
            idempotency.once("scope", "key", {"a": 1}, lambda: calls.append(2))
        return 200, {}

    idempotency.once("scope", "key", {"a": 1}, call)

    assert calls == [1]


def test_a_deposit_credited_twice_under_one_reference_is_credited_once(world):
    client, escrow = world.client("operator"), books.escrow(world.importer, world.pool)
    services.fund(world.importer, world.pool, 500, reference="BANK-7")
    credited = ledger.balance(escrow)

    services.fund(world.importer, world.pool, 500, reference="BANK-7")
    with pytest.raises(ledger.SameKeyOtherBody):
        services.fund(world.importer, world.pool, 501, reference="BANK-7")

    assert ledger.balance(escrow) == credited
    assert client.get("/books/").status_code == 200


def test_a_settled_batch_pays_no_supplier_again(world, checker):
    maker, batch = world.client("operator"), world.settlement
    for step in ("lock", "quote"):
        take(maker, batch, step)
    for step in ("approve", "convert", "instruct", "settle"):
        take(checker, batch, step)
    before = standing()

    for step in ("lock", "quote", "approve", "convert", "instruct", "settle"):
        take(maker, batch, step, version=1)
        take(checker, batch, step, version=1)

    assert Payment.objects.get(batch=batch).state == "settled"
    assert changed(before) == []


def test_a_supplier_s_reference_is_paid_once_by_the_database_itself(world):
    take(world.client("operator"), world.settlement, "lock")
    paid = Payment.objects.get(batch=world.settlement)
    paid.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        paid.save(force_insert=True)


def test_whoever_locked_a_batch_does_not_approve_it_with_any_of_its_memberships(world):
    maker, batch = world.client("operator"), world.settlement
    Membership.objects.create(
        user=world.users["operator"], party=world.pool.operator, role="broker"
    )
    for step in ("lock", "quote"):
        take(maker, batch, step)

    answer = take(maker, batch, "approve")

    batch.refresh_from_db()
    assert (answer.status_code, batch.state, batch.approved_by) == (422, "quoted", None)
    with pytest.raises(IntegrityError), transaction.atomic():
        SettlementBatch.objects.filter(pk=batch.pk).update(approved_by=batch.made_by)


def test_an_approval_of_what_has_changed_since_it_was_read_is_refused(world, checker):
    maker, batch = world.client("operator"), world.settlement
    for step in ("lock", "quote"):
        take(maker, batch, step)
    batch.refresh_from_db()
    seen = batch.version
    take(maker, batch, "quote")

    answer = take(checker, batch, "approve", version=seen)

    batch.refresh_from_db()
    assert (answer.status_code, batch.state) == (409, "quoted")


def test_a_change_after_the_approval_takes_it_away_before_money_moves(world, checker):
    maker, batch = world.client("operator"), world.settlement
    for step in ("lock", "quote"):
        take(maker, batch, step)
    take(checker, batch, "approve")
    take(maker, batch, "quote")

    answer = take(maker, batch, "convert")

    batch.refresh_from_db()
    assert (answer.status_code, batch.state, batch.approved_by) == (409, "quoted", None)
    assert not Transfer.objects.filter(key__contains="/sold").exists()


def test_a_payment_s_amount_cannot_be_changed_once_its_batch_is_locked(world):
    take(world.client("operator"), world.settlement, "lock")

    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(batch=world.settlement).update(amount_minor=1)


@given(
    amount=st.integers(-(10**15), 10**15),
    weights=st.dictionaries(st.integers(0, 50), st.integers(0, 10**9), min_size=1, max_size=20),
)
def test_the_parts_of_any_amount_make_the_amount_again(amount, weights):
    if sum(weights.values()):
        assert sum(split_in_proportion(amount, weights).values()) == amount


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**12, places=3))
def test_no_amount_of_more_digits_than_its_currency_becomes_money_unseen(amount):
    exact = Fraction(amount) * 100
    if exact.denominator == 1:
        assert to_minor(amount, "CNY") == exact
    else:
        with pytest.raises(BadMoney):
            to_minor(amount, "CNY")
