"""Forecast sheets: kept, checked, published, versioned."""

from datetime import date, timedelta

import pytest

from core import clock, documents, sheets, tenancy
from core.models import Document, Fact
from imports import queries, services
from imports.domain.forecasts import TEMPLATE_HEADINGS
from imports.models import ForecastLine, ForecastUpload
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")


def sheet(*rows, headings=TEMPLATE_HEADINGS):
    return sheets.write_csv(headings, rows)


def row(sku, *months, tolerance=0, year=2026):
    return [sku, "", "", year, tolerance, *months, *[0] * (12 - len(months))]


def test_a_sheet_without_faults_is_valid_and_changes_nothing_before_it_is_published(
    importer, serum
):
    upload = services.upload_forecast(importer, "plan.csv", sheet(row("SERUM-1", 10, 20)))

    assert (upload.state, upload.row_count, upload.errors) == ("valid", 1, [])
    assert not ForecastLine.objects.exists()


def test_a_published_sheet_is_the_importers_current_plan(importer, serum):
    content = sheet(row("SERUM-1", 10, 20, tolerance=6))
    upload = services.upload_forecast(importer, "plan.csv", content)

    assert services.publish(upload) == 1

    (plan,) = queries.plan_of(importer, 2026)
    assert (plan.sku, plan.months, plan.tolerance_units) == ("SERUM-1", (10, 20, *[0] * 10), 6)
    assert plan.total_units == 30
    assert (upload.state, upload.changed_count) == ("published", 1)


def test_a_spreadsheet_file_is_read_like_the_csv(importer, serum):
    out = sheets.SheetOut("plan", TEMPLATE_HEADINGS, [row("SERUM-1", 7)])
    upload = services.upload_forecast(importer, "plan.xlsx", sheets.write_xlsx([out]))
    services.publish(upload)

    assert queries.plan_of(importer, 2026)[0].months[0] == 7


def test_errors_name_row_column_value_and_code_and_nothing_is_published(importer, serum):
    upload = services.upload_forecast(importer, "plan.csv", sheet(row("SERUM-1", "ten")))

    assert upload.state == "invalid"
    assert upload.errors == [
        {
            "row": 2,
            "column": "Jan",
            "value": "ten",
            "code": "forecast-units-not-whole",
            "params": {"value": "ten", "most": 10_000_000},
        }
    ]
    with pytest.raises(services.UploadNeedsFixing):
        services.publish(upload)
    assert not ForecastLine.objects.exists()
    upload.refresh_from_db()
    assert upload.state == "invalid"


def test_a_perishable_product_is_refused_in_its_row_by_its_hs_code(importer, serum):
    factories.product(2, hs_code="0401200000", name="Longlife serum", shelf_life_days=900)
    upload = services.upload_forecast(
        importer, "plan.csv", sheet(row("SERUM-1", 1), row("SERUM-2", 1))
    )

    assert [(e["row"], e["column"], e["code"]) for e in upload.errors] == [
        (3, "SKU", "liquid-milk")
    ]


def test_shelf_life_is_judged_with_the_longest_lead_time_offered(importer, supplier):
    cream = factories.product(3, shelf_life_days=200)
    factories.offer(supplier, cream, lead_time_days=50)
    passes = services.upload_forecast(importer, "plan.csv", sheet(row("SERUM-3", 1)))
    factories.offer(factories.supplier("slow", "NZ"), cream, lead_time_days=51)
    fails = services.upload_forecast(importer, "plan.csv", sheet(row("SERUM-3", 1)))

    assert passes.errors == []
    assert fails.errors[0]["code"] == "shelf-life-too-short"


def test_an_unreadable_file_is_refused_and_nothing_is_kept(importer):
    with pytest.raises(sheets.WrongKindOfFile):
        services.upload_forecast(importer, "plan.pdf", b"%PDF")

    assert not ForecastUpload.objects.exists()
    assert not Document.objects.exists()


def test_a_changed_line_gets_a_new_version_and_the_old_one_ends(importer, serum):
    first = services.upload_forecast(importer, "plan.csv", sheet(row("SERUM-1", 10)))
    services.publish(first)
    later = clock.now() + timedelta(days=1)
    with clock.at(later):
        second = services.upload_forecast(importer, "plan.csv", sheet(row("SERUM-1", 12)))
        services.publish(second)

    versions = ForecastLine.objects.order_by("version_from").values_list("m01", "version_before")
    assert list(versions) == [(10, later), (12, None)]


def test_an_unchanged_line_keeps_its_version_and_products_not_named_keep_theirs(importer, serum):
    factories.product(2)
    both = sheet(row("SERUM-1", 10), row("SERUM-2", 5))
    services.publish(services.upload_forecast(importer, "plan.csv", both))
    one = services.upload_forecast(importer, "plan.csv", sheet(row("SERUM-1", 10)))

    assert services.publish(one) == 0
    assert ForecastLine.objects.count() == 2


def test_a_sheet_is_published_once(importer, serum):
    upload = services.upload_forecast(importer, "plan.csv", sheet(row("SERUM-1", 10)))
    services.publish(upload)
    stale = ForecastUpload.objects.get(pk=upload.pk)

    with pytest.raises(services.UploadAlreadyPublished):
        services.publish(stale)
    assert ForecastLine.objects.count() == 1


def test_the_sheet_is_kept_as_received(importer, serum):
    content = sheet(row("SERUM-1", 10))
    upload = services.upload_forecast(importer, "plan.csv", content)

    assert documents.content(upload.document) == content
    assert (upload.document.filename, upload.document.owner_id) == ("plan.csv", importer.pk)


def test_what_happened_is_in_the_fact_log_with_ids_only(importer, serum):
    upload = services.upload_forecast(importer, "plan.csv", sheet(row("SERUM-1", 10)))
    services.publish(upload)

    names = Fact.objects.order_by("pk").values_list("name", "data")
    ids = {"upload": upload.pk, "importer": importer.pk, "year": 2026}
    assert list(names) == [
        ("imports.forecast.uploaded", {**ids, "rows": 1, "errors": 0}),
        ("imports.forecast.published", {**ids, "lines": 1}),
    ]


def test_an_importer_never_sees_another_importers_plan(importer, stranger, serum):
    factories.plan(stranger, serum, m01=5)

    with tenancy.acting_for(importer):
        assert not ForecastLine.objects.exists()
        assert queries.plan_of(stranger, 2026) == []


@pytest.mark.parametrize("lines", [1, 30])
def test_a_plan_costs_one_query_whatever_its_size(lines, importer, django_assert_num_queries):
    for number in range(lines):
        factories.plan(importer, factories.product(number + 10), m01=number + 1)

    with django_assert_num_queries(1):
        assert len(queries.plan_of(importer, 2026)) == lines


@pytest.mark.parametrize("uploads", [1, 8])
def test_the_list_of_uploads_costs_one_query(uploads, importer, serum, django_assert_num_queries):
    for number in range(uploads):
        services.upload_forecast(importer, "plan.csv", sheet(row("SERUM-1", number)))

    with django_assert_num_queries(1):
        assert len(queries.uploads_of(importer)) == uploads


def test_publishing_takes_as_many_queries_for_forty_lines_as_for_four(
    importer, django_assert_max_num_queries
):
    for number in range(40):
        factories.product(number + 10)
    content = sheet(*(row(f"SERUM-{number + 10}", 1) for number in range(40)))
    upload = services.upload_forecast(importer, "plan.csv", content)

    with django_assert_max_num_queries(17):
        services.publish(upload)


def test_next_year_can_be_planned_before_it_begins(importer, serum):
    content = sheet(row("SERUM-1", 10, year=2027))
    with clock.at(date(2026, 3, 2)):
        services.publish(services.upload_forecast(importer, "plan.csv", content))

    assert queries.plan_of(importer, 2026) == []
    assert queries.plan_of(importer, 2027)[0].months[0] == 10
