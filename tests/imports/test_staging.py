"""Long sheets: read in parts by a worker, looked over, given back with faults, published."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from hypothesis import given, settings
from hypothesis import strategies as st

from core import clock, documents, jobs, sheets
from core.models import Fact, Job
from imports import queries, services
from imports.domain.forecast_reading import RowReader, columns_of, filled_rows
from imports.domain.forecasts import (
    REMARKS_HEADING,
    TEMPLATE_HEADINGS,
    Catalogue,
    CatalogueProduct,
    Line,
    YearNotOpen,
)
from imports.models import ForecastLine, ForecastUpload, StagedLine
from imports.services import forecasts, staging
from tests.imports import factories


@pytest.fixture
def many(monkeypatch, in_march):
    """Seven products; sheets of more than two rows are long, and read two rows at a time."""
    monkeypatch.setattr(forecasts, "READ_AT_ONCE", 2)
    monkeypatch.setattr(staging, "AT_A_TIME", 2)
    return [factories.product(number) for number in range(1, 8)]


def sheet(*rows):
    return sheets.write_csv(TEMPLATE_HEADINGS, rows)


def row(number, *months, year=2026):
    return [f"SERUM-{number}", "", "", year, 0, *months, *[0] * (12 - len(months))]


def long_sheet(*wrong):
    return sheet(*(row(n, "ten" if n in wrong else n) for n in range(1, 8)))


def send(importer, content, name="plan.csv"):
    return services.take_sheet(importer, name, content, year=2026)


# reading


def test_a_long_sheet_waits_for_a_worker_and_says_how_far_it_is_read(many, importer):
    upload = send(importer, long_sheet())

    assert (upload.state, upload.read_count, upload.row_count) == ("reading", 0, 7)
    with pytest.raises(services.UploadStillRead) as refused:
        services.publish(upload)
    assert refused.value.params == {"read": 0, "rows": 7}
    assert jobs.run_until_idle() == 1
    upload.refresh_from_db()
    assert (upload.state, upload.read_count, upload.added_count) == ("valid", 7, 7)
    assert (Job.objects.get().done, Job.objects.get().total) == (7, 7)


def test_a_worker_goes_on_where_another_died(many, importer, monkeypatch):
    upload = send(importer, sheet(*(row(n, n) for n in range(1, 7)), row(2, 9)))
    stage, parts = staging._stage, []

    def die_after_two(*part):
        if len(parts) == 2:
            raise SystemExit
        parts.append(part)
        stage(*part)

    monkeypatch.setattr(staging, "_stage", die_after_two)
    with pytest.raises(SystemExit):
        jobs.run_until_idle()
    upload.refresh_from_db()
    assert (upload.state, upload.read_count, StagedLine.objects.count()) == ("reading", 4, 4)

    monkeypatch.setattr(staging, "_stage", stage)
    Job.objects.update(lease_until=clock.now() - timedelta(days=9))
    jobs.run_until_idle()

    upload.refresh_from_db()
    assert (upload.state, upload.read_count) == ("invalid", 7)
    assert [(e["row"], e["code"], e["params"]["first_row"]) for e in upload.errors] == [
        (8, "forecast-product-twice", 3)
    ]
    assert [fact.name for fact in Fact.objects.all()] == ["imports.forecast.uploaded"]


def test_a_sheet_read_by_a_worker_reads_as_one_read_at_once(many, importer, stranger, monkeypatch):
    content = long_sheet(3, 6)
    by_worker = send(importer, content)
    jobs.run_until_idle()
    by_worker.refresh_from_db()
    monkeypatch.setattr(staging, "AT_A_TIME", 5_000)

    at_once = services.upload_forecast(stranger, "plan.csv", content, year=2026)

    assert by_worker.errors == at_once.errors
    assert [(e["row"], e["column"]) for e in at_once.errors] == [(4, "Jan"), (7, "Jan")]
    assert (by_worker.state, by_worker.fault_count) == (at_once.state, at_once.fault_count)


def test_two_workers_on_one_sheet_stage_no_row_twice(many, importer):
    upload = send(importer, long_sheet())
    other = ForecastUpload.objects.get(pk=upload.pk)
    read = sheets.read("plan.csv", long_sheet())
    staging.read_on(upload, read)

    with pytest.raises((staging.TakenByAnother, IntegrityError)):
        staging.read_on(other, read)

    assert StagedLine.objects.filter(upload=upload).count() == 7


def test_the_same_sheet_sent_twice_is_one_upload(many, importer, stranger):
    first, again = send(importer, long_sheet()), send(importer, long_sheet(), name="copy.csv")
    others = send(stranger, long_sheet())

    assert again.pk == first.pk != others.pk
    jobs.run_until_idle()
    assert services.publish(ForecastUpload.objects.get(pk=first.pk)) == 7
    later = services.upload_forecast(importer, "plan.csv", long_sheet(), year=2026)
    assert later.pk != first.pk
    assert (later.changed_count, later.unchanged_count) == (0, 7)


def test_a_sheet_waits_once_whoever_writes_it(many, importer):
    upload = send(importer, long_sheet())

    with pytest.raises(IntegrityError):
        ForecastUpload.objects.create(
            importer_id=importer.pk,
            document=upload.document,
            sha256=upload.sha256,
            year=2026,
            state="valid",
            uploaded_at=clock.now(),
        )


# publishing


def test_publishing_replaces_what_changed_and_keeps_what_did_not(many, importer):
    for number in (1, 2, 3):
        factories.plan(importer, many[number - 1], m01=number)
    content = sheet(row(1, 1), row(2, 20), row(3, 0), row(4, 4), row(5, 0))

    upload = services.upload_forecast(importer, "plan.csv", content, year=2026)

    assert (upload.added_count, upload.changed_count, upload.unchanged_count) == (1, 3, 2)
    assert services.publish(upload) == 3
    months = {plan.sku: plan.months[0] for plan in queries.plan_of(importer, 2026)}
    assert months == {"SERUM-1": 1, "SERUM-2": 20, "SERUM-3": 0, "SERUM-4": 4}
    assert ForecastLine.objects.filter(version_before=clock.now()).count() == 2
    assert not StagedLine.objects.exists()


def test_a_plan_that_changed_after_the_summary_is_judged_anew(many, importer):
    upload = services.upload_forecast(importer, "plan.csv", sheet(row(1, 1), row(2, 2)), year=2026)
    assert upload.added_count == 2
    factories.plan(importer, many[0], m01=1)
    factories.plan(importer, many[1], m01=9)

    assert services.publish(upload) == 1

    assert (upload.added_count, upload.changed_count, upload.unchanged_count) == (0, 1, 1)
    assert ForecastLine.objects.count() == 3


def test_a_product_that_became_unfit_sends_the_sheet_back(many, importer):
    upload = services.upload_forecast(importer, "plan.csv", sheet(row(1, 1), row(2, 2)), year=2026)
    type(many[0]).objects.filter(pk=many[1].pk).update(hs_code="0401200000")

    with pytest.raises(services.UploadNeedsFixing):
        services.publish(upload)

    upload.refresh_from_db()
    assert (upload.state, upload.errors[0]["code"]) == ("invalid", "liquid-milk")
    assert not ForecastLine.objects.exists()


def test_a_sheet_whose_stage_was_cleared_by_another_is_read_again(many, importer):
    first = services.upload_forecast(importer, "plan.csv", sheet(row(1, 1)), year=2026)
    services.upload_forecast(importer, "other.csv", sheet(row(2, 2)), year=2026)
    assert not StagedLine.objects.filter(upload=first).exists()

    assert services.publish(first) == 1

    assert queries.plan_of(importer, 2026)[0].sku == "SERUM-1"


# the pages


@pytest.fixture
def as_importer(client, importer_user):
    client.force_login(importer_user)
    return client


def test_the_page_of_a_sheet_shows_how_far_it_is_and_can_be_found_again(
    many, as_importer, importer
):
    upload = send(importer, long_sheet())
    address = reverse("imports:uploaded", args=[upload.pk])

    page = as_importer.get(address).content.decode()

    assert 'hx-trigger="every 1s"' in page
    assert '<progress max="7" value="0"' in page
    assert address in as_importer.get(reverse("imports:plan")).content.decode()
    jobs.run_until_idle()
    assert "What publishing changes" in as_importer.get(address).content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_faulty_sheet_comes_back_with_what_to_fix_and_can_be_sent_again(
    kind, many, as_importer, importer
):
    rows = [[*row(1, "ten"), ""], [""] * 18, [*row(2, 2), ""], [*row(9, 1), "old remark"]]
    headings = [*TEMPLATE_HEADINGS, "What to fix"]
    made = sheets.SheetOut("plan", headings, rows)
    content = sheets.write_csv(headings, rows) if kind == "csv" else sheets.write_xlsx([made])
    upload = services.upload_forecast(importer, f"plan.{kind}", content, year=2026)

    address = reverse("imports:upload-faults", args=[upload.pk, kind])
    back = as_importer.get(address).content
    given = sheets.read(f"back.{kind}", back)

    not_whole = (
        "Jan: “ten” is not a whole number of units from 0 to 10,000,000. "
        "Enter digits only; leave the cell empty for none."
    )
    unknown = (
        "SKU: No product has the SKU or GTIN “SERUM-9”. "
        "Check the number against the template, or ask the operator to add the product."
    )
    assert [line[-1] for line in given.rows] == [not_whole, "", "", unknown]
    assert [line[:18] for line in given.rows] == [[str(cell) for cell in line] for line in rows]


def test_a_sheet_given_back_is_mended_and_accepted(many, as_importer, importer):
    faulty = services.upload_forecast(importer, "plan.csv", long_sheet(3), year=2026)
    address = reverse("imports:upload-faults", args=[faulty.pk, "csv"])
    lines = list(csv.reader(io.StringIO(as_importer.get(address).content.decode("utf-8-sig"))))
    lines[3][5] = "3"

    mended = sheets.write_csv(lines[0], lines[1:])

    assert services.upload_forecast(importer, "plan.csv", mended, year=2026).state == "valid"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_column_of_what_to_fix_is_known_in_every_language(language):
    with translation.override(language):
        heading = gettext(REMARKS_HEADING)

    assert columns_of([*TEMPLATE_HEADINGS, heading], 1).faults == ()


def test_what_is_kept_of_a_sheet_is_sealed(many, importer):
    upload = send(importer, long_sheet())

    assert upload.document.is_sealed
    assert documents.content(upload.document) == long_sheet()


# our own export

name = st.text(min_size=1, max_size=12) | st.sampled_from(["=1+1", "+", "-3", "@x", "'", "''=a"])
figures = st.lists(st.integers(0, 10_000_000), min_size=13, max_size=13)


@settings(max_examples=60)
@given(st.lists(st.tuples(name, st.booleans(), figures), min_size=1, max_size=5),
       st.sampled_from(["csv", "xlsx"]))  # fmt: skip
def test_an_exported_plan_reads_as_the_plan_it_was(plan, kind):
    """Whatever products are called, and in whichever kind of file."""
    products = [
        CatalogueProduct(n, f"S-{n}", f"{10**12 + n:014d}", "3304990099", None, 30, title)
        for n, (title, _, _) in enumerate(plan)
    ]
    rows = [
        [p.sku, p.gtin, p.name, 2026 + is_next, *units]
        for p, (_, is_next, units) in zip(products, plan, strict=True)
    ]
    made = sheets.SheetOut("2026", TEMPLATE_HEADINGS, rows)
    file = sheets.write_csv(TEMPLATE_HEADINGS, rows) if kind == "csv" else sheets.write_xlsx([made])

    read = sheets.read(f"plan.{kind}", file)
    filled = filled_rows(read.rows, read.first_row_number)
    reader = RowReader(columns_of(read.headings, 1), Catalogue(products), 2026, lambda _: None)
    lines = [line for _, line in reader.lines(filled)]

    assert reader.errors == []
    assert lines == [
        Line(n, 2026 + is_next, tuple(units[1:]), units[0])
        for n, (_, is_next, units) in enumerate(plan)
    ]


def test_a_year_that_cannot_be_planned_is_a_fault_of_its_cell(many, importer):
    upload = services.upload_forecast(importer, "plan.csv", sheet(row(1, 1, year=2031)), year=2026)

    assert upload.errors[0]["code"] == YearNotOpen.code
