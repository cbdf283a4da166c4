"""Product passports and pallets: what the records say, as a page and as linked data."""

import json
from datetime import date

import pytest

from core import clock, tenancy
from imports.models import Certificate
from traceability import product_passports
from traceability.models import CodeUse
from warehouse import services as warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day")]

GTIN, LOT = "09520123456788", "SP-25-0917"


@pytest.fixture
def papers(product):
    for number, ends in (("OLD-1", date(2025, 6, 1)), ("HC-7", date(2026, 6, 1))):
        Certificate.objects.create(
            kind="health",
            product=product,
            number=number,
            issuer="Ministry",
            issued_on=date(2025, 1, 2),
            expires_on=ends,
        )


def test_each_level_has_its_identifier_and_its_own_answer_of_who_keeps_it(way, papers):
    read = product_passports.passport

    model, batch = (read(GTIN, lot, at=clock.now()) for lot in ("", LOT))
    item = read(GTIN, LOT, way.codes[0], at=clock.now())

    assert [each.identifier for each in (model, batch, item)] == [
        f"https://id.gs1.org/01/{GTIN}",
        f"https://id.gs1.org/01/{GTIN}/10/{LOT}",
        f"https://id.gs1.org/01/{GTIN}/10/{LOT}/21/{way.codes[0]}",
    ]
    assert (model.holder, batch.holder.name.en) == (None, "Beilun Pool Services")
    assert [paper.number for paper in batch.papers] == ["HC-7"]
    assert read(GTIN, "NONE", at=clock.now()) is None


def test_the_passport_of_a_lot_as_linked_data(client, way, papers):
    answer = client.get(f"/passport/{GTIN}/{LOT}", headers={"accept": "application/ld+json"})
    told = json.loads(answer.content)

    assert answer["Content-Type"] == "application/ld+json"
    assert (told["@id"], told["gtin14"]) == (f"https://id.gs1.org/01/{GTIN}/10/{LOT}", GTIN)
    assert told["gs1:expirationDate"] == "2027-03-14"
    assert told["hasCertification"][0]["certificationIdentification"] == "HC-7"
    more = {each["name"]: each["value"] for each in told["additionalProperty"]}
    assert (more["level"], more["HS code"]) == ("batch", "1901101000")


def test_the_page_of_a_units_passport_counts_no_look_up_and_leads_on(client, way):
    page = client.get(f"/t/{way.codes[0]}/passport")

    assert (page.status_code, len(page.content) < 30_000) == (200, True)
    assert (b"<script" in page.content, page.cookies) == (False, {})
    assert f"/01/{GTIN}/10/{LOT}/21/{way.codes[0]}".encode() in page.content
    assert not CodeUse.objects.filter(scan_count__gt=0).exists()
    assert client.get("/t/0000000000000000/passport").status_code == 404


def test_a_pallets_number_leads_to_the_lots_that_stand_on_it(client, way, pool, settings):
    settings.PUBLIC_HOST = "127.0.0.1:8000"
    with tenancy.as_operator("test"):
        house = warehouse.open_warehouse(pool, "H1", "House")
        pallet = warehouse.new_pallet(house.zones.get(code="BONDED"), company_prefix="9521234")
        warehouse.stow(way.lot, 40, target=pallet, request_key="k1")

    leads = client.get(f"/00/{pallet.code}")
    page = client.get(f"/p/00/{pallet.code}")
    told = client.get(f"/p/00/{pallet.code}?as=json").json()

    assert (leads.status_code, leads["Location"]) == (
        307,
        f"https://127.0.0.1:8000/p/00/{pallet.code}",
    )
    assert f"/p/{GTIN}/{LOT}" in page.content.decode()
    assert [(each["gtin"], each["lot"]) for each in told["lots"]] == [(GTIN, LOT)]
    assert "40" not in json.dumps(told["lots"])
    assert client.get("/p/00/095201230000000014").status_code == 404
