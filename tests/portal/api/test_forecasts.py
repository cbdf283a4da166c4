"""Plans over the API: read, replaced as a whole, refused by line and month."""

import pytest

from core import tenancy
from imports.models import ForecastLine

MONTHS = [10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]


@pytest.fixture
def year(pool, formula, honey):
    """2025, the year of the pool."""
    return pool.year


def line(product, months=MONTHS, tolerance=0):
    return {"sku": product.sku, "months": months, "tolerance": tolerance}


def planned() -> int:
    with tenancy.as_operator("test"):
        return ForecastLine.objects.filter(version_before=None).count()


def test_a_plan_is_taken_and_read_back(shop, year, formula):
    expected = {
        "year": 2025,
        "lines": [
            {
                "sku": formula.sku,
                "gtin": formula.gtin,
                "name": "Infant formula",
                "months": MONTHS,
                "tolerance": 3,
            }
        ],
    }

    sent = shop.call("PUT", "/forecasts/2025", {"lines": [line(formula, tolerance=3)]})

    assert sent == (200, expected)
    assert shop.call("GET", "/forecasts/2025") == (200, expected)


def test_the_same_plan_again_changes_nothing(shop, year, formula):
    first = shop.call("PUT", "/forecasts/2025", {"lines": [line(formula)]})

    assert shop.call("PUT", "/forecasts/2025", {"lines": [line(formula)]}) == first
    with tenancy.as_operator("test"):
        assert ForecastLine.objects.count() == 1


def test_products_that_are_not_named_keep_their_line(shop, year, formula, honey):
    shop.call("PUT", "/forecasts/2025", {"lines": [line(formula)]})
    _, told = shop.call("PUT", "/forecasts/2025", {"lines": [line(honey)]})

    assert sorted(row["sku"] for row in told["lines"]) == sorted([formula.sku, honey.sku])


def test_each_wrong_line_is_named_and_none_is_taken(shop, year, formula):
    wrong = {"sku": "NOPE", "months": MONTHS}

    status, problem = shop.call("PUT", "/forecasts/2025", {"lines": [line(formula), wrong]})

    assert (status, problem["code"]) == (422, "upload-needs-fixing")
    assert problem["errors"] == [
        {
            "where": "lines.1.sku",
            "value": "NOPE",
            "code": "forecast-product-unknown",
            "detail": "No product has the SKU or GTIN “NOPE”.",
            "remedy": "Check the number against the template, or ask the operator to add "
            "the product.",
        }
    ]
    assert planned() == 0


def test_a_product_that_is_named_twice_is_refused(shop, year, formula):
    status, problem = shop.call("PUT", "/forecasts/2025", {"lines": [line(formula)] * 2})

    assert (status, problem["errors"][0]["code"]) == (422, "forecast-product-twice")


@pytest.mark.parametrize("asked", [2024, 2027])
def test_only_the_pools_year_and_the_next_can_be_planned(shop, year, formula, asked):
    status, problem = shop.call("PUT", f"/forecasts/{asked}", {"lines": [line(formula)]})

    assert (status, problem["code"]) == (422, "forecast-year-not-open")


@pytest.mark.parametrize(
    "change",
    [
        {"months": MONTHS[:11]},
        {"months": [*MONTHS, 1]},
        {"months": [-1, *MONTHS[1:]]},
        {"months": [10**9, *MONTHS[1:]]},
        {"months": ["1", *MONTHS[1:]]},
        {"tolerance": -1},
        {"owner": 1},
        {"sku": "=1+1"},
    ],
)
def test_figures_out_of_form_are_refused(shop, year, formula, change):
    body = {"lines": [{**line(formula), **change}]}

    status, problem = shop.call("PUT", "/forecasts/2025", body)

    assert (status, problem["code"]) == (422, "request-not-valid")
    assert planned() == 0


def test_one_importers_plan_is_not_anothers(shop, other_shop, year, formula):
    shop.call("PUT", "/forecasts/2025", {"lines": [line(formula)]})

    assert other_shop.call("GET", "/forecasts/2025") == (200, {"year": 2025, "lines": []})
