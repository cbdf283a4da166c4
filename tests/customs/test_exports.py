"""Release times and parcels as spreadsheets: exact figures, nobody named, no text that runs."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock, sheets, tenancy
from core.models import Party, Pool
from customs import parcel_queries, services
from customs.models import ConsumerOrder, Declaration
from tests.conftest import party
from tests.customs.shop import BUYER, ORDERED_AT
from tests.customs.test_views import get, signed_in

pytestmark = pytest.mark.django_db
DAYS = {"first": "2025-05-01", "last": "2025-05-01"}
DAY = ORDERED_AT.date()


@pytest.fixture
def parcels(take, stocked):
    """One parcel released 24 minutes and a second after it was declared, and one refused."""
    orders = [take(2), take(1)]
    services.declare_batch(stocked, orders, request_key="1")
    with tenancy.as_operator("test"):
        first, second = Declaration.objects.order_by("pk")
    at = clock.now() + timedelta(minutes=24, seconds=1)
    services.receive_answer(first, "800", at, invt_no="31052025I000000001")
    services.receive_answer(second, "100", at, "-621018 x")
    return orders


def download(user, kind, **days):
    return signed_in(user).get(reverse("customs:parcels-file", args=[kind]), {**DAYS, **days})


def read_csv(answered):
    return list(csv.DictReader(io.StringIO(answered.content.decode("utf-8-sig"))))


def test_parcels_come_one_by_one_with_numbers_answers_times_and_taxes(parcels, broker_user):
    first, second = read_csv(download(broker_user, "csv"))

    assert first == {
        "Declaration no.": "DEC-2025-000001",
        "Number of customs": "31052025I000000001",
        "Order no.": "SH-0001",
        "Waybill no.": "YT-SH-0001",
        "Pool": parcels[0].pool.code,
        "Importer": parcels[0].importer.name,
        "Platform": "Example Mall",
        "State": "released",
        "Code of the refusal": "",
        "Declared at": "2025-05-01 09:30:00",
        "Released at": "2025-05-01 09:54:01",
        "Minutes to the release": "25",
        "Gross weight, g": "2400",
        "Currency": "CNY",
        "Dutiable value": "500.00",
        "Duty": "0.00",
        "Consumption tax": "0.00",
        "VAT": "45.50",
        "Taxes": "45.50",
        "List out": "",
        "Out of the book on": "",
    }
    assert (second["State"], second["Code of the refusal"], second["Released at"]) == (
        "refused",
        "-621018",
        "",
    )


def test_both_kinds_hold_the_same_and_name_nobody(parcels, broker_user):
    answered = download(broker_user, "xlsx")

    sheet = sheets.read("p.xlsx", answered.content)
    rows = [dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows]
    told = read_csv(download(broker_user, "csv"))
    assert [row["Declaration no."] for row in rows] == [row["Declaration no."] for row in told]
    assert [row["VAT"] for row in rows] == ["45.5", "22.75"]
    everything = answered.content + download(broker_user, "csv").content
    assert BUYER.name.encode() not in everything
    assert BUYER.id_number.encode() not in everything


def test_a_number_that_a_spreadsheet_would_run_comes_as_text(parcels, broker_user):
    with tenancy.as_operator("test"):
        ConsumerOrder.objects.filter(pk=parcels[0].pk).update(order_no="=1+1")
        Party.objects.filter(pk=parcels[0].importer_id).update(name="@SUM(A1)")

    (row, _) = read_csv(download(broker_user, "csv"))
    assert (row["Order no."], row["Importer"]) == ("'=1+1", "'@SUM(A1)")
    sheet = sheets.read("p.xlsx", download(broker_user, "xlsx").content)
    assert sheet.rows[0][2] == "=1+1"
    times = get(broker_user, "times-file", "csv").content.decode("utf-8-sig")
    assert "'@SUM(A1)" in times


def test_release_times_come_as_csv_too_and_in_no_third_kind(parcels, broker_user):
    (row,) = read_csv(get(broker_user, "times-file", "csv"))

    assert (row["HS code"], row["Declared"], row["Released"], row["Usual, minutes"]) == (
        "1901101000",
        "2",
        "1",
        "25",
    )
    assert get(broker_user, "times-file", "pdf").status_code == 404
    assert download(broker_user, "pdf").status_code == 404


def test_other_days_other_brokers_and_importers_get_no_parcel(
    parcels, broker_user, importer_user, operator
):
    assert read_csv(download(broker_user, "csv", first="2025-05-02", last="2025-05-03")) == []
    Pool.objects.update(broker=party(Party.Kind.BROKER, "elsewhere"))
    assert read_csv(download(broker_user, "csv")) == []
    assert download(importer_user, "csv").status_code == 404


def test_what_no_file_can_hold_or_no_calendar_knows_is_said_on_the_page(
    parcels, broker_user, monkeypatch
):
    wrong = download(broker_user, "csv", first="2025-13-01")
    monkeypatch.setattr(parcel_queries, "MOST_PARCELS", 1)
    large = download(broker_user, "xlsx")

    assert (wrong.status_code, large.status_code) == (422, 422)
    assert "More than 1 parcels were declared" in large.content.decode()


def test_parcels_cost_one_query_whatever_their_number(parcels, stocked, django_assert_num_queries):
    with tenancy.as_operator("test"), django_assert_num_queries(1):
        found = parcel_queries.parcels([stocked], DAY, DAY)

    assert [(row.cop_no, row.minutes, row.tax_minor) for row in found] == [
        ("DEC-2025-000001", 25, 4_550),
        ("DEC-2025-000002", None, 2_275),
    ]
