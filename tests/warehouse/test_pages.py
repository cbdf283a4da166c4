"""The warehouse's pages, and who may see them."""

import pytest
from django.urls import reverse

from tests.conftest import user_of
from tests.warehouse import goods
from tests.warehouse.conftest import ARRIVED
from warehouse import services
from warehouse.models import Lot, Movement

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot(shelf):
    return Lot.objects.get(receipt_line__receipt=shelf.receipt)


def get(client, user, name, *args):
    client.force_login(user)
    return client.get(reverse(f"warehouse:{name}", args=args))


def test_an_importer_sees_what_it_owns_has_reserved_and_has_free(client, importer_user, shelf):
    services.reserve(shelf.importer, shelf.product, 25, "order-1")

    page = get(client, importer_user, "stock")

    row = page.context["rows"][0]
    assert (row.owned_units, row.reserved_units, row.free_units) == (60, 25, 35)
    assert b"Whole milk powder" in page.content
    assert b"Asked for 60, got all." in page.content


def test_a_cut_share_is_explained_in_a_sentence(
    client, importer_user, account_book, pool, order_line
):
    consignment = goods.consigned(pool, [order_line])
    count = goods.counted(order_line, good=70, short=30)
    services.allocate(services.receive(consignment, [count], on=ARRIVED))

    page = get(client, importer_user, "stock")

    assert "Asked for 60, got 40 so far: too few arrived. The level is 40:" in page.text


def test_an_importer_without_units_reads_what_to_wait_for(client, importer_user):
    page = get(client, importer_user, "stock")

    assert b"No units yet" in page.content


def test_an_importer_follows_its_own_movements_of_a_lot_only(client, importer_user, shelf, lot):
    page = get(client, importer_user, "lot", lot.pk)

    assert [row.to_owner for row, *_ in page.context["history"]] == ["Kowhai Trading"]
    assert b"Other Seller" not in page.content


def test_the_operator_follows_a_lot_from_the_supplier_on(client, operator_user, shelf, lot):
    page = get(client, operator_user, "lot", lot.pk)

    assert [(row.kind, row.units) for row, *_ in page.context["history"]] == [
        ("receive", 100),
        ("allocate", 60),
        ("allocate", 30),
    ]


def test_a_lot_of_others_does_not_exist_for_an_importer(
    client, stranger_user, importer, product, stock_up
):
    receipt = stock_up(product, 10)
    other_lot = Lot.objects.get(receipt_line__receipt=receipt)

    assert get(client, stranger_user, "lot", other_lot.pk).status_code == 404


def test_the_operator_sees_each_line_as_counted_and_each_share(client, operator_user, shelf):
    page = get(client, operator_user, "receipt", shelf.receipt.pk)

    line = page.context["lines"][0]
    assert (line.expected, line.good, line.damaged, line.short) == (100, 100, 0, 0)
    assert [(share.owner, share.units) for share in page.context["shared"][0][1]] == [
        ("Kowhai Trading", 60),
        ("Other Seller", 30),
    ]


def test_the_operator_shares_out_a_receipt_by_one_press(client, operator_user, received):
    client.force_login(operator_user)
    address = reverse("warehouse:allocate", args=[received.pk])

    for _ in range(2):
        assert client.post(address).status_code == 302

    assert Movement.objects.filter(kind="allocate").count() == 2
    assert get(client, operator_user, "receipts").context["rows"][0].is_allocated


def test_the_account_book_stands_beside_the_shelves(client, operator_user, shelf):
    page = get(client, operator_user, "account-book")

    assert (page.context["on_hand"], page.context["physical"], page.context["drift"]) == (
        100,
        100,
        0,
    )


def test_another_operators_receipt_does_not_exist(client, shelf):
    from_elsewhere = user_of(shelf.supplier, "operator")

    assert get(client, from_elsewhere, "receipt", shelf.receipt.pk).status_code == 404
    assert get(client, from_elsewhere, "receipts").context["rows"] == []
    assert get(client, from_elsewhere, "account-book").context["rows"] == []


@pytest.mark.parametrize("name", ["receipts", "account-book"])
def test_the_operators_pages_do_not_exist_for_importers_and_brokers(
    client, importer_user, broker_user, name
):
    assert get(client, importer_user, name).status_code == 404
    assert get(client, broker_user, name).status_code == 404


def test_nobody_shares_out_a_receipt_but_the_operator(client, importer_user, received):
    client.force_login(importer_user)

    answer = client.post(reverse("warehouse:allocate", args=[received.pk]))

    assert answer.status_code == 404
    assert not Movement.objects.filter(kind="allocate").exists()


def test_anonymous_readers_are_asked_to_sign_in(client, db):
    answer = client.get(reverse("warehouse:stock"))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("sign-in"))
