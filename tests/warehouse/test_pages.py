"""The warehouse's pages, and who may see them."""

import io
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tests.conftest import user_of
from tests.warehouse import goods
from tests.warehouse.conftest import ARRIVED
from warehouse import services
from warehouse.models import Lot, Movement, Receipt, UnitIdentity
from warehouse.services import returning

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


def test_stock_that_expires_in_several_months_is_drawn_by_month(client, importer_user, stock_up):
    stock_up(goods.product("9421902960017", "Formula"), 10, expires_on=date(2027, 3, 1))
    stock_up(goods.product("9400569000019", "Honey"), 20, expires_on=date(2027, 5, 31))

    page = get(client, importer_user, "stock")

    assert page.context["expiry_months"] == ["Mar 2027", "May 2027"]
    assert [list(row.values) for row in page.context["expiry"]] == [[10, 20]]
    assert page.text.count('<svg class="chart') == 1


def test_a_cut_share_is_explained_in_a_sentence(
    client, importer_user, account_book, pool, order_line
):
    consignment = goods.consigned(pool, [order_line])
    count = goods.counted(order_line, good=70, short=30)
    services.allocate(goods.received(consignment, [count], on=ARRIVED))

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


@pytest.mark.parametrize("name", ["receipts", "parcels", "account-book"])
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


def counted(consignment, line, **count):
    """What the browser sends from the count's form."""
    fields = {
        "order_line": line.pk,
        "good": 100,
        "damaged": 0,
        "short": 0,
        "lot_no": "L-1",
        "produced_on": "2024-10-01",
        "expires_on": "2026-09-30",
        **count,
    }
    return {
        "received_on": "2025-03-10",
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        **{f"form-0-{name}": value for name, value in fields.items()},
    }


def test_an_arrived_consignment_waits_at_the_door_until_it_is_counted(
    client, operator_user, account_book, consignment, order_line
):
    waiting = get(client, operator_user, "receipts")
    assert [(row.number, row.units) for row in waiting.context["awaited"]] == [
        (consignment.number, 100)
    ]
    assert get(client, operator_user, "count", consignment.pk).status_code == 200

    answer = client.post(
        reverse("warehouse:count", args=[consignment.pk]),
        counted(consignment, order_line, good=97, damaged=1, short=2),
    )

    receipt = Receipt.objects.get(consignment=consignment)
    assert answer.url == reverse("warehouse:receipt", args=[receipt.pk])
    line = receipt.lines.get()
    assert (line.good, line.damaged, line.short) == (97, 1, 2)
    assert get(client, operator_user, "receipts").context["awaited"] == []


@pytest.mark.parametrize(
    ("count", "words"),
    [
        ({"good": 99}, "100 units were announced, 99 are counted"),
        ({"lot_no": ""}, "Write the lot number that stands on the goods."),
        ({"expires_on": "2024-01-01"}, "The goods would expire before they were made."),
        ({"good": ""}, "This field is required."),
        ({"order_line": 999_999}, "is not on this consignment"),
    ],
)
def test_a_wrong_count_is_shown_again_with_the_remedy(
    client, operator_user, account_book, consignment, order_line, count, words
):
    client.force_login(operator_user)

    answer = client.post(
        reverse("warehouse:count", args=[consignment.pk]),
        counted(consignment, order_line, **count),
    )

    assert answer.status_code == 422
    assert words in answer.text
    assert not Receipt.objects.exists()


def test_a_form_that_was_tampered_with_is_refused_and_breaks_nothing(
    client, operator_user, account_book, consignment, order_line
):
    client.force_login(operator_user)
    address = reverse("warehouse:count", args=[consignment.pk])
    sent = counted(consignment, order_line)

    for total in (0, 5, "x"):
        assert client.post(address, {**sent, "form-TOTAL_FORMS": total}).status_code == 422
    empty = {name: value for name, value in sent.items() if not name.startswith("form-0")}
    assert client.post(address, {**empty, "form-INITIAL_FORMS": 0}).status_code == 422
    assert not Receipt.objects.exists()


@pytest.fixture
def order(shelf):
    made = services.reserve(shelf.importer, shelf.product, 2, "order-1")
    return services.dispatch(shelf.importer, "parcel-1", made)


def test_the_operator_picks_a_parcel_by_scanning_and_ships_it(client, operator_user, order, lot):
    codes = ["7QH2M4ZK9T0B3XWY", "9QH2M4ZK9T0B3XWA"]
    services.commission_units(lot, [services.code_hmac(code) for code in codes])
    listed = get(client, operator_user, "parcels").context["rows"][0]
    assert (listed.number, listed.state, listed.lines[0].is_coded) == (order.number, "open", True)

    scans = f"https://trace.example/01/{lot.product.gtin}/21/{codes[0]}\n7qh2\n"
    address = reverse("warehouse:parcel", args=[order.pk])
    refused = client.post(address, {"scans": scans})
    assert refused.status_code == 422
    assert "belong to no unit" in refused.text

    assert client.post(address, {"scans": "\n".join(codes)}).status_code == 302
    assert client.post(reverse("warehouse:ship", args=[order.pk])).status_code == 302

    assert UnitIdentity.objects.filter(state="released").count() == 2
    assert get(client, operator_user, "parcels").context["states"] == {"shipped": 1}


def test_everything_picked_leaves_in_one_press(client, operator_user, order):
    services.pick(order)
    client.force_login(operator_user)

    answer = client.post(reverse("warehouse:ship-picked"))

    assert answer.url == reverse("warehouse:parcels")
    assert get(client, operator_user, "parcels").context["states"] == {"shipped": 1}


def test_parcels_of_another_operator_do_not_exist(client, shelf, order):
    from_elsewhere = user_of(shelf.supplier, "operator")

    assert get(client, from_elsewhere, "parcel", order.pk).status_code == 404
    assert get(client, from_elsewhere, "parcels").context["rows"] == []
    assert client.post(reverse("warehouse:ship", args=[order.pk])).status_code == 404


def test_another_operators_consignment_is_not_counted(client, consignment, supplier):
    from_elsewhere = user_of(supplier, "operator")

    assert get(client, from_elsewhere, "count", consignment.pk).status_code == 404


def sheet_of(client, user, name, *args):
    client.force_login(user)
    answer = client.get(reverse(f"warehouse:{name}", args=args), {"format": "xlsx"})
    return list(load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))


def test_every_view_comes_as_a_workbook(client, importer_user, operator_user, shelf, lot):
    goods.closing(lot), goods.disposed(lot)
    order = services.dispatch(
        shelf.importer, "parcel", services.reserve(shelf.importer, shelf.product, 2, "o")
    )
    services.ship(services.pick(order))
    returning.announce_return(order.lines.get(), 1, request_key="r")

    owned = sheet_of(client, importer_user, "stock")
    assert owned[1][4:] == (58, 58, 0, 0, 0, 58)
    moves = sheet_of(client, importer_user, "lot", lot.pk)
    assert [row[2] for row in moves[1:]] == [60, 2, 2]
    book = sheet_of(client, operator_user, "account-book")
    assert book[1][5] == 100
    lengths = {
        name: len(sheet_of(client, operator_user, name))
        for name in ("receipts", "claims", "counts", "returns", "papers", "disposals", "charges")
    }
    assert lengths == {
        "receipts": 2, "claims": 1, "counts": 1, "returns": 2, "papers": 1, "disposals": 2,
        "charges": 1,
    }  # fmt: skip
