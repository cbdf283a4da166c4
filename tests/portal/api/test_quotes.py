"""The tax of an order, told before checkout and taken as told."""

import pytest


def quote(shop, **more):
    return shop.call("POST", "/quotes", {"pool": "ningbo-2025", **more})


def test_a_quote_tells_the_taxes_with_every_step(shop, stocked, formula):
    lines = [{"product": formula.sku, "units": 2, "price": "250.00"}]

    status, told = quote(shop, lines=lines)

    steps = told.pop("steps")
    assert (status, told) == (
        200,
        {
            "currency": "CNY",
            "regime": "within-limits",
            "dutiable": "500.00",
            "duty": "0.00",
            "consumption_tax": "0.00",
            "vat": "45.50",
            "tax": "45.50",
        },
    )
    assert steps[-1]["sentence"] == "Rounded, the taxes are 45.50 CNY."


def test_an_order_with_the_quoted_tax_is_taken(shop, order_body):
    _, told = quote(shop, lines=order_body["lines"])
    order_body["tax"] = told["tax"]

    assert shop.order(order_body)[0] == 201


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"pool": "nowhere"}, "pool-unknown"),
        ({"lines": [{"product": "nothing", "units": 1, "price": "1.00"}]}, "product-unknown"),
        ({"lines": [{"product": "960017", "units": 3, "price": "2500.00"}]}, "over-order-limit"),
        ({"lines": []}, "request-not-valid"),
        ({"on": "2020-01-01"}, "request-not-valid"),
    ],
)
def test_what_cannot_be_quoted_is_refused(shop, stocked, formula, change, code):
    lines = [{"product": formula.sku, "units": 1, "price": "1.00"}]

    status, problem = quote(shop, **{"lines": lines, **change})

    assert (status, problem["code"]) == (422, code)
