"""Pages answered before the middleware are, to the byte, those that Django answers."""

import io
import re
from dataclasses import replace
from datetime import datetime

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from core import clock, tenancy
from core.models import Pool
from tests.traceability.conftest import ZONE
from traceability import branding, edge, passports, services
from traceability.branding import Look
from traceability.domain import codes
from traceability.models import CodeUse, Passport, ScanRecord, UnknownTry
from warehouse.models import Lot, UnitIdentity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day")]

GTIN = "09520123456788"
NEVER_ISSUED = "000000000000000" + codes.check_character("0" * 15)
AHEAD = {"HTTP_PURPOSE": "prefetch"}
CHINESE = {"HTTP_ACCEPT_LANGUAGE": "zh-CN,zh;q=0.9"}
FRESH = ("X-Request-Id", "Expires")


@pytest.fixture(autouse=True)
def one_connection():
    """Requests end inside the test's transaction: they leave its connection open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def django() -> WSGIHandler:
    return WSGIHandler()


@pytest.fixture
def front(django) -> edge.Front:
    return edge.Front(Counted(django))


class Counted:
    """An application that counts how often it is asked."""

    def __init__(self, application):
        self.application, self.asked = application, 0

    def __call__(self, environ, start):
        self.asked += 1
        return self.application(environ, start)


def ask(application, path: str, query: str = "", method: str = "GET", **headers: str):
    """Status, headers but those that are fresh each time, and body."""
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "203.0.113.77", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(), **headers,
    }  # fmt: skip
    said = []
    answer = application(environ, lambda *all_: said.append(all_))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    status, lines, *_ = said[-1]
    return status, [(key, value) for key, value in lines if key not in FRESH], body


def warm(front: edge.Front, code: str) -> None:
    """Let Django say once that it answers under this host."""
    assert ask(front, f"/t/{code}", **AHEAD)[0] == "200 OK"


STATES = ("released", "applied", "void", "recalled")
READERS = (
    ("", {}),
    ("", CHINESE),
    ("lang=zh-hans", {}),
    ("lang=en", CHINESE),
    ("lang=fr", {}),
    ("", {"HTTP_COOKIE": "django_language=zh-hans; theme=dark"}),
    (f"gtin={GTIN}", {}),
    (f"gtin={GTIN}&lot=SP-25-0918", CHINESE),
    ("gtin=06141411234562&lang=zh-hans", {}),
)


@pytest.mark.parametrize(("query", "headers"), READERS)
@pytest.mark.parametrize("way_in", ["/t/", "/api/trace/"])
def test_every_reader_gets_the_bytes_that_django_makes(way_in, query, headers, front, django, way):
    way.sell(way.codes[0], way.codes[1])
    warm(front, way.codes[0])

    for state in STATES:
        UnitIdentity.objects.exclude(dispatch_line=None).update(state=state)
        for code in (way.codes[0], way.codes[1], codes.shown(way.codes[0]).lower()):
            plain = ask(django, way_in + code, query, **headers, **AHEAD)
            for _ in range(2):
                assert ask(front, way_in + code, query, **headers, **AHEAD) == plain


@pytest.mark.parametrize("way_in", ["/t/", "/api/trace/"])
def test_each_counted_look_says_what_django_says_at_that_number(way_in, front, django, way):
    way.sell(way.codes[0], way.codes[1])
    warm(front, way.codes[0])

    for number in range(9):
        moment = datetime(2025, 11, 9, 13, number, 7, number * 1000, tzinfo=ZONE)
        with clock.at(moment):
            one, other = (
                ask(
                    application,
                    way_in + code,
                    REMOTE_ADDR=f"198.51.{number}.1",
                )
                for application, code in ((front, way.codes[0]), (django, way.codes[1]))
            )
        shown = [codes.shown(code).encode() for code in way.codes[:2]]
        assert (one[0], one[1]) == (other[0], other[1])
        assert one[2] == other[2].replace(shown[1], shown[0])
    assert [*CodeUse.objects.values_list("scan_count", flat=True)] == [9, 9]
    assert ScanRecord.objects.values("network_hash").distinct().count() == 9


def test_a_page_once_made_is_made_no_more_for_any_unit_of_the_parcel(front, way):
    way.sell(way.codes[0], way.codes[1])
    for code in way.codes[:2]:
        warm(front, code)
        ask(front, f"/t/{code}", **AHEAD)
    before = front.application.asked

    for code in (*way.codes[:2], *way.codes[:2]):
        assert ask(front, f"/t/{code}", **AHEAD)[0] == "200 OK"

    assert front.application.asked == before


def test_many_thousand_looks_and_a_dated_page_read_as_django_writes_them(front, django, way):
    way.sell(way.codes[0])
    warm(front, way.codes[0])
    services.look_up(way.codes[0], at=clock.now(), address="203.0.113.1", counts=True)
    CodeUse.objects.update(scan_count=1_234_567)

    for path in (f"/t/{way.codes[0]}", f"/api/trace/{way.codes[0]}"):
        assert ask(front, path, **AHEAD) == ask(django, path, **AHEAD)
    assert b"Looked up 1,234,567 times." in ask(front, f"/t/{way.codes[0]}", **AHEAD)[2]


def test_new_events_heads_looks_and_names_are_on_the_next_page(front, django, way, importer):
    order = way.pack(way.codes[0])
    way.project()
    path = f"/t/{way.codes[0]}"
    warm(front, way.codes[0])
    pages = {ask(front, path, **AHEAD)[2]}

    def changed() -> None:
        ours = ask(front, path, **AHEAD)
        assert ours == ask(django, path, **AHEAD)
        assert ours[2] not in pages
        pages.add(ours[2])

    way.sell(way.codes[1])
    changed()
    with tenancy.acting_for(importer):
        branding.set_look(importer, Look("#0b6b7a", "#5cc8d8", contact_en="Call <us> & ask"))
    changed()
    Pool.objects.update(is_simulated=True)
    Passport.objects.all().delete()
    changed()
    Lot.objects.update(expires_on=datetime(2025, 11, 8, tzinfo=ZONE).date())
    Passport.objects.all().delete()
    changed()
    assert order.pk


def test_what_is_no_code_of_ours_answers_as_django_does_and_is_counted_once(front, django, way):
    way.sell(way.codes[0])
    warm(front, way.codes[0])

    for path in (f"/t/{NEVER_ISSUED}", "/t/AAAABBBBCCCCDDDD", f"/api/trace/{NEVER_ISSUED}"):
        assert ask(front, path) == ask(django, path)
    assert UnknownTry.objects.get().tries == 4


def test_guessing_is_stopped_before_the_middleware_too(front, django, way):
    way.sell(way.codes[0])
    warm(front, way.codes[0])
    for _ in range(services.MOST_UNKNOWN):
        ask(front, f"/t/{NEVER_ISSUED}")

    answers = [ask(each, f"/t/{way.codes[0]}") for each in (front, django)]

    assert answers[0] == answers[1]
    assert answers[0][0] == "429 Too Many Requests"
    assert not CodeUse.objects.exists()


@pytest.mark.parametrize(
    ("path", "query", "method", "headers"),
    [
        ("/t/{code}", "", "HEAD", {}),
        ("/t/{code}", "", "POST", {}),
        ("/t/{code}", "lang=%00", "GET", {}),
        ("/t/{code}", "", "GET", {"HTTP_HX_REQUEST": "true", **AHEAD}),
        ("/t/{code}", "", "GET", {"CONTENT_LENGTH": "99999999999", **AHEAD}),
        ("/t/{code}", "", "GET", {"HTTP_HOST": "elsewhere.example"}),
        ("/t/{code}/passport", "", "GET", {}),
        ("/t/", "", "GET", {}),
        ("/api/trace/graph", "", "GET", {}),
    ],
)
def test_what_is_unusual_is_left_to_django(path, query, method, headers, front, django, way):
    way.sell(way.codes[0])
    warm(front, way.codes[0])
    before = front.application.asked
    path = path.format(code=way.codes[0])

    assert ask(front, path, query, method, **headers) == ask(django, path, query, method, **headers)
    assert front.application.asked == before + 1


def test_a_host_of_others_is_never_answered_and_counts_nothing(front, way):
    way.sell(way.codes[0])

    for _ in range(3):
        answer = ask(front, f"/t/{way.codes[0]}", HTTP_HOST="elsewhere.example")
        assert answer[0] == "400 Bad Request"
    assert not CodeUse.objects.exists()


def test_over_tls_the_page_says_so_as_django_does(front, django, way, settings):
    way.sell(way.codes[0])
    secure = {"wsgi.url_scheme": "https"}
    settings.SECURE_HSTS_SECONDS = 31_536_000
    fresh_django, fresh_front = WSGIHandler(), edge.Front(WSGIHandler())

    for _ in range(3):
        ours = ask(fresh_front, f"/t/{way.codes[0]}", **secure, **AHEAD)
        assert ours == ask(fresh_django, f"/t/{way.codes[0]}", **secure, **AHEAD)
    assert ("Strict-Transport-Security", "max-age=31536000") in ours[1]


def test_each_answer_has_an_id_and_a_date_of_its_own(front, way):
    way.sell(way.codes[0])
    warm(front, way.codes[0])
    seen = []
    for _ in range(2):
        said = []
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": f"/t/{way.codes[0]}", "SERVER_PORT": "8000",
            "SERVER_NAME": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000", "wsgi.url_scheme": "http",
            "SCRIPT_NAME": "", "wsgi.input": io.BytesIO(), **AHEAD,
        }  # fmt: skip
        b"".join(front(environ, lambda *all_, said=said: said.append(all_)))
        seen.append(dict(said[0][1]))

    assert all(re.fullmatch(r"[0-9a-f]{16}", each["X-Request-Id"]) for each in seen)
    assert seen[0]["X-Request-Id"] != seen[1]["X-Request-Id"]
    assert seen[0]["Expires"].endswith(" GMT")


def test_a_broken_seal_is_not_shown_from_memory(front, django, way):
    way.sell(way.codes[0])
    warm(front, way.codes[0])
    before = ask(front, f"/t/{way.codes[0]}", **AHEAD)
    row = Passport.objects.get()
    Passport.objects.update(body=row.body.replace("Southern", "Northern"))

    assert ask(front, f"/t/{way.codes[0]}", **AHEAD) == before
    assert "Northern" not in Passport.objects.get().body


def test_a_process_remembers_no_more_pages_than_it_may(front, way, monkeypatch):
    way.sell(way.codes[0])
    warm(front, way.codes[0])
    monkeypatch.setattr(edge, "MOST_SKELETONS", 3)

    for number in range(8):
        ask(front, f"/t/{way.codes[0]}", f"x={number}", **AHEAD)

    assert len(front.skeletons) == 2


def test_a_page_before_the_first_signed_head_has_no_gap(front, django, way, monkeypatch):
    find = passports.find
    monkeypatch.setattr(passports, "find", lambda asked: replace(find(asked), head=None))

    for path in (f"/t/{way.codes[0]}", f"/api/trace/{way.codes[0]}"):
        for _ in range(3):
            assert ask(front, path, **AHEAD) == ask(django, path, **AHEAD)
