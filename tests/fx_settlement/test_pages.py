"""The pages of pay and charge, as an importer, a stranger and the operator find them."""

import io
import re

import pypdf
import pytest

from core import jobs
from fx_settlement import services
from tests.conftest import party, user_of

YEAR = "/settlement/statement/2025/"


def rows(html):
    """Table rows as texts, cells separated by a bar."""
    found = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in found]
    return ["|".join(re.sub(r"<[^>]+>", "", cell).strip() for cell in row) for row in cells]


@pytest.fixture
def year(closed, owed):
    needs = services.charges_needed(owed.consignment)
    services.fund_shortfalls(owed.pool, needs, reference="charges")
    services.share_charges(owed.consignment)
    return owed


@pytest.fixture
def page(client):
    def page(user, address):
        client.force_login(user)
        return client.get(address)

    return page


def test_an_importer_reads_its_year_with_the_verdict_first(year, importer_user, page):
    html = page(importer_user, YEAR).content.decode()

    made = services.statement(year.a, 2025)
    assert "<h1>Statement 2025</h1>" in html
    assert "The pool saved CN¥" in html
    assert "Goods|CN¥6,048.00|CN¥5,639.98|CN¥408.02" in rows(html)
    assert all(row.key in html for row in made.rows)
    assert "older than 24 months" in html


def test_the_address_of_all_statements_leads_to_the_newest(year, importer_user, page):
    response = page(importer_user, "/settlement/statement/")

    assert response.headers["Location"] == YEAR


def test_who_has_paid_nothing_in_is_told_so(importer_user, page, as_operator):
    response = page(importer_user, "/settlement/statement/")

    assert "No statement yet" in response.content.decode()


def test_a_year_without_an_account_is_not_found(year, importer_user, page):
    assert page(importer_user, "/settlement/statement/2019/").status_code == 404


def test_a_statement_is_drawn_once_ordered_and_downloaded_as_a_pdf(year, importer_user, client):
    client.force_login(importer_user)
    assert client.get(f"{YEAR}pdf/").status_code == 404

    client.post(f"{YEAR}print/")
    client.post(f"{YEAR}print/")
    assert "being made" in client.get(YEAR).content.decode()
    assert jobs.run_until_idle() == 1

    response = client.get(f"{YEAR}pdf/")
    text = pypdf.PdfReader(io.BytesIO(response.content)).pages[0].extract_text()
    assert response.headers["Content-Type"] == "application/pdf"
    assert "Statement 2025" in text
    assert "CN¥5,639.98" in text
    assert "Download PDF" in client.get(YEAR).content.decode()


def test_the_printed_statement_lists_every_row_used(year, importer_user, client):
    client.force_login(importer_user)
    client.post(f"{YEAR}print/")
    jobs.run_until_idle()

    pages = pypdf.PdfReader(io.BytesIO(client.get(f"{YEAR}pdf/").content)).pages

    text = "".join(each.extract_text() for each in pages)
    assert all(row.key in text for row in services.statement(year.a, 2025).rows)


def test_the_operator_sees_the_batch_with_rate_wires_and_shares(closed, operator_user, page):
    html = page(operator_user, f"/settlement/batches/{closed.pk}/").content.decode()

    assert "1 USD = 7.2000000000 CNY" in html
    assert "simulated bank" in html
    assert "Kowhai Trading|$783.33|CN¥5,668.18|CN¥28.20|CN¥133.33|CN¥0.00" in [
        row.replace("US$", "$") for row in rows(html)
    ]


def test_the_operator_sees_every_batch_and_what_waits(owed, batch, operator_user, page):
    html = page(operator_user, "/settlement/batches/").content.decode()

    assert batch.number in html
    assert any(
        row.replace("US$", "$").startswith("USDNingbo Beilun pool|4|$1,175.00")
        for row in rows(html)
    )


def test_the_operator_may_read_an_importers_statement(year, operator_user, page):
    html = page(operator_user, "/settlement/importers/kowhai/2025/").content.decode()

    assert "CN¥5,639.98" in html
    assert "Make PDF" not in html


ADDRESSES = (
    "/settlement/batches/",
    "/settlement/batches/{batch}/",
    "/settlement/importers/kowhai/2025/",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_importer_finds_no_page_of_the_operator(closed, importer_user, page, address):
    assert page(importer_user, address.format(batch=closed.pk)).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES[1:])
def test_another_pools_operator_finds_nothing_of_this_one(closed, page, address):
    other = user_of(party("operator", "elsewhere"), "operator")

    assert page(other, address.format(batch=closed.pk)).status_code == 404


def test_a_broker_finds_no_page_of_pay_and_charge(closed, broker_user, page):
    statuses = {
        page(broker_user, address.format(batch=closed.pk)).status_code
        for address in (YEAR, f"{YEAR}pdf/", *ADDRESSES)
    }

    assert statuses == {404}


def test_who_has_not_signed_in_is_asked_to(closed, client):
    response = client.get(YEAR)

    assert response.status_code == 302
    assert "sign-in" in response.headers["Location"]


def test_a_stranger_sees_its_own_statement_and_nothing_of_another(year, stranger_user, page):
    html = page(stranger_user, YEAR).content.decode()

    assert "Other Seller" in html
    assert "Kowhai" not in html
    assert "CN¥5,639.98" not in html
