"""A year's statement over the API: the figures of the page, as strings."""

from core import tenancy
from fx_settlement import services
from portal.api.shapes import money
from tests.fx_settlement.conftest import (
    approved,
    batch,
    checker,
    closed,
    dated_tables,
    day_of_receipt,
    maker,
    owed,
    trade,
)
from tests.fx_settlement.conftest import as_operator as pool_in_view

__all__ = [
    "approved",
    "as_operator",
    "batch",
    "checker",
    "closed",
    "dated_tables",
    "day_of_receipt",
    "maker",
    "owed",
    "trade",
]
as_operator = pool_in_view


def test_a_statement_tells_what_was_paid_and_what_it_would_have_cost_alone(shop, closed):
    status, told = shop.call("GET", "/statements/2025")

    by_name = {row.pop("component"): row for row in told["components"]}
    assert (status, told["year"], told["currency"], told["units"]) == (200, 2025, "CNY", 60)
    assert by_name["goods"] == {"pooled": "5639.98", "alone": "6048.00", "saving": "408.02"}
    assert by_name["wires-and-conversion"] == {
        "pooled": "161.53",
        "alone": "230.24",
        "saving": "68.71",
    }
    assert told["pooled"] == "5801.51"


def test_the_figures_and_rows_are_those_of_the_statement(shop, closed, importer):
    _, told = shop.call("GET", "/statements/2025")
    with tenancy.acting_for(importer):
        made = services.statement(importer, 2025)

    assert [(row["key"], row["trust"]) for row in told["rows"]] == [
        (row.key, row.trust.value) for row in made.rows
    ]
    assert (told["saving"], told["saving_low"], told["saving_high"], told["trust"]) == (
        money(made.saving.minor),
        money(made.saving.low),
        money(made.saving.high),
        made.trust.value,
    )


def test_a_year_without_an_account_has_no_statement(shop, importer):
    status, problem = shop.call("GET", "/statements/2024")

    assert (status, problem["code"]) == (404, "not-found")
