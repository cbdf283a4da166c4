"""The resolver: each statement of the conformance list that a program can ask about."""

import json

import pytest

from imports.models import Product
from traceability import resolver
from traceability.domain.resolving import Link
from traceability.models import CodeUse, ResolverLink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day")]

GTIN = "09520123456788"
LOT = "SP-25-0917"
HOST = "https://127.0.0.1:8000"
PLACE = "/414/5060917510004"


@pytest.fixture
def at_home(settings):
    settings.PUBLIC_HOST = "127.0.0.1:8000"


@pytest.fixture
def resolve(client, at_home, way):
    """Ask the resolver; the way of one lot exists."""

    def ask(path, method="get", **headers):
        return getattr(client, method)(path, headers=headers)

    return ask


def relations(answer):
    """Link types of each level of a linkset, by its anchor."""
    return {
        each["anchor"]: sorted(key.rsplit("/", 1)[1] for key in each if "/voc/" in key)
        for each in json.loads(answer.content)["linkset"]
    }


def test_a_product_leads_to_its_page_and_says_where_all_its_links_are(resolve):
    answer = resolve(f"/01/{GTIN}")

    assert (answer.status_code, answer["Location"]) == (307, f"{HOST}/p/{GTIN}")
    assert answer["Link"] == (
        f'<{HOST}/01/{GTIN}?linkType=linkset>; rel="linkset"; type="application/linkset+json"'
    )
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("headers", [{}, {"accept": "application/linkset+json"}])
def test_the_linkset_holds_the_links_of_each_level_up(resolve, way, headers):
    asked = "" if headers else "?linkType=linkset"

    answer = resolve(f"/01/{GTIN}/10/{LOT}/21/{way.codes[0]}{asked}", **headers)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/linkset+json")
    assert relations(answer) == {
        f"{HOST}/01/{GTIN}/10/{LOT}/21/{way.codes[0]}": [
            "defaultLink",
            "dpp",
            "traceability",
            "verificationService",
        ],
        f"{HOST}/01/{GTIN}/10/{LOT}": ["defaultLink", "dpp", "recallStatus", "traceability"],
        f"{HOST}/01/{GTIN}": ["defaultLink", "dpp", "pip", "recallStatus"],
    }
    assert not CodeUse.objects.exists()


def test_each_link_has_address_title_and_language_and_the_default_no_more(resolve):
    told = json.loads(resolve(f"/01/{GTIN}?linkType=linkset").content)["linkset"][0]

    assert told["itemDescription"] == Product.objects.get(gtin=GTIN).name
    assert told["https://gs1.org/voc/defaultLink"] == [
        {"href": f"{HOST}/p/{GTIN}", "title": "Product information"}
    ]
    assert told["https://gs1.org/voc/pip"] == [
        {"href": f"{HOST}/p/{GTIN}", "title": "Product information"},
        {
            "href": f"{HOST}/p/{GTIN}?lang=en",
            "title": "Product information",
            "type": "text/html",
            "hreflang": ["en"],
        },
        {
            "href": f"{HOST}/p/{GTIN}?lang=zh-hans",
            "title": "产品信息",
            "type": "text/html",
            "hreflang": ["zh-Hans"],
        },
    ]


@pytest.mark.parametrize(
    ("asked", "headers", "leads_to"),
    [
        ("?linkType=gs1:recallStatus", {}, f"/p/{GTIN}?lang=en#recalls"),
        (
            "?linkType=gs1:recallStatus",
            {"accept-language": "zh-Hans-CN,zh;q=0.9"},
            f"/p/{GTIN}?lang=zh-hans#recalls",
        ),
        ("?linkType=https://gs1.org/voc/dpp", {}, f"/passport/{GTIN}?lang=en"),
        (
            "?linkType=gs1:dpp",
            {"accept": "application/ld+json"},
            f"/passport/{GTIN}?as=jsonld",
        ),
        ("", {"accept-language": "zh-CN"}, f"/p/{GTIN}?lang=zh-hans"),
        ("", {"accept-language": "fr"}, f"/p/{GTIN}"),
    ],
)
def test_type_and_language_decide_where_it_leads(resolve, asked, headers, leads_to):
    answer = resolve(f"/01/{GTIN}{asked}", **headers)

    told = answer["Location"].replace("&" + asked[1:], "").replace(asked, "")
    assert (answer.status_code, told) == (307, f"{HOST}{leads_to}")


def test_a_type_that_is_not_kept_is_not_found(resolve):
    answer = resolve(f"/01/{GTIN}?linkType=gs1:recipeInfo")

    assert (answer.status_code, "no-such-link" in answer.content.decode()) == (404, True)


def test_goods_of_others_are_not_found(resolve):
    assert resolve("/01/06141411234562").status_code == 404
    assert resolve("/01/06141411234562?linkType=linkset").status_code == 404


@pytest.mark.parametrize(
    "path",
    [f"/01/{GTIN[:-1]}1", "/01/123", f"/01/{GTIN}/21/", f"/01/{GTIN}/21/A/10/B", "/99/AB"],
)
def test_what_is_no_identifier_is_a_bad_request(resolve, path):
    assert resolve(path).status_code == 400


def test_the_query_travels_along(resolve):
    answer = resolve(f"/01/{GTIN}?17=271231&utm=shelf")

    assert answer["Location"] == f"{HOST}/p/{GTIN}?17=271231&utm=shelf"


def test_a_slash_at_the_end_does_no_harm(resolve):
    assert resolve(f"/01/{GTIN}/")["Location"] == f"{HOST}/p/{GTIN}"


def test_a_unit_leads_to_its_page_with_what_the_label_says(resolve, way):
    answer = resolve(f"/01/{GTIN}/10/{LOT}/21/{way.codes[0]}")

    assert answer["Location"] == f"{HOST}/t/{way.codes[0]}?gtin={GTIN}&lot={LOT}"


def test_a_compressed_address_resolves_and_says_what_it_stands_for(resolve):
    answer = resolve("/AQnYUc1gmkIXDU-iun")

    assert answer["Location"] == f"{HOST}/t/72292641703?gtin=05412345000013"
    assert answer["Link"].endswith(f'<{HOST}/01/05412345000013/21/72292641703>; rel="owl:sameAs"')


def test_a_compressed_address_is_told_of_in_full_in_its_linkset(resolve):
    told = resolve("/AQnYUc1gmkIXDU-iun?linkType=linkset")

    assert list(relations(told)) == [f"{HOST}/01/05412345000013/21/72292641703"]


def test_media_types_are_those_of_iana(resolve, way):
    told = resolve(f"/01/{GTIN}/10/{LOT}/21/{way.codes[0]}?linkType=linkset")

    types = {
        link["type"]
        for level in json.loads(told.content)["linkset"]
        for links in level.values()
        if isinstance(links, list)
        for link in links
        if isinstance(link, dict) and "type" in link
    }
    assert types == {"text/html", "application/ld+json"}


def test_plain_http_leads_to_https_where_that_is_set(resolve, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["testserver"]

    answer = resolve(f"/01/{GTIN}")

    assert (answer.status_code, answer["Location"]) == (301, f"https://testserver/01/{GTIN}")


def test_an_unknown_lot_leads_to_the_page_of_its_product(resolve):
    assert resolve(f"/01/{GTIN}/10/NONE")["Location"].startswith(f"{HOST}/p/{GTIN}")


def test_an_ordinary_word_is_no_compressed_address(resolve):
    assert resolve("/wp-login-admin").status_code == 404


@pytest.mark.parametrize("method", ["get", "head"])
def test_head_is_answered_as_get_is(resolve, method):
    assert resolve(f"/01/{GTIN}", method)["Location"] == f"{HOST}/p/{GTIN}"


def test_options_names_the_methods_to_every_origin(resolve):
    answer = resolve(f"/01/{GTIN}", "options")

    assert (answer.status_code, answer["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_the_description_names_the_keys(resolve):
    told = resolve("/.well-known/gs1resolver").json()

    assert told["resolverRoot"] == HOST
    assert told["supportedPrimaryKeys"] == ["00", "01", "414"]


def test_the_linkset_names_a_context_that_is_served(resolve, client):
    links = resolve(f"/01/{GTIN}?linkType=linkset")["Link"]

    address = links.rpartition("<")[2].partition(">")[0]
    assert "@context" in client.get(address.removeprefix(HOST)).json()


def test_a_place_leads_where_the_operator_says(resolve, pool):
    resolver.keep_link(
        Link(PLACE, "locationInfo", "https://zone.example/", "Zone", (), "", True), pool.operator
    )

    assert resolve(PLACE)["Location"] == "https://zone.example/"
    resolver.end_link(ResolverLink.objects.get())
    assert resolve(PLACE).status_code == 404


def test_a_kept_default_goes_before_our_own(resolve, pool):
    link = Link(f"/01/{GTIN}", "pip", "https://maker.example/", "Maker", (), "", True)
    resolver.keep_link(link, pool.operator)

    assert resolve(f"/01/{GTIN}")["Location"] == "https://maker.example/"


@pytest.mark.parametrize(
    ("link", "why"),
    [
        (Link("/01/123", "pip", "https://a.example/", "A"), "too short"),
        (Link("/8004/95123", "pip", "https://a.example/", "A"), "keys 00, 01 and 414"),
        (Link(PLACE, "fun", "https://a.example/", "A"), "no known link type"),
        (Link(PLACE, "pip", "http://a.example/", "A"), "does not begin with https"),
    ],
)
def test_a_link_that_would_mislead_is_refused_and_not_kept(operator, link, why):
    with pytest.raises(resolver.LinkNotKept, match=why):
        resolver.keep_link(link, operator)

    assert not ResolverLink.objects.exists()


def test_the_lot_page_tells_dates_and_zone(resolve, client):
    page = client.get(f"/p/{GTIN}/{LOT}")

    assert page.status_code == 200
    assert len(page.content) < 30_000
    assert client.get(f"/api/goods/{GTIN}/{LOT}").json()["lot"]["number"] == LOT
    assert client.get(f"/p/{GTIN}/NONE").status_code == 404
    assert client.get("/p/06141411234562").status_code == 404


def test_an_operator_keeps_and_ends_a_link(client, operator_user, pool):
    client.force_login(operator_user)
    sent = {"anchor": PLACE, "relation": "pip", "href": "https://a.example/", "title": "A"}

    assert client.post("/links/", sent).status_code == 302
    row = ResolverLink.objects.get()
    assert PLACE in client.get("/links/").content.decode()
    assert client.post(f"/links/{row.pk}/end/").status_code == 302
    assert "No link is kept" in client.get("/links/").content.decode()
    bad = client.post("/links/", {**sent, "anchor": "/414/5060917510005"})
    assert (bad.status_code, ResolverLink.objects.count()) == (422, 1)
