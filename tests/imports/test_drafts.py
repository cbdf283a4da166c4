"""What importers type into the annual grid: kept apart, then submitted as their plan."""

import json

import pytest
from django.db import IntegrityError
from django.urls import reverse

from core import clock, sheets, tenancy
from core.models import Fact
from imports import queries, services
from imports.domain.drafts import Figures, RowChangedMeanwhile
from imports.domain.forecasts import TEMPLATE_HEADINGS, ProductUnknown, UnitsNotWhole, YearNotOpen
from imports.domain.perishables import LiquidMilk
from imports.models import DraftLine, ForecastLine
from imports.services import RowEdit
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")


def save(importer, product, version=0, year=2026, **typed):
    (row,) = services.save_draft(importer, year, [RowEdit(product.pk, version, typed)])
    return row


def grid_of(importer, product, year=2026):
    return next(x for x in queries.grid(importer, year) if x.product_id == product.pk)


def submit(importer, year=2026):
    seen = services.review_draft(importer, year).seen
    return services.submit_draft(importer, year, seen=seen)


# saving as one types


def test_a_draft_begins_from_the_plan_and_the_plan_stays_as_it_was(importer, serum):
    factories.plan(importer, serum, m01=10, m02=20, tolerance_units=3)

    row = save(importer, serum, m02="25")

    assert (row.version, row.faults) == (1, {})
    assert row.figures == Figures((10, 25, *[0] * 10), 3)
    assert queries.plan_of(importer, 2026)[0].months[:2] == (10, 20)
    assert grid_of(importer, serum).changed == {"m02", "q1"}


def test_a_draft_adds_no_fact_and_no_version_of_the_plan(importer, serum):
    save(importer, serum, m02="25")

    assert not Fact.objects.exists()
    assert not ForecastLine.objects.exists()


def test_a_faulty_cell_is_not_saved_and_the_good_ones_beside_it_are(importer, serum):
    row = save(importer, serum, m01="ten", m02="8")

    assert row.figures.months[:2] == (0, 8)
    assert row.faults.keys() == {"m01"}
    assert isinstance(row.faults["m01"], UnitsNotWhole)


def test_what_another_window_saved_is_not_overwritten_unseen(importer, serum):
    save(importer, serum, version=0, m01="10")

    late = save(importer, serum, version=0, m01="99")

    assert late.figures.months[0] == 10
    assert late.version == 1
    assert isinstance(late.faults["m01"], RowChangedMeanwhile)
    assert save(importer, serum, version=1, m01="99").figures.months[0] == 99


def test_the_same_figures_saved_again_start_no_new_version(importer, serum):
    save(importer, serum, m01="10")

    assert save(importer, serum, version=1, m01="10").version == 1


def test_a_product_that_the_pool_may_not_hold_is_refused_in_its_row(importer, serum):
    milk = factories.product(2, hs_code="0401200000")

    answers = services.save_draft(
        importer,
        2026,
        [
            RowEdit(milk.pk, 0, {"m01": "1"}),
            RowEdit(serum.pk, 0, {"m01": "1"}),
            RowEdit(999, 0, {"m01": "1"}),
        ],
    )

    assert [type(a.faults.get("row")) for a in answers] == [LiquidMilk, type(None), ProductUnknown]
    assert list(DraftLine.objects.values_list("product_id", flat=True)) == [serum.pk]


def test_a_year_that_cannot_be_planned_takes_no_draft(importer, serum):
    with pytest.raises(YearNotOpen):
        save(importer, serum, year=2031, m01="1")

    assert not DraftLine.objects.exists()


def test_a_draft_is_its_importers_own(importer, stranger, serum):
    save(stranger, serum, m01="5")

    with tenancy.acting_for(importer):
        assert not DraftLine.objects.exists()
        assert save(importer, serum, m01="7").figures.months[0] == 7
    assert grid_of(stranger, serum).draft.months[0] == 5


def test_a_product_has_one_draft_a_year(importer, serum):
    save(importer, serum, m01="5")

    with pytest.raises(IntegrityError):
        DraftLine.objects.create(
            importer_id=importer.pk, product=serum, year=2026, changed_at=clock.now()
        )


@pytest.mark.parametrize("products", [2, 20])
def test_saving_costs_as_many_queries_for_twenty_rows_as_for_two(
    products, importer, django_assert_max_num_queries
):
    edits = [RowEdit(factories.product(n).pk, 0, {"m01": "5"}) for n in range(10, 10 + products)]

    with django_assert_max_num_queries(12):
        services.save_draft(importer, 2026, edits)


# submitting


def test_a_submitted_draft_is_the_plan_and_the_draft_is_empty(importer, serum):
    factories.plan(importer, serum, m01=10)
    save(importer, serum, m01="12", tolerance="4")

    assert submit(importer) == 1

    (plan,) = queries.plan_of(importer, 2026)
    assert (plan.months[0], plan.tolerance_units) == (12, 4)
    assert not DraftLine.objects.exists()
    assert ForecastLine.objects.filter(version_before=clock.now(), m01=10).count() == 1
    (fact,) = Fact.objects.all()
    data = {"importer": importer.pk, "year": 2026, "lines": 1}
    assert (fact.name, fact.data) == ("imports.forecast.submitted", data)


def test_only_what_was_reviewed_is_submitted(importer, serum):
    save(importer, serum, m01="12")
    seen = services.review_draft(importer, 2026).seen
    save(importer, serum, version=1, m01="13")

    with pytest.raises(services.DraftChangedMeanwhile):
        services.submit_draft(importer, 2026, seen=seen)

    assert not ForecastLine.objects.exists()
    assert DraftLine.objects.get().m01 == 13


def test_a_plan_that_changed_under_the_draft_has_to_be_reviewed_anew(importer, serum):
    save(importer, serum, m01="12")
    seen = services.review_draft(importer, 2026).seen
    factories.plan(importer, serum, m02=5)

    with pytest.raises(services.DraftChangedMeanwhile):
        services.submit_draft(importer, 2026, seen=seen)


def test_a_draft_that_says_what_the_plan_says_is_not_submitted(importer, serum):
    factories.plan(importer, serum, m01=12)
    save(importer, serum, m01="13")
    save(importer, serum, version=1, m01="12")

    with pytest.raises(services.NothingToSubmit):
        submit(importer)


def test_a_product_that_became_unfit_holds_the_whole_draft_back(importer, serum):
    other = factories.product(2)
    save(importer, serum, m01="12")
    save(importer, other, m01="12")
    type(other).objects.filter(pk=other.pk).update(hs_code="0401200000")

    with pytest.raises(LiquidMilk):
        submit(importer)

    assert not ForecastLine.objects.exists()
    assert DraftLine.objects.count() == 2


def test_a_discarded_draft_leaves_the_plan(importer, serum):
    factories.plan(importer, serum, m01=12)
    save(importer, serum, m01="13")

    assert services.discard_draft(importer, 2026) == 1
    assert grid_of(importer, serum).draft.months[0] == 12


# the page


@pytest.fixture
def as_importer(client, importer_user):
    client.force_login(importer_user)
    return client


GRID = reverse("imports:grid")


def sent(client, rows, year=2026):
    body = json.dumps({"year": year, "rows": rows})
    return client.post(reverse("imports:grid-save"), body, content_type="application/json")


def test_the_grid_shows_every_product_that_may_be_planned_with_the_draft(
    as_importer, importer, serum
):
    factories.product(2, hs_code="0401200000", name="Fresh milk")
    factories.plan(importer, serum, m01=12)
    save(importer, serum, m02="1200")

    page = as_importer.get(GRID).content.decode()

    assert f'name="{serum.pk}-m01" data-field="m01" value="12"' in page
    assert f'name="{serum.pk}-m02" data-field="m02" value="1200"' in page
    assert f'name="{serum.pk}-version" value="1"' in page
    assert "1 row differs from your plan." in page
    assert '<td data-total="year">1,212</td>' in page
    assert "Fresh milk" not in page


def test_a_window_saves_what_is_typed_and_is_told_how_its_rows_and_the_sums_stand(
    as_importer, importer, serum
):
    cells = {"m01": "10", "m02": "ten", "q2": "30"}
    answer = sent(as_importer, [{"product": serum.pk, "version": 0, "cells": cells}]).json()

    (row,) = answer["rows"]
    assert (row["product"], row["version"], row["total"]) == (serum.pk, 1, "40")
    assert [row["cells"][f"m{n:02d}"] for n in range(1, 8)] == [10, 0, 0, 10, 10, 10, 0]
    assert row["faults"]["m02"]["code"] == "forecast-units-not-whole"
    assert row["faults"]["m02"]["remedy"] == "Enter digits only; leave the cell empty for none."
    assert (answer["totals"]["m01"], answer["totals"]["q2"]) == ("10", "30")
    assert answer["year_total"] == "40"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        '{"rows": 1}',
        '{"rows": [{"product": 1}]}',
        '{"rows": [{"product": 1, "version": 0, "cells": {"importer": "2"}}]}',
        '{"rows": [{"product": "x", "version": 0, "cells": {}}]}',
        '{"rows": [{"product": 1e99, "version": 0, "cells": {}}]}',
        json.dumps({"rows": [{"product": 1, "version": 0, "cells": {}}] * 2}),
        "[" * 100_000,
    ],
)
def test_anything_else_than_rows_of_figures_is_declined(body, as_importer):
    answer = as_importer.post(
        reverse("imports:grid-save"), body, content_type="application/json",
        headers={"Accept": "application/problem+json"},
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (422, "draft-unreadable")
    assert not DraftLine.objects.exists()


def form_of(client, address=GRID):
    """The fields of the plain form as a browser without script would send them."""
    page = client.get(address)
    fields = {}
    for each in page.context["rows"]:
        fields[f"{each.row.product_id}-version"] = str(each.row.version)
        fields |= {f"{each.row.product_id}-{c.field}": c.text for c in each.cells}
    return fields


def test_the_form_works_without_script(as_importer, importer, serum):
    factories.product(2)
    fields = form_of(as_importer)

    answer = as_importer.post(GRID, {**fields, f"{serum.pk}-m05": "40", "then": "review"})

    assert answer.url == f"{reverse('imports:grid-review')}?year=2026"
    assert DraftLine.objects.get().m05 == 40


def test_without_script_a_faulty_cell_is_shown_as_typed_with_what_to_do(as_importer, serum):
    fields = form_of(as_importer)

    answer = as_importer.post(GRID, {**fields, f"{serum.pk}-m05": "<b>40", f"{serum.pk}-m06": "3"})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert 'value="&lt;b&gt;40"' in page
    assert "Enter digits only; leave the cell empty for none." in page
    assert (DraftLine.objects.get().m05, DraftLine.objects.get().m06) == (0, 3)


def test_without_script_an_older_page_overwrites_nothing(as_importer, importer, serum):
    fields = form_of(as_importer)
    save(importer, serum, m05="7")

    answer = as_importer.post(GRID, {**fields, f"{serum.pk}-m05": "40"})

    assert "Another window changed this row meanwhile" in answer.content.decode()
    assert DraftLine.objects.get().m05 == 7


def test_quarters_can_be_typed_instead_of_months(as_importer, importer, serum):
    fields = form_of(as_importer, f"{GRID}?view=quarters")
    assert set(fields) == {f"{serum.pk}-{n}" for n in ("version", "q1", "q2", "q3", "q4",
                                                       "tolerance")}  # fmt: skip

    as_importer.post(f"{GRID}?view=quarters", {**fields, f"{serum.pk}-q2": "100"})

    assert DraftLine.objects.get().months == (0, 0, 0, 34, 33, 33, *[0] * 6)


def test_the_review_shows_each_cell_before_and_after_and_submits(as_importer, importer, serum):
    factories.plan(importer, serum, m01=10)
    save(importer, serum, m01="12", m03="1")
    address = f"{reverse('imports:grid-review')}?year=2026"

    page = as_importer.get(address)
    assert "Jan 10 → <b>12</b>" in page.content.decode()
    answer = as_importer.post(address, {"seen": page.context["review"].seen})

    assert answer.url == f"{reverse('imports:plan')}?year=2026"
    assert (
        "The draft is your plan now. 1 line changed."
        in as_importer.get(answer.url).content.decode()
    )


def test_products_are_found_by_words_of_either_language(importer, serum):
    factories.product(2, name="Hand cream", name_zh="护手霜")
    rows = queries.grid(importer, 2026, services.eligible_products())

    assert [row.sku for row in queries.found_by(rows, "hand CREAM")] == ["SERUM-2"]
    assert [row.sku for row in queries.found_by(rows, "精华")] == ["SERUM-1"]
    assert [row.sku for row in queries.found_by(rows, "serum-")] == ["SERUM-1", "SERUM-2"]


@pytest.mark.parametrize("products", [1, 70])
def test_the_grid_costs_the_same_queries_whatever_the_size(
    products, as_importer, importer, django_assert_num_queries
):
    for number in range(products):
        factories.plan(importer, factories.product(number + 10), m01=number + 1)

    with django_assert_num_queries(13):
        page = as_importer.get(GRID)

    assert len(page.context["rows"]) == min(products, 60)


def test_a_sheet_and_the_grid_write_the_same_plan(importer, serum):
    row = ["SERUM-1", "", "", 2026, 2, *range(1, 13)]
    services.send_forecast(importer, "plan.csv", sheets.write_csv(TEMPLATE_HEADINGS, [row]))
    (by_sheet,) = queries.plan_of(importer, 2026)
    save(importer, serum, **{f"m{n:02d}": "0" for n in range(1, 13)}, tolerance="0")
    submit(importer)
    save(importer, serum, **{f"m{n:02d}": str(n) for n in range(1, 13)}, tolerance="2")
    submit(importer)

    assert queries.plan_of(importer, 2026) == [by_sheet]
