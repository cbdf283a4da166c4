"""Sheets of orders: which rows make which order, and what is wrong in which cell."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from customs.domain.order_columns import COLUMNS, TEMPLATE_HEADINGS
from customs.domain.order_sheets import read_orders

ZONE = ZoneInfo("Asia/Shanghai")
GOOD = {
    "order_no": "SH-1",
    "platform": "3105960001",
    "ordered_at": "2025-05-01 09:00",
    "buyer_name": "测试订购人",
    "buyer_id": "11010519491231002X",
    "buyer_phone": "13800000000",
    "consignee_name": "测试收货人",
    "consignee_phone": "13900000000",
    "consignee_address": "测试省测试市测试路1号",
    "freight": "",
    "discount": "",
    "tax": "45.50",
    "gross": "2.4",
    "product": "960017",
    "units": "2",
    "total": "500.00",
    "payment_company": "3101960002",
    "transaction_no": "PAY-1",
    "paid": "545.50",
    "paid_at": "2025/5/1 9:01:30",
    "payer_name": "",
    "payer_id": "",
    "carrier": "3105980003",
    "waybill_no": "YT-1",
}


def row(**changes):
    """A row of the sheet to fill in: a good order, some cells changed."""
    cells = {**GOOD, **changes}
    return [cells[column.name] for column in COLUMNS]


def further(**changes):
    """A further line of the order, the columns of the whole order left empty."""
    nothing = dict.fromkeys(GOOD, "")
    return row(**{**nothing, "order_no": "SH-1", **changes})


def read(*rows, headings=TEMPLATE_HEADINGS):
    expected = {"trade_mode": "1210", "seller": "310596K001", "district": "3105"}
    return read_orders(
        headings, rows, first_row_number=2, expected=expected, pool="ningbo-2025", zone=ZONE
    )


def faults(reading):
    return [(error.row, error.column, error.value, error.refusal.code) for error in reading.errors]


def test_a_row_with_all_its_papers_is_an_order():
    (order,) = read(row()).orders

    assert order.rows == (2,)
    assert order.plain.pool == "ningbo-2025"
    assert order.plain.ordered_at == datetime(2025, 5, 1, 9, tzinfo=ZONE)
    assert order.plain.payment.paid_at == datetime(2025, 5, 1, 9, 1, 30, tzinfo=ZONE)
    assert [(x.product, x.units, x.price_minor) for x in order.plain.lines] == [
        ("960017", 2, 25_000)
    ]
    assert (order.plain.goods_minor, order.plain.tax_minor, order.plain.paid_minor) == (
        50_000,
        4_550,
        54_550,
    )
    assert order.plain.parcel.gross_weight_g == 2_400


def test_who_does_not_name_a_payer_says_that_the_buyer_paid():
    (order,) = read(row()).orders
    (other,) = read(row(payer_name="另一位")).orders

    assert order.plain.payment.payer.name == "测试订购人"
    assert other.plain.payment.payer.name == "另一位"


def test_rows_of_one_number_are_lines_of_one_order():
    reading = read(row(), row(order_no="SH-2"), further(product="000019", units="1", total="80"))

    first, second = reading.orders
    assert (first.plain.order_no, first.rows) == ("SH-1", (2, 4))
    assert [line.price_minor for line in first.plain.lines] == [25_000, 8_000]
    assert first.plain.goods_minor == 58_000
    assert second.rows == (3,)
    assert reading.row_count == 3


def test_empty_rows_are_skipped_and_counted():
    reading = read([""] * len(COLUMNS), row())

    assert [order.rows for order in reading.orders] == [(3,)]


def test_freight_and_discount_are_part_of_what_was_paid():
    (order,) = read(row(freight="8", discount="3.50")).orders

    assert order.plain.paid_minor == 50_000 + 800 + 4_550 - 350


def test_rows_that_tell_of_one_order_differently_are_named():
    reading = read(row(), further(product="000019", units="1", total="80", tax="1.00"))

    assert faults(reading) == [(3, "代扣税款", "1.00", "order-rows-differ")]
    assert reading.errors[0].refusal.params["first_row"] == 2


@pytest.mark.parametrize("name", [c.name for c in COLUMNS if c.is_needed and c.name != "order_no"])
def test_each_cell_that_is_needed_and_empty_is_named(name):
    heading = next(column.heading for column in COLUMNS if column.name == name)

    assert faults(read(row(**{name: ""}))) == [(2, heading, "", "order-cell-empty")]


def test_a_row_without_an_order_number_is_named():
    assert faults(read(row(order_no=""))) == [(2, "订单编号", "", "order-cell-empty")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tax", "NaN"),
        ("tax", "-1"),
        ("tax", "1e30"),
        ("tax", "0.001"),
        ("tax", "many"),
        ("units", "0"),
        ("units", "1.5"),
        ("units", "1e9"),
        ("gross", "0"),
        ("gross", "1.2345"),
        ("ordered_at", "2025-13-01 09:00"),
        ("ordered_at", "2025-02-30 09:00"),
        ("ordered_at", "tomorrow"),
        ("platform", "a\nb"),
    ],
)
def test_each_cell_that_cannot_be_read_is_named_with_its_value(name, value):
    heading = next(column.heading for column in COLUMNS if column.name == name)

    (fault,) = faults(read(row(**{name: value})))

    assert fault == (2, heading, value, "order-cell-unreadable")


def test_what_is_wrong_about_a_person_is_shown_masked():
    (fault,) = faults(read(row(buyer_id="11010519491231002X\n")))

    assert fault == (2, "订购人身份证号码", "110105***********X\n", "order-cell-unreadable")


def test_a_total_that_does_not_divide_into_units_is_named():
    assert faults(read(row(units="3", total="500.00"))) == [
        (2, "总价", "500.00", "order-price-not-exact")
    ]


@pytest.mark.parametrize(
    ("heading", "good", "bad"),
    [
        ("贸易方式", "1210", "9610"),
        ("电商企业代码", "310596K001", "310596K002"),
        ("口岸海关代码", "3105", "3104"),
        ("保价费", "0.00", "5.00"),
    ],
)
def test_a_cell_that_the_pool_fixes_says_that_or_nothing(heading, good, bad):
    headings = [*TEMPLATE_HEADINGS, heading]

    assert read([*row(), good], headings=headings).errors == ()
    assert read([*row(), ""], headings=headings).errors == ()
    assert faults(read([*row(), bad], headings=headings)) == [
        (2, heading, bad, "order-cell-not-ours")
    ]


def test_english_headings_and_those_that_are_not_read_may_stand_in_a_sheet():
    english = [column.english for column in COLUMNS]

    assert read([*row(), "x"], headings=[*english, "备注"]).errors == ()


def test_unknown_doubled_and_missing_headings_are_named():
    headings = ["订单编号", "订单编号", "colour", *TEMPLATE_HEADINGS[2:]]

    reading = read(["SH-1", "", "", *row()[2:]], headings=headings)

    assert [(column, code) for _, column, _, code in faults(reading)] == [
        ("订单编号", "forecast-heading-twice"),
        ("colour", "forecast-heading-unknown"),
        ("电商平台代码", "forecast-heading-missing"),
    ]


def test_a_sheet_with_headings_only_holds_no_orders():
    assert faults(read()) == [(1, "", "", "order-sheet-empty")]
