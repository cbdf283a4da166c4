"""Orders over the API: taken once, read back with every reason, cancelled in time."""

import json
from copy import deepcopy
from datetime import UTC, date, datetime

import pytest

from core import tenancy
from customs import services
from customs.models import ConsumerOrder
from warehouse import queries

TAKEN = {
    "order_no": "SH-1",
    "platform": "mall",
    "pool": "ningbo-2025",
    "ordered_at": "2025-05-01T01:00:00Z",
    "state": "taken",
    "can_cancel": True,
    "currency": "CNY",
    "goods": "500.00",
    "freight": "0.00",
    "discount": "0.00",
    "tax": "45.50",
    "paid": "545.50",
    "papers": {
        "order": {"number": "SH-1", "state": "matched", "customs": "dark"},
        "payment": {"number": "PAY-1", "state": "matched", "customs": "dark"},
        "waybill": {"number": "YT-1", "state": "matched", "customs": "dark"},
    },
    "payment": {
        "state": "undeclared",
        "pushes": 0,
        "expected": "545.50",
        "sent": None,
        "refunded": "0.00",
        "split_of": None,
        "cause": {
            "code": "payment-not-pushed",
            "reason": "The payment of order SH-1 was not sent to customs yet.",
            "remedy": "Press “Send payment”.",
            "step": "push",
            "button": "Send payment",
        },
    },
    "declaration": {
        "state": "draft",
        "cop_no": "",
        "invt_no": "",
        "declared_at": None,
        "released_at": None,
        "regime": "within-limits",
        "dutiable": "500.00",
        "duty": "0.00",
        "consumption_tax": "0.00",
        "vat": "45.50",
        "refusal": None,
        "answers": [],
    },
    "dispatch": None,
}


def taken(formula):
    line = {"sku": formula.sku, "gtin": formula.gtin, "units": 2, "price": "250.00"}
    return {**TAKEN, "lines": [line]}


def free_units(importer, product) -> int:
    with tenancy.as_operator("test"):
        return queries.free_units(importer, product, last_day_from=date(2025, 5, 1))


def orders() -> int:
    with tenancy.as_operator("test"):
        return ConsumerOrder.objects.count()


def test_an_order_with_its_three_papers_is_taken_and_told_in_full(
    shop, order_body, formula, importer
):
    assert shop.order(order_body) == (201, taken(formula))
    assert free_units(importer, formula) == 98


def test_parties_may_be_named_by_their_customs_registration_and_goods_by_gtin(
    shop, order_body, formula
):
    order_body["platform"] = "3105960001"
    order_body["lines"][0]["product"] = formula.gtin.lstrip("0")

    assert shop.order(order_body) == (201, taken(formula))


def test_the_same_key_and_order_get_the_same_answer_and_one_order(shop, order_body):
    first = shop.order(order_body)
    again = shop.raw("POST", "/orders", order_body, **{"Idempotency-Key": "first"})

    assert (again.status_code, again.json()) == first
    assert again.headers["Idempotent-Replayed"] == "true"
    assert orders() == 1


def batch(shop, *bodies, key="many"):
    """Send orders together."""
    return shop.raw("POST", "/order-batches", {"orders": bodies}, **{"Idempotency-Key": key})


def numbered(body, number, **changes):
    """The same order with numbers of its own."""
    made = {**deepcopy(body), "order_no": f"SH-{number}", **changes}
    made["payment"].update(transaction_no=f"PAY-{number}")
    made["waybill"].update(waybill_no=f"YT-{number}")
    return made


def test_orders_sent_together_are_taken_or_refused_each_by_itself(shop, order_body):
    bodies = [numbered(order_body, 1), numbered(order_body, 2, tax="45.00", paid="545.00")]
    bodies += [numbered(order_body, 3, platform="nobody"), numbered(order_body, 4), order_body]

    answer = batch(shop, *bodies)

    told = answer.json()
    assert (answer.status_code, told["taken"], told["refused"]) == (200, 3, 2)
    assert [
        (row["order_no"], row["state"], row["refusal"] and row["refusal"]["code"])
        for row in told["items"]
    ] == [
        ("SH-1", "taken", None),
        ("SH-2", "refused", "paid-amount-differs"),
        ("SH-3", "refused", "party-unknown"),
        ("SH-4", "taken", None),
        ("SH-1", "taken", None),
    ]
    assert orders() == 2


def test_the_same_batch_with_the_same_key_gets_the_same_answer(shop, order_body):
    bodies = [numbered(order_body, 1), numbered(order_body, 2)]
    first = batch(shop, *bodies)

    again = batch(shop, *bodies)
    other = batch(shop, bodies[0])

    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    assert (other.status_code, other.json()["code"]) == (409, "key-used-for-other")
    assert orders() == 2


def test_more_than_a_hundred_orders_are_not_taken_at_once(shop, order_body):
    answer = batch(shop, *(numbered(order_body, number) for number in range(101)))

    assert answer.status_code == 422
    assert orders() == 0


def test_the_same_key_with_another_order_is_refused(shop, order_body):
    shop.order(order_body)
    order_body["order_no"] = "SH-2"

    status, problem = shop.order(order_body)

    assert (status, problem["code"]) == (409, "key-used-for-other")
    assert orders() == 1


def test_the_same_order_under_another_key_is_the_order_that_was_taken(shop, order_body):
    first = shop.order(order_body)

    assert shop.order(order_body, key="second") == first
    assert orders() == 1


def test_one_importers_request_key_says_nothing_about_anothers(shop, other_shop, order_body):
    shop.order(order_body)

    status, problem = other_shop.order(order_body)

    assert (status, problem["code"]) == (409, "order-taken-otherwise")


def test_an_order_number_that_comes_back_with_another_content_is_refused(shop, order_body):
    shop.order(order_body)
    order_body["waybill"]["waybill_no"] = "YT-2"

    status, problem = shop.order(order_body, key="second")

    assert (status, problem["code"]) == (409, "order-taken-otherwise")


def test_a_refusal_keeps_nothing_so_that_the_key_serves_the_corrected_order(shop, order_body):
    wrong = deepcopy(order_body)
    wrong["payment"]["amount"] = "545.49"

    assert shop.order(wrong) == (
        422,
        {
            "type": "urn:bondpool:problem:paid-amount-differs",
            "title": "Unprocessable Entity",
            "status": 422,
            "code": "paid-amount-differs",
            "detail": "Order SH-1 says 545.50 CNY were paid; the payment is 545.49 CNY.",
            "remedy": "Correct the amount on the order or send the right payment.",
        },
    )
    assert shop.order(order_body)[0] == 201


def change(body, path, value):
    *way, last = path.split(".")
    for step in way:
        body = body[int(step) if step.isdigit() else step]
    body[last] = value


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("pool", "nowhere", "pool-unknown"),
        ("platform", "nobody", "party-unknown"),
        ("payment.company", "mall", "party-unknown"),
        ("waybill.carrier", "pay", "party-unknown"),
        ("lines.0.product", "9999999", "product-unknown"),
        ("payment.payer.name", "另一位", "buyer-is-not-payer"),
        ("payment.order_no", "SH-9", "order-numbers-differ"),
        ("waybill.order_no", "SH-9", "order-numbers-differ"),
        ("waybill.pieces", 2, "not-one-parcel"),
        ("waybill.gross_weight_g", 1, "weights-do-not-fit"),
        ("buyer.id_number", "110105194912310021", "buyer-is-not-payer"),
        ("goods", "400.00", "goods-sum-differs"),
        ("tax", "45.60", "order-sum-differs"),
        ("ordered_at", "2025-05-02T09:00:00+08:00", "time-implausible"),
        ("ordered_at", "2023-05-01T09:00:00+08:00", "time-implausible"),
        ("ordered_at", "9999-12-31T23:59:59Z", "time-implausible"),
        ("ordered_at", "0001-01-01T00:00:00+14:00", "time-implausible"),
        ("payment.paid_at", "2025-05-01T08:59:00+08:00", "paid-before-ordered"),
        ("minimum_expiry", "2099-01-01", "not-enough-stock"),
    ],
)
def test_each_paper_that_breaks_a_rule_is_refused_by_that_rules_code(
    shop, order_body, path, value, code
):
    change(order_body, path, value)

    status, problem = shop.order(order_body)

    assert (status, problem["code"]) == (422, code)
    assert problem["remedy"]
    assert orders() == 0


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("paid", "NaN"),
        ("paid", "-1.00"),
        ("paid", "1e30"),
        ("paid", "0.001"),
        ("paid", "٥٠٠"),
        ("paid", 545.5),
        ("paid", None),
        ("paid", "1" * 40),
        ("lines.0.units", 0),
        ("lines.0.units", -1),
        ("lines.0.units", "2"),
        ("lines.0.units", 2.0),
        ("lines.0.units", True),
        ("lines.0.units", 10**30),
        ("lines", []),
        ("order_no", "SH 1"),
        ("order_no", "x" * 61),
        ("buyer.name", "a\u0000b"),
        ("buyer.name", "\ud800"),
        ("ordered_at", "2025-05-01T09:00:00"),
        ("ordered_at", "yesterday"),
        ("importer", 1),
        ("state", "released"),
        ("buyer.role", "operator"),
        ("\ud800", 1),
    ],
)
def test_amounts_fields_and_texts_out_of_form_are_named_and_refused(shop, order_body, path, value):
    change(order_body, path, value)

    status, problem = shop.order(order_body)

    assert (status, problem["code"]) == (422, "request-not-valid")
    assert [fault["where"].startswith("body.order") for fault in problem["errors"]] == [True]
    assert orders() == 0


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_numbers_that_json_does_not_have_are_refused(shop, order_body, amount):
    order_body["paid"] = "PAID"
    text = json.dumps(order_body).replace('"PAID"', amount)

    answer = shop.raw("POST", "/orders", text, **{"Idempotency-Key": "first"})

    assert answer.status_code == 422


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "\x00", "{}{}"])
def test_a_body_that_is_not_json_is_a_bad_request(shop, text, db):
    answer = shop.raw("POST", "/orders", text, **{"Idempotency-Key": "first"})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_an_order_without_a_request_key_is_refused(shop, order_body):
    status, problem = shop.call("POST", "/orders", order_body)

    assert (status, problem["errors"][0]["where"]) == (422, "header.Idempotency-Key")


def test_orders_are_listed_newest_first_a_page_at_a_time(shop, order_body):
    for number in ("1", "2", "3"):
        body = deepcopy(order_body)
        body["order_no"] = f"SH-{number}"
        body["payment"]["transaction_no"] = f"PAY-{number}"
        body["waybill"]["waybill_no"] = f"YT-{number}"
        shop.order(body, key=number)

    _, first = shop.call("GET", "/orders?limit=2")
    _, second = shop.call("GET", f"/orders?limit=2&cursor={first['next']}")

    assert [row["order_no"] for row in first["items"]] == ["SH-3", "SH-2"]
    assert second == {
        "items": [
            {
                "order_no": "SH-1",
                "platform": "Example Mall",
                "ordered_at": "2025-05-01T01:00:00Z",
                "transaction_no": "PAY-1",
                "waybill_no": "YT-1",
                "paid": "545.50",
                "tax": "45.50",
                "state": "draft",
                "cop_no": "",
                "refusal": None,
            }
        ],
        "next": None,
    }


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=1e9", "cursor=-1", "cursor=x"])
def test_a_page_is_never_larger_than_two_hundred_rows(shop, query, db):
    status, problem = shop.call("GET", f"/orders?{query}")

    assert (status, problem["code"]) == (422, "request-not-valid")


def declare(pool):
    with tenancy.as_operator("test"):
        order = ConsumerOrder.objects.get()
        services.declare_batch(pool, [order], request_key="batch")
        return order


def test_customs_refusal_is_told_with_its_reason_and_remedy(shop, order_body, stocked):
    shop.order(order_body)
    order = declare(stocked)
    with tenancy.as_operator("test"):
        services.receive_answer(
            order.declaration, "-621018", datetime(2025, 5, 1, 2, tzinfo=UTC), "[-621018]"
        )

    status, told = shop.call("GET", "/orders/SH-1")

    refusal = {
        "code": "-621018",
        "reason": "The consumer's yearly limit would be exceeded",
        "remedy": "Cancel and refund the order, or import as general trade",
    }
    assert (status, told["state"], told["declaration"]["state"]) == (200, "refused", "refused")
    assert told["declaration"]["refusal"] == refusal
    assert [answer["refusal"] for answer in told["declaration"]["answers"]] == [refusal]
    assert told["can_cancel"] is True


def test_an_order_is_cancelled_before_it_is_declared_and_gives_its_units_back(
    shop, order_body, formula, importer
):
    shop.order(order_body)

    status, told = shop.call("POST", "/orders/SH-1/cancel")

    assert (status, told["state"], told["can_cancel"]) == (200, "cancelled", False)
    assert free_units(importer, formula) == 100
    assert shop.call("POST", "/orders/SH-1/cancel") == (200, told)


def test_a_declared_order_cannot_be_cancelled(shop, order_body, stocked):
    shop.order(order_body)
    declare(stocked)

    status, problem = shop.call("POST", "/orders/SH-1/cancel")

    assert (status, problem["code"]) == (409, "step-not-allowed")
    assert shop.call("GET", "/orders/SH-1")[1]["state"] == "declared"


def test_anothers_order_is_not_there(shop, other_shop, order_body):
    shop.order(order_body)

    for method, path in (("GET", "/orders/SH-1"), ("POST", "/orders/SH-1/cancel")):
        status, problem = other_shop.call(method, path)
        assert (status, problem["code"]) == (404, "not-found")
    assert other_shop.call("GET", "/orders") == (200, {"items": [], "next": None})


def test_a_shop_reads_why_customs_misses_a_payment_and_what_mends_it(shop, order_body):
    shop.order(order_body)
    with tenancy.as_operator("test"):
        order = ConsumerOrder.objects.get()
    services.press(order, "push", request_key="1")
    services.hear_payment(order, "succeeded", request_key="2")
    services.refund_part(order, 4_550, request_key="3")

    told = shop.call("GET", "/orders/SH-1")[1]

    assert (told["paid"], told["discount"]) == ("500.00", "45.50")
    assert told["papers"]["payment"] == {"number": "PAY-1", "state": "matched", "customs": "red"}
    payment = told["payment"]
    assert (payment["state"], payment["sent"], payment["expected"]) == (
        "success",
        "545.50",
        "500.00",
    )
    assert (payment["cause"]["code"], payment["cause"]["button"]) == (
        "payment-other-amount",
        "Correct payment",
    )
