"""What a shop may sell, and the products it may ask for."""

from datetime import timedelta

from core import tenancy
from portal.api import stock
from warehouse import queries

EXPIRES_ON = "2026-09-30"


def test_stock_is_told_by_product_with_what_can_be_sold(shop, order_body, formula, honey):
    shop.order(order_body)

    def row(product, reserved, free):
        return {
            "gtin": product.gtin,
            "name": product.name,
            "name_zh": product.name_zh,
            "owned_units": 100,
            "reserved_units": reserved,
            "free_units": free,
            "nearest_expiry": EXPIRES_ON,
        }

    assert shop.call("GET", "/stock") == (
        200,
        {"items": [row(formula, 2, 98), row(honey, 0, 100)], "next": None},
    )


def test_expired_units_are_owned_and_cannot_be_sold(importer, stocked):
    with tenancy.as_operator("test"):
        lot, _ = queries.positions(importer)

    told = stock.told([lot], lot.expires_on + timedelta(days=1))

    assert (told.owned_units, told.free_units, told.nearest_expiry) == (100, 0, None)


def test_stock_comes_a_page_at_a_time(shop, stocked, formula, honey):
    _, first = shop.call("GET", "/stock?limit=1")
    _, second = shop.call("GET", f"/stock?limit=1&cursor={first['next']}")

    assert [row["gtin"] for row in first["items"]] == [formula.gtin]
    assert [row["gtin"] for row in second["items"]] == [honey.gtin]
    assert second["next"] is None


def test_another_importers_stock_is_not_told(other_shop, stocked):
    assert other_shop.call("GET", "/stock") == (200, {"items": [], "next": None})


def test_stock_costs_the_same_whatever_the_page(
    shop, stocked, django_assert_num_queries, django_assert_max_num_queries
):
    shop.call("GET", "/stock")
    with django_assert_max_num_queries(12) as small:
        shop.call("GET", "/stock?limit=1")

    with django_assert_num_queries(len(small)):
        shop.call("GET", "/stock?limit=200")


def test_products_are_told_with_what_customs_knows_them_as(shop, formula, honey):
    status, told = shop.call("GET", "/products?limit=1")

    assert (status, told["next"]) == (200, str(formula.pk))
    assert told["items"] == [
        {
            "sku": formula.sku,
            "gtin": "09421902960017",
            "name": "Infant formula",
            "name_zh": "婴儿配方奶粉",
            "brand": "",
            "category": "",
            "hs_code": "1901101000",
            "origin": "NZ",
            "shelf_life_days": formula.shelf_life_days,
            "net_weight_g": 800,
            "gross_weight_g": 950,
        }
    ]
