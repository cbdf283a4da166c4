"""Sheets of orders: checked as a whole, shown, then taken one by one in the background."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import jobs, sheets, tenancy
from core.models import Membership
from customs import services
from customs.domain.order_columns import TEMPLATE_HEADINGS
from customs.models import ConsumerOrder, OrderSheet
from tests.customs.domain.test_order_sheets import row
from tests.customs.shop import Shop


def numbered(number, **changes):
    """The row of an order whose numbers are its own."""
    own = {"order_no": f"SH-{number}", "transaction_no": f"PAY-{number}"}
    return row(**{**own, "waybill_no": f"YT-{number}", **changes})


def sheet_of(*rows):
    return sheets.write_csv(TEMPLATE_HEADINGS, rows)


@pytest.fixture
def pool_with_shop(stocked, formula):
    """A pool that serves the shop whose orders the sheets hold."""
    Shop.open(stocked, formula)
    return stocked


@pytest.fixture
def receive(importer, pool_with_shop):
    def receive(*rows):
        return services.receive_sheet(importer, pool_with_shop, "orders.csv", sheet_of(*rows))

    return receive


@pytest.fixture
def taken(pool_in_view):
    """Numbers of the orders that were taken."""
    return lambda: sorted(ConsumerOrder.objects.values_list("order_no", flat=True))


def faults(sheet):
    return [(error["row"], error["column"], error["code"]) for error in sheet.errors]


def test_a_good_sheet_is_shown_before_any_order_is_taken(receive, taken):
    sheet = receive(numbered(1), numbered(2))

    assert (sheet.state, sheet.order_count, sheet.errors) == ("valid", 2, [])
    assert [(x.order_no, x.first_row, x.units, x.paid_minor) for x in services.preview(sheet)] == [
        ("SH-1", 2, 2, 54_550),
        ("SH-2", 3, 2, 54_550),
    ]
    assert taken() == []


def test_the_orders_of_a_sheet_are_taken_in_the_background_and_its_persons_forgotten(
    receive, taken
):
    sheet = services.take_sheet(receive(*(numbered(n) for n in range(1, 24))))
    jobs.run_until_idle()

    sheet.refresh_from_db()
    assert (sheet.state, sheet.done_count, len(taken())) == ("taken", 23, 23)
    assert bytes(sheet.sealed_content) == b""
    assert services.preview(sheet) == []


def test_nobody_is_named_in_what_is_stored_of_a_sheet(receive):
    sheet = receive(numbered(1, buyer_id="110105194912310021"))

    stored = f"{sheet.errors}{bytes(sheet.sealed_content)!r}"
    assert "110105194912310021" not in stored
    assert "测试订购人" not in stored


def test_the_same_content_is_the_same_sheet_and_its_orders_are_taken_once(receive, taken):
    first = services.take_sheet(receive(numbered(1)))
    jobs.run_until_idle()

    again = services.take_sheet(receive(numbered(1)))
    jobs.run_until_idle()

    assert (again.pk, again.state) == (first.pk, "taken")
    assert taken() == ["SH-1"]


def test_a_longer_sheet_may_repeat_orders_that_were_taken(receive, taken):
    services.take_sheet(receive(numbered(1)))
    jobs.run_until_idle()

    sheet = services.take_sheet(receive(numbered(1), numbered(2)))
    jobs.run_until_idle()

    sheet.refresh_from_db()
    assert (sheet.state, taken()) == ("taken", ["SH-1", "SH-2"])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"platform": "nobody"}, (3, "电商平台代码", "party-unknown")),
        ({"payment_company": "nobody"}, (3, "支付企业代码", "party-unknown")),
        ({"carrier": "nobody"}, (3, "物流企业代码", "party-unknown")),
        ({"product": "nothing"}, (3, "企业商品货号", "product-unknown")),
        ({"paid": "545.49"}, (3, "支付金额", "paid-amount-differs")),
        ({"tax": "45.00", "paid": "545.00"}, (3, "代扣税款", "tax-collected-differs")),
        ({"gross": "0.5"}, (3, "订单总毛重", "weights-do-not-fit")),
        ({"payer_name": "另一位"}, (3, "支付人证件号码", "buyer-is-not-payer")),
        ({"ordered_at": "2024-01-01 09:00"}, (3, "下单时间", "time-implausible")),
        ({"buyer_id": "110105194912310021"}, (3, "订购人身份证号码", "bad-identity-number")),
    ],
)
def test_an_order_that_breaks_a_rule_is_named_in_its_cell_and_no_order_is_taken(
    receive, taken, changes, fault
):
    sheet = receive(numbered(1), numbered(2, **changes))

    assert (sheet.state, faults(sheet)) == ("invalid", [fault])
    with pytest.raises(services.OrderSheetNotReady):
        services.take_sheet(sheet)
    assert taken() == []


def test_every_rule_that_an_order_breaks_is_named_at_once(receive):
    sheet = receive(numbered(1, gross="0.5", payer_name="另一位"))

    assert [code for _, _, code in faults(sheet)] == ["buyer-is-not-payer", "weights-do-not-fit"]


def test_units_that_are_not_there_are_named_in_the_preview(receive):
    sheet = receive(
        numbered(1, units="101", total="101.00", tax="9.19", paid="110.19", gross="200")
    )

    assert faults(sheet) == [(2, "数量", "not-enough-stock")]


def test_what_is_refused_while_taking_stops_no_other_order(receive, taken):
    changes = {"units": "60", "total": "60.00", "tax": "5.46", "paid": "65.46", "gross": "80"}
    sheet = services.take_sheet(
        receive(numbered(1, **changes), numbered(2, **changes), numbered(3))
    )
    jobs.run_until_idle()

    sheet.refresh_from_db()
    assert (sheet.state, faults(sheet)) == (
        "partly_refused",
        [(3, "数量", "not-enough-stock")],
    )
    assert taken() == ["SH-1", "SH-3"]


def test_a_step_that_comes_twice_takes_no_order_twice(receive, taken):
    sheet = receive(numbered(1), numbered(2))
    kept = bytes(sheet.sealed_content)
    job = services.take_sheet(sheet).job
    jobs.run_until_idle()
    OrderSheet.objects.update(state="running", done_count=0, sealed_content=kept)

    assert services.take_step(SilentJob(job), sheet.pk)

    sheet.refresh_from_db()
    assert (sheet.state, sheet.done_count, taken()) == ("taken", 2, ["SH-1", "SH-2"])


class SilentJob(jobs.JobContext):
    """A job whose worker tells nobody how far it is."""

    def progress(self, done, total, message=""):
        """Say nothing."""


def no_look(*_, **__):
    raise AssertionError("no cell is judged")


def test_a_sheet_with_too_many_orders_is_refused_before_a_cell_is_judged(
    receive, taken, monkeypatch
):
    monkeypatch.setattr("customs.services.sheet_orders.MOST_ORDERS", 1)

    monkeypatch.setattr("customs.services.sheet_orders.read_orders", no_look)
    with pytest.raises(services.OrderSheetTooLong) as refused:
        receive(numbered(1), numbered(2), numbered(2))
    assert refused.value.params == {"orders": 2, "most": 1}
    assert OrderSheet.objects.count() == 0


@pytest.mark.parametrize("count", [2, 30])
def test_a_sheet_is_checked_and_taken_with_as_many_statements_whatever_its_size(
    receive, taken, count, django_assert_max_num_queries
):
    changes = {"units": "1", "total": "1.00", "tax": "0.09", "paid": "1.09", "gross": "2"}
    rows = [numbered(n, **changes) for n in range(count)]
    receive(*rows)

    with django_assert_max_num_queries(35):
        sheet = receive(*rows)
    services.take_sheet(sheet)
    with django_assert_max_num_queries(110):
        jobs.run_until_idle()
    sheet.refresh_from_db()
    assert (sheet.state, sheet.done_count) == ("taken", count)


# ---- pages


@pytest.fixture
def browser(client, importer_user, pool_with_shop):
    client.force_login(importer_user)
    return client


def send(browser, pool, *rows):
    file = SimpleUploadedFile("orders.csv", sheet_of(*rows))
    return browser.post(reverse("customs:upload-orders"), {"pool": pool.pk, "file": file})


def test_an_importer_uploads_looks_and_has_the_orders_taken(browser, pool_with_shop, taken):
    answer = send(browser, pool_with_shop, numbered(1))
    page = browser.get(answer.url).content.decode()

    assert "Take 1 order" in page
    assert "545.50" in page
    (sheet,) = OrderSheet.objects.all()
    browser.post(reverse("customs:take-order-sheet", args=[sheet.pk]))
    assert "hx-get" in browser.get(answer.url).content.decode()
    jobs.run_until_idle()
    progress = browser.get(reverse("customs:order-sheet-progress", args=[sheet.pk]))
    assert progress.headers["HX-Refresh"] == "true"
    assert taken() == ["SH-1"]


def test_each_wrong_cell_is_shown_with_its_row_value_and_remedy(browser, pool_with_shop):
    answer = send(browser, pool_with_shop, numbered(1, tax="many"))
    page = browser.get(answer.url).content.decode()

    for text in ("代扣税款", "many", "is not an amount in CNY", "Write it like 128.50"):
        assert text in page
    assert "Take 1 order" not in page


def test_a_file_that_is_no_sheet_is_refused_beside_its_field(browser, pool_with_shop):
    file = SimpleUploadedFile("orders.pdf", b"%PDF")

    answer = browser.post(
        reverse("customs:upload-orders"), {"pool": pool_with_shop.pk, "file": file}
    )

    assert answer.status_code == 422
    assert "neither a CSV nor an XLSX" in answer.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_sheet_to_fill_in_bears_the_headings_that_are_read(browser, kind):
    answer = browser.get(reverse("customs:orders-template", args=[kind]))

    assert sheets.read(f"orders.{kind}", answer.content).headings == list(TEMPLATE_HEADINGS)


def test_another_importers_sheet_is_not_there(browser, client, receive, stranger_user):
    with tenancy.as_operator("test"):
        sheet = receive(numbered(1))
    client.force_login(stranger_user)

    for name in ("order-sheet", "order-sheet-progress"):
        assert client.get(reverse(f"customs:{name}", args=[sheet.pk])).status_code == 404
    taking = client.post(reverse("customs:take-order-sheet", args=[sheet.pk]))
    assert taking.status_code == 404


def test_a_member_without_the_right_to_trade_uploads_nothing(
    browser, importer_user, pool_with_shop, taken
):
    Membership.objects.filter(user=importer_user).update(rights=["plan"])

    assert send(browser, pool_with_shop, numbered(1)).status_code == 403
    assert OrderSheet.objects.count() == 0
