"""Pages of plan and buy, and who may see them."""

import csv
import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import sheets, tenancy
from core.models import Membership, Party, Role, User
from imports import queries, services
from imports.domain.forecasts import TEMPLATE_HEADINGS
from imports.models import Consignment, ForecastLine, ForecastUpload, Product, PurchaseOrder, Round
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")
PAGES = ["plan", "upload", "orders", "rounds"]


@pytest.fixture
def as_importer(client, importer_user):
    client.force_login(importer_user)
    return client


@pytest.fixture
def as_operator(client, operator_user):
    client.force_login(operator_user)
    return client


def sheet(*rows):
    return sheets.write_csv(TEMPLATE_HEADINGS, rows)


def row(sku, *months):
    return [sku, "", "", "", 0, *months, *[0] * (12 - len(months))]


def send(client, content, name="plan.csv", year=2026):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("imports:upload"), {"file": file, "year": year})


def test_the_plan_page_shows_products_by_month_with_totals(as_importer, importer, serum):
    factories.plan(importer, serum, m01=1_200, m12=30, tolerance_units=5)

    page = as_importer.get(reverse("imports:plan")).content.decode()

    for text in ("Serum 1", "SERUM-1", "1,200", "1,230"):
        assert text in page


def test_the_plan_is_drawn_month_by_month_with_its_figures(as_importer, importer, serum):
    factories.plan(importer, serum, m01=1_200, m12=30)

    page = as_importer.get(reverse("imports:plan")).content.decode()

    assert page.count('<svg class="chart') == 1
    assert "Plan: 1,230" in page


def test_an_empty_plan_page_says_what_to_do_first(as_importer):
    page = as_importer.get(reverse("imports:plan"))

    assert "Type the units of each month into the grid" in page.content.decode()


def publish(client, upload):
    return client.post(reverse("imports:upload-publish", args=[upload.pk]))


def test_a_correct_sheet_is_looked_over_and_becomes_the_plan_when_published(
    as_importer, importer, serum
):
    factories.product(2)
    factories.product(3)
    factories.plan(importer, serum, m01=7)
    factories.plan(importer, Product.objects.get(sku="SERUM-3"), m01=1)
    answer = send(as_importer, sheet(row("SERUM-1", 10, 20), row("SERUM-2", 5), row("SERUM-3", 1)))
    upload = ForecastUpload.objects.get()
    page = as_importer.get(answer.url)

    assert answer.url == reverse("imports:uploaded", args=[upload.pk])
    shown = [
        (r.row_number, r.change, r.before.total_units, r.after.total_units)
        for r in page.context["rows"]
    ]
    assert shown == [(2, "changed", 7, 30), (3, "added", 0, 5)]
    assert (upload.added_count, upload.changed_count, upload.unchanged_count) == (1, 2, 1)
    assert queries.plan_of(importer, 2026)[0].months[0] == 7
    told = publish(as_importer, upload)
    assert told.url == reverse("imports:plan")
    assert queries.plan_of(importer, 2026)[0].months[:2] == (10, 20)
    assert "2 lines changed." in as_importer.get(told.url).content.decode()


def test_a_wrong_sheet_shows_row_column_value_and_remedy_and_publishes_nothing(as_importer, serum):
    answer = send(as_importer, sheet(row("SERUM-1", "ten"), row("NOBODY", 1)))
    page = as_importer.get(answer.url).content.decode()

    assert answer.url == reverse("imports:uploaded", args=[ForecastUpload.objects.get().pk])
    assert "2 cells are wrong; nothing was published." in page
    for text in (
        '<td class="num">2</td><td>Jan</td><td class="mono">ten</td>',
        "“ten” is not a whole number of units from 0 to 10,000,000.",
        "Enter digits only; leave the cell empty for none.",
        '<td class="num">3</td><td>SKU</td><td class="mono">NOBODY</td>',
    ):
        assert text in page
    assert not ForecastLine.objects.exists()


def test_a_file_that_is_no_sheet_is_answered_in_the_form(as_importer):
    answer = send(as_importer, b"%PDF", name="plan.pdf")

    assert answer.status_code == 422
    assert "neither a CSV nor an XLSX file" in answer.content.decode()
    assert not ForecastUpload.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_downloaded_sheet_uploaded_unchanged_changes_nothing(
    kind, as_importer, importer, serum
):
    factories.product(2)
    factories.plan(importer, serum, m04=7, tolerance_units=2)
    downloaded = as_importer.get(reverse("imports:template", args=[kind])).content

    answer = send(as_importer, downloaded, name=f"plan.{kind}")

    assert "The sheet says what your plan says" in as_importer.get(answer.url).content.decode()
    publish(as_importer, ForecastUpload.objects.get())
    assert ForecastUpload.objects.get().changed_count == 0
    assert ForecastLine.objects.get().months == (0, 0, 0, 7, *[0] * 8)


def test_the_downloaded_sheet_lists_what_the_pool_may_hold_with_the_current_plan(
    as_importer, importer, serum
):
    factories.product(2, hs_code="0401200000")
    factories.plan(importer, serum, m04=7, tolerance_units=2)

    answer = as_importer.get(reverse("imports:template", args=["csv"]), {"year": 2026})

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [
        list(TEMPLATE_HEADINGS),
        ["SERUM-1", serum.gtin, "Serum 1", "2026", "2", *list("000700000000")],
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="forecast-2026.csv"'


def test_a_sheet_of_another_kind_is_not_found(as_importer):
    assert as_importer.get(reverse("imports:template", args=["pdf"])).status_code == 404


def test_another_importers_upload_is_not_found(client, importer, stranger_user, serum):
    upload = services.upload_forecast(importer, "plan.csv", sheet(row("SERUM-1", "x")))
    client.force_login(stranger_user)

    assert client.get(reverse("imports:uploaded", args=[upload.pk])).status_code == 404


def test_an_importer_sees_its_own_part_of_an_order_only(
    as_importer, pool, importer, stranger, supplier, serum
):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=30)
    factories.plan(stranger, serum, m04=777)
    factories.placed_order(pool)

    page = as_importer.get(reverse("imports:orders")).content.decode()

    assert "PO-2026-000001" in page
    assert "30" in page
    assert "777" not in page


@pytest.mark.parametrize("page", ["rounds"])
def test_importers_find_no_page_of_the_operator(page, as_importer):
    assert as_importer.get(reverse(f"imports:{page}")).status_code == 404


@pytest.mark.parametrize("page", ["plan", "upload", "orders"])
def test_the_operator_finds_no_page_of_an_importer(page, as_operator):
    assert as_operator.get(reverse(f"imports:{page}")).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_nobody_in_particular_is_asked_to_sign_in(page, client):
    answer = client.get(reverse(f"imports:{page}"))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("sign-in"))


def test_the_operator_takes_a_round_from_plans_to_an_arrived_consignment(
    as_operator, pool, importer, supplier, serum, tariffs
):
    factories.offer(supplier, serum, pack_units=12)
    factories.plan(importer, serum, m04=2_000)
    months = {"first_month": "2026-04-01", "last_month": "2026-06-30"}

    as_operator.post(reverse("imports:rounds"), months)
    round_ = Round.objects.get()
    as_operator.post(reverse("imports:consolidate", args=[round_.pk]))
    as_operator.post(reverse("imports:place", args=[round_.pk]))
    order = PurchaseOrder.objects.get()
    as_operator.post(reverse("imports:ship", args=[order.pk]), {"on": "2026-03-04"})
    consignment = Consignment.objects.get()
    as_operator.post(reverse("imports:arrive", args=[consignment.pk]), {"on": "2026-03-29"})

    page = as_operator.get(reverse("imports:order", args=[order.pk])).content.decode()
    assert Consignment.objects.get().arrived_on == date(2026, 3, 29)
    for text in ("PO-2026-000001", "rounded up to whole packs", "CN-2026-000001", "AES_FILING"):
        assert text in page
    assert "over 24 months old" in page
    assert "read then; the list is undated" in page
    assert '<span class="tag warn">assumed</span>' in page
    assert "ningbo-2025-2026-04" in as_operator.get(reverse("imports:rounds")).content.decode()


def test_a_round_page_shows_what_is_asked_before_it_is_consolidated(
    as_operator, pool, importer, stranger, serum
):
    factories.plan(importer, serum, m04=5)
    factories.plan(stranger, serum, m06=7)
    page = as_operator.get(reverse("imports:round", args=[factories.quarter(pool).pk]))

    assert (page.context["asked"], page.context["importers"], page.context["products"]) == (
        12,
        2,
        1,
    )
    assert "Consolidate into orders" in page.content.decode()


def test_a_refused_consolidation_is_answered_with_its_remedy_and_changes_nothing(as_operator, pool):
    round_ = factories.quarter(pool)

    answer = as_operator.post(reverse("imports:consolidate", args=[round_.pk]))

    assert answer.status_code == 422
    assert "Upload forecasts for these months" in answer.content.decode()
    assert Round.objects.get().state == "open"


def test_months_in_the_wrong_order_are_answered_in_the_form(as_operator, pool):
    months = {"first_month": "2026-06-01", "last_month": "2026-04-01"}

    answer = as_operator.post(reverse("imports:rounds"), months)

    assert answer.status_code == 422
    assert not Round.objects.exists()


def test_a_departure_without_a_day_changes_nothing(as_operator, pool, importer, supplier, serum):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=5)
    order = factories.placed_order(pool)

    as_operator.post(reverse("imports:ship", args=[order.pk]), {"on": "soon"})

    assert PurchaseOrder.objects.get().state == "placed"


def test_another_operators_orders_and_rounds_are_not_found(client, pool, importer, supplier, serum):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=5)
    order = factories.placed_order(pool)
    other = Party.objects.create(kind="operator", code="rival", name="Rival", country="CN")
    user = User.objects.create_user("rival")
    Membership.objects.create(user=user, party=other, role=Role.OPERATOR)
    client.force_login(user)

    for name, pk in [("order", order.pk), ("round", order.round_id)]:
        assert client.get(reverse(f"imports:{name}", args=[pk])).status_code == 404
    for name, pk in [("ship", order.pk), ("place", order.round_id)]:
        assert client.post(reverse(f"imports:{name}", args=[pk])).status_code == 404
    assert PurchaseOrder.objects.get().state == "placed"


@pytest.mark.parametrize("products", [1, 30])
def test_the_plan_page_takes_as_many_queries_for_thirty_products_as_for_one(
    products, as_importer, importer, django_assert_max_num_queries
):
    for number in range(products):
        factories.plan(importer, factories.product(number + 10), m01=1)

    with django_assert_max_num_queries(10):
        as_importer.get(reverse("imports:plan"))


@pytest.mark.parametrize("products", [1, 20])
def test_the_order_page_takes_as_many_queries_for_twenty_lines_as_for_one(
    products, as_operator, pool, importer, supplier, tariffs, django_assert_max_num_queries
):
    for number in range(products):
        of = factories.product(number + 10)
        factories.offer(supplier, of)
        factories.plan(importer, of, m04=500)
    order = factories.placed_order(pool)
    services.ship_order(order, departed_on=date(2026, 3, 4))

    with django_assert_max_num_queries(14):
        as_operator.get(reverse("imports:order", args=[order.pk]))


def test_pages_work_in_chinese(as_importer, importer, serum):
    factories.plan(importer, serum, m01=3)

    page = as_importer.get(reverse("imports:plan"), headers={"Accept-Language": "zh-hans"})

    assert "精华液1" in page.content.decode()


def test_an_importer_in_view_reads_its_own_uploads_only(importer, stranger, serum):
    services.upload_forecast(stranger, "plan.csv", sheet(row("SERUM-1", 1)))

    with tenancy.acting_for(importer):
        assert queries.uploads_of(stranger) == []
