"""Texts that a browser would run, stored wherever a member may write, shown on every page."""

import re
from html.parser import HTMLParser

import pytest

from core.models import Party
from core.web.charts import Bar, Series, grouped_bars, legend, stacked_bars
from core.web.seamap import Port, sea_map
from imports.models import ForecastUpload, Product, Round
from tests.attacks.examples import PAGES, PUBLIC

pytestmark = pytest.mark.django_db

PAYLOAD = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}</title>"
ADDRESS = "javascript:alert(1)"


class Reading(HTMLParser):
    """What a browser would run in a page: scripts without a file, handlers, script addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[str] = []

    def handle_starttag(self, tag, attrs):
        """Note what would run."""
        has = dict(attrs)
        if tag == "script" and not has.get("src", "").startswith("/static/"):
            self.runs.append(f"script {attrs}")
        if tag in ("style", "iframe", "object", "embed", "base"):
            self.runs.append(tag)
        self.runs += [f"{tag} {name}" for name in has if name.startswith("on") or name == "style"]
        self.runs += [
            f"{tag} {name}={value}"
            for name, value in attrs
            if value and re.match(r"\s*(javascript|data:text|vbscript)", value, re.IGNORECASE)
        ]


def runs_in(markup):
    reading = Reading()
    reading.feed(markup)
    return reading.runs


@pytest.fixture
def poisoned(world):
    """The world with every name that somebody may choose turned into a payload."""
    Product.objects.update(name=PAYLOAD, name_zh=PAYLOAD, brand=PAYLOAD, category=PAYLOAD)
    Party.objects.update(name=PAYLOAD, name_zh=PAYLOAD)
    for round_ in Round.objects.all():
        Round.objects.filter(pk=round_.pk).update(code=f"<b>{round_.pk}</b>")
    world.pool.name = world.pool.name_zh = PAYLOAD[:200]
    world.pool.save()
    world.parked.failure = PAYLOAD
    world.parked.save()
    ForecastUpload._base_manager.update(
        errors=[
            {
                "row": 2,
                "column": PAYLOAD,
                "value": PAYLOAD,
                "code": "forecast-heading-unknown",
                "params": {"heading": PAYLOAD},
            }
        ]
    )
    return world


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_stored_text_runs_on_any_page(poisoned, language):
    wrong, seen = [], 0
    for who in ("importer", "stranger", "operator", "broker"):
        client = poisoned.client(who, headers={"Accept-Language": language})
        for where, page in {**PAGES, **PUBLIC}.items():
            if not page.reads or who not in page.who:
                continue
            answer = client.get(page.example(poisoned))
            if answer.headers["Content-Type"].startswith(("text/html", "image/svg")):
                text = answer.content.decode()
                seen += "&lt;script&gt;alert(1)" in text
                wrong += [(who, where, what) for what in runs_in(text)]
                if "<script>alert" in text or "49</title>" in text:
                    wrong.append((who, where, "raw"))

    assert wrong == []
    assert seen >= 20


def test_what_a_reader_types_comes_back_as_text(world):
    for who, path in (
        ("anonymous", f"/trace?code={PAYLOAD}"),
        ("anonymous", f"/sign-in/?next={ADDRESS}"),
        ("anonymous", f"/t/{PAYLOAD.replace('/', '')}"),
        ("importer", f"/imports/plan/?year={PAYLOAD}"),
        ("importer", f"/customs/orders/?before={PAYLOAD}"),
    ):
        page = world.client(who).get(path).content.decode()
        assert runs_in(page) == []
        assert "<script>alert" not in page

    page = world.client("anonymous").post("/sign-in/", {"username": PAYLOAD, "password": "x"})
    assert "<script>alert" not in page.content.decode()
    assert runs_in(page.content.decode()) == []


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "\\\\evil.example", ADDRESS, "/\\evil"]
)
def test_no_form_or_link_leads_to_another_site(world, address):
    signed_in = world.client("anonymous")
    for answer in (
        signed_in.post("/theme/", {"theme": "dark", "next": address}),
        signed_in.post("/language/", {"language": "en", "next": address}),
        signed_in.post(
            f"/sign-in/?next={address}", {"username": "user-of-kowhai", "password": "secret"}
        ),
    ):
        assert "evil" not in answer.headers["Location"]
        assert not answer.headers["Location"].startswith("javascript")


def test_every_page_forbids_scripts_that_are_not_ours_and_being_framed(world):
    for who in ("importer", "operator"):
        client = world.client(who)
        for page in PAGES.values():
            answer = client.get(page.example(world))
            policy = answer.headers["Content-Security-Policy"]
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["X-Frame-Options"] == "DENY"


def test_charts_and_maps_draw_words_as_words():
    bar = Bar(PAYLOAD, {PAYLOAD: 5})
    port = Port(PAYLOAD, (121.5, 29.8))
    drawn = [
        stacked_bars(PAYLOAD, PAYLOAD, [bar, bar], show=lambda _: PAYLOAD),
        grouped_bars(
            PAYLOAD, PAYLOAD, [PAYLOAD, PAYLOAD], [Series(PAYLOAD, [1, 2])], show=lambda _: PAYLOAD
        ),
        legend([PAYLOAD]),
        sea_map(PAYLOAD, port, port, ((121.5, 29.8), (122.0, 30.0))),
    ]

    for svg in drawn:
        assert "<script>" not in svg
        assert "<img" not in svg
        assert runs_in(svg) == []
