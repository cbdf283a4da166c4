"""The public trace page: small, without cookie or script, in the reader's language."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from core.models import Pool
from traceability import services, urls
from traceability.domain import codes
from traceability.domain.label import label_address, symbol_svg
from traceability.models import CodeUse, Passport

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day")]

GTIN = "09520123456788"
NEVER_ISSUED = "000000000000000" + codes.check_character("0" * 15)


@pytest.fixture
def sold(way) -> str:
    """The code of a unit that was sold."""
    way.sell(way.codes[0])
    return way.codes[0]


def text(response) -> str:
    """What a reader sees, blanks made single."""
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", words)


def test_the_page_says_the_verdict_first(client, sold):
    page = client.get(f"/t/{sold}")

    assert page.status_code == 200
    assert re.search(r"<main[^>]*>\s*<section class=\"verdict ok\">", page.content.decode())
    assert "Genuine: the record is complete This is the first look-up of this code." in text(page)


def test_the_page_tells_product_papers_and_seller(client, sold):
    seen = text(client.get(f"/t/{sold}"))

    assert "Southern Pastures Infant Formula 800 g" in seen
    assert "Made in New Zealand Lot SP-25-0917 Produced on 14 Mar 2025" in seen
    assert "Use by 14 Mar 2027 Customs entry 3105 2025 1 000000471 Released on 2 Nov 2025" in seen
    assert "Left the port of loading Auckland, New Zealand · 24 Sep 2025 · log line 0" in seen
    assert "Importer (the seller) Kowhai Trading Customs registration 310596K001" in seen


def test_a_reader_of_chinese_gets_the_page_in_chinese(client, sold):
    by_browser = text(client.get(f"/t/{sold}", headers={"Accept-Language": "zh-CN,zh;q=0.9"}))
    by_address = text(client.get(f"/t/{sold}?lang=zh-hans"))

    for seen in (by_browser, by_address):
        assert "南岛牧场婴儿配方奶粉800克" in seen
        assert "新西兰" in seen
        assert "2027年3月14日" in seen
        assert "宁波北仑保税区" in seen


def test_the_page_with_its_styles_weighs_less_than_30_kb(client, sold):
    for language in ("en", "zh-hans"):
        page = client.get(f"/t/{sold}?lang={language}").content
        links = re.findall(r'(?:href|src)="/static/([^"]+)"', page.decode())
        styles = [Path(finders.find(name)).stat().st_size for name in set(links)]

        assert len(styles) == 4
        assert len(page) + sum(styles) < 30_000


def test_the_way_of_the_ship_is_drawn(client, sold):
    page = client.get(f"/t/{sold}").content.decode()

    assert "The ship&#x27;s way from Auckland to Ningbo" in page
    assert page.count('<svg class="map"') == 1
    assert "5,239 nautical miles by sea" in page


def test_the_page_runs_no_script(client, sold):
    page = client.get(f"/t/{sold}")

    assert b"<script" not in page.content
    assert b" style=" not in page.content
    assert not re.search(rb"\son\w+=", page.content)


def test_the_page_sets_no_cookie_and_reads_no_session(client, sold):
    page = client.get(f"/t/{sold}")

    assert not page.cookies
    assert "Cookie" not in page.headers["Vary"]


def test_the_page_is_kept_in_no_cache(client, sold):
    assert "no-store" in client.get(f"/t/{sold}").headers["Cache-Control"]


def test_a_second_visit_says_that_there_was_a_first(client, sold):
    client.get(f"/t/{sold}")

    seen = text(client.get(f"/t/{sold}"))

    assert "This code was looked up before." in seen
    assert "Looked up 2 times. First: 9 Nov 2025, 12:00 UTC+08:00" in seen


def test_asking_for_the_head_only_does_not_count(client, sold):
    answer = client.head(f"/t/{sold}")

    assert (answer.status_code, answer.content) == (200, b"")
    assert not CodeUse.objects.exists()


@pytest.mark.parametrize("header", ["Purpose", "Sec-Purpose"])
def test_a_browser_that_fetches_ahead_does_not_count(header, client, sold):
    client.get(f"/t/{sold}", headers={header: "prefetch;prerender"})

    assert not CodeUse.objects.exists()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_page_takes_no_other_requests(method, client, sold):
    assert getattr(client, method)(f"/t/{sold}").status_code == 405


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        (NEVER_ISSUED, 404, "Unknown: we never issued this code"),
        ("AAAABBBBCCCCDDDD", 400, "Misread: this cannot be a trace code"),
        ("hello", 400, "Misread: this cannot be a trace code"),
    ],
)
def test_what_is_no_code_of_ours_never_answers_as_if_it_were(code, status, words, client, way):
    page = client.get(f"/t/{code}")

    assert page.status_code == status
    assert words in text(page)
    assert "Made in" not in text(page)


def test_a_unit_still_in_bond_is_shown_as_never_sold(client, way):
    page = client.get(f"/t/{way.codes[0]}")

    assert page.status_code == 200
    assert "Not released: this unit is still in the bonded warehouse" in text(page)
    assert "Kowhai" not in text(page)


def test_simulated_trade_is_said_to_be_simulated(client, sold):
    before = text(client.get(f"/t/{sold}"))
    Pool.objects.update(is_simulated=True)
    Passport.objects.all().delete()

    after = text(client.get(f"/t/{sold}"))

    assert ("simulated" in before, "simulated" in after) == (False, True)


@pytest.mark.parametrize(
    "address",
    [
        "/01/{gtin}/21/{code}",
        "/01/{gtin}/21/{code}/",
        "/01/{gtin}/10/SP-25-0917/21/{code}",
    ],
)
def test_the_digital_link_of_a_unit_is_its_page(address, client, sold):
    page = client.get(address.format(gtin=GTIN, code=sold), follow=True)

    assert page.redirect_chain[0][1] == 307
    assert page.status_code == 200
    assert codes.shown(sold) in text(page)


def test_a_printed_symbol_leads_to_the_page_of_its_unit(client, way):
    way.sell(way.codes[0])
    label = services.label_sheet(way.lot, way.codes)[0]
    path = label.address.removeprefix("HTTPS://127.0.0.1:8000")

    assert "Genuine" in text(client.get(path, follow=True))


def test_a_code_moved_to_the_label_of_another_product_is_doubtful(client, sold):
    scanned = client.get(f"/01/06141411234562/21/{sold}")
    seen = text(client.get(scanned.url.removeprefix("https://127.0.0.1:8000")))

    assert "Doubtful: do not rely on this label" in seen
    assert "The label names another product or lot than the code." in seen


def test_a_typed_code_leads_to_its_page(client, sold):
    answer = client.get("/trace", {"code": f" {codes.shown(sold).lower()} "})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/t/{sold}")
    assert not CodeUse.objects.exists()


def test_the_language_travels_along(client, sold):
    answer = client.get("/trace", {"code": sold, "lang": "zh-hans"})

    assert answer.headers["Location"] == f"/t/{sold}?lang=zh-hans"


def test_a_scanned_address_leads_to_its_page(client, sold):
    answer = client.get("/trace", {"code": f"HTTPS://ELSEWHERE.EXAMPLE/01/{GTIN}/21/{sold}"})

    assert answer.headers["Location"] == f"/t/{sold}?gtin={GTIN}"


def test_a_mistyped_code_is_answered_at_once(client, way):
    page = client.get("/trace", {"code": "7F3K-Q2ZD"})

    assert page.status_code == 400
    assert "Misread" in text(page)


def test_without_a_code_there_is_a_form(client):
    page = client.get("/trace")

    assert page.status_code == 200
    assert 'name="code"' in page.content.decode()


def test_programs_get_the_same_answer_as_people(client, sold):
    answer = client.get(f"/api/trace/{sold}")
    body = answer.json()

    assert answer.headers["Content-Type"] == "application/json"
    assert (body["verdict"], body["lookups"]) == ("genuine_first", 1)
    assert body["unit"]["product"]["zh"] == "南岛牧场婴儿配方奶粉800克"
    assert [step["kind"] for step in body["steps"]][-1] == "shipped"
    assert client.get(f"/api/trace/{NEVER_ISSUED}").status_code == 404


def test_guessing_answers_429_in_words_and_for_programs(client, way):
    for _ in range(services.MOST_UNKNOWN):
        client.get(f"/t/{NEVER_ISSUED}")

    page, answer = client.get(f"/t/{NEVER_ISSUED}"), client.get(f"/api/trace/{NEVER_ISSUED}")

    assert (page.status_code, answer.status_code) == (429, 429)
    assert "Wait ten minutes" in text(page)
    assert answer.json()["code"] == "too-many-unknown-codes"


def test_everyone_sees_the_same_page_signed_in_or_not(sold, stranger_user, operator_user):
    seen = []
    for user in (None, stranger_user, operator_user):
        client = Client()
        if user is not None:
            client.force_login(user)
        seen.append(text(client.get(f"/t/{sold}", headers={"Purpose": "prefetch"})))

    assert seen[0] == seen[1] == seen[2]


def test_the_operator_prints_a_damaged_label_again(client, sold, operator_user):
    client.force_login(operator_user)

    answer = client.get(f"/t/{sold}/label.svg")

    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.content == symbol_svg(label_address(GTIN, sold, "127.0.0.1:8000"))
    assert not CodeUse.objects.exists()


def test_nobody_prints_the_label_of_a_code_that_was_not_issued(client, way, operator_user):
    client.force_login(operator_user)

    assert client.get(f"/t/{NEVER_ISSUED}/label.svg").status_code == 404


def test_labels_are_printed_by_nobody_but_the_operator(client, sold, stranger_user, broker_user):
    assert client.get(f"/t/{sold}/label.svg").status_code == 302
    for user in (stranger_user, broker_user):
        client.force_login(user)
        assert client.get(f"/t/{sold}/label.svg").status_code == 404


def test_every_address_of_the_prove_stage_says_who_may_use_it():
    said = {pattern.name: pattern.callback.action for pattern in urls.urlpatterns}

    assert said.pop("trace-label") == "traceability.labels.print"
    assert said.pop("brand") == "traceability.brand.set"
    assert {said.pop(name) for name in ("trace-graph", "graph")} == {"traceability.graph.see"}
    assert {said.pop(name) for name in ("samples", "sample")} == {"traceability.samples.draw"}
    assert {said.pop(name) for name in ("recalls", "recall")} == {"traceability.recall.see"}
    assert said.pop("recall-report") == "traceability.recall.open"
    assert said.pop("recall-seen") == "traceability.recall.acknowledge"
    handled = {said.pop(f"complaint{each}") for each in ("s", "", "-photo")}
    assert handled == {"traceability.complaint.answer"}
    assert said.pop("captures") == "traceability.repository.see"
    names = [f"label-{each}" for each in ("batches", "batch", "use", "csv", "pdf", "svg")]
    assert {said.pop(name) for name in names} == {"traceability.labels.order"}
    kept = {said.pop(name) for name in ("resolver-links", "resolver-link-end")}
    assert kept == {"traceability.links.keep"}
    assert set(said.values()) == {"public"}


def test_no_price_no_order_and_no_buyer_is_on_the_page(client, sold):
    seen = (
        client.get(f"/t/{sold}").content.decode()
        + client.get(f"/api/trace/{sold}").content.decode()
    )

    for secret in ("PO-2025-000001", "order-1", "300000", "1300000"):
        assert secret not in seen


def test_a_page_stays_readable_after_the_public_host_has_changed(client, sold, settings):
    settings.PUBLIC_HOST = "another.example"

    assert client.get(f"/t/{sold}").status_code == 200
