"""Who is let in, which versions and media are served, and what OPTIONS tells."""

import pytest
from django.test import Client

from tests.traceability.epcis.conftest import document, event, program_of
from traceability.epcis import gate

pytestmark = pytest.mark.django_db


def test_a_call_without_a_live_key_is_turned_away_with_the_exception_of_epcis(db):
    answer = Client().get("/epcis/events")

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "epcisException:SecurityException"


def test_a_key_of_the_shop_api_alone_does_not_open_the_repository(importer):
    shop = program_of(importer, "stock:read")

    assert shop.get("events").status_code == 403


def test_too_many_calls_are_declined_until_the_minute_is_over(program, monkeypatch):
    monkeypatch.setattr(gate, "CALLS", 2)

    assert [program.get("").status_code for _ in range(4)] == [200, 200, 403, 403]


def test_the_root_names_every_resource(program):
    assert set(program.get("").json()["member"]) == {
        "events", "eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints",
        "dispositions", "capture", "queries",
    }  # fmt: skip


def test_options_tell_methods_versions_and_limits(program):
    told = program.client.options("/epcis/capture")

    assert told.status_code == 204
    assert {name: told[name] for name in told.headers if name.startswith(("GS1-", "Allow"))} == {
        "Allow": "OPTIONS, HEAD, GET, POST",
        "GS1-EPCIS-Version": "2.0.0",
        "GS1-EPCIS-Min": "2.0.0",
        "GS1-EPCIS-Max": "2.0.1",
        "GS1-CBV-Version": "2.0.0",
        "GS1-CBV-Min": "2.0.0",
        "GS1-CBV-Max": "2.0.1",
        "GS1-EPC-Format": "Always_GS1_Digital_Link",
        "GS1-CBV-XML-Format": "Never_Translates",
        "GS1-Vendor-Version": "bondpool-1",
        "GS1-EPCIS-Capture-Limit": "500",
        "GS1-EPCIS-Capture-File-Size-Limit": "4194304",
        "GS1-Capture-Error-Behaviour": "rollback",
    }


def test_head_gives_the_headers_without_the_body(program):
    answer = program.client.head("/epcis/events")

    assert (answer.status_code, answer.content) == (200, b"")


def test_a_method_that_is_not_offered_is_declined_with_those_that_are(program):
    answer = program.client.put("/epcis/events", "{}", content_type="application/json")

    assert (answer.status_code, answer["Allow"]) == (405, "OPTIONS, HEAD, GET, POST")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Accept": "application/xml"}, 406),
        ({"Accept": "application/xml, */*;q=0.1"}, 200),
        ({"Accept": "application/ld+json"}, 200),
        ({"GS1-EPCIS-Min": "1.0", "GS1-EPCIS-Max": "2.0"}, 200),
        ({"GS1-EPCIS-Max": "1.2"}, 406),
        ({"GS1-EPCIS-Min": "3.0"}, 406),
        ({"GS1-CBV-Min": "two"}, 406),
        ({"GS1-CBV-Max": "1.2.2"}, 406),
        ({"GS1-EPC-Format": "Always_EPC_URN"}, 406),
        ({"GS1-EPC-Format": "No_Preference"}, 200),
    ],
)
def test_versions_media_and_formats_are_negotiated(program, headers, status):
    assert program.get("events", headers=headers).status_code == status


def test_epcs_are_shown_as_links_or_as_they_were_sent(program):
    program.post("events", event())

    links = program.found()
    as_sent = program.get("events", headers={"GS1-EPC-Format": "Never_Translates"}).json()

    assert links[0]["epcList"] == ["https://id.gs1.org/01/10614141073464/21/2017"]
    events = as_sent["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert events[0]["epcList"] == ["urn:epc:id:sgtin:0614141.107346.2017"]


@pytest.mark.parametrize("media", ["application/xml", "text/plain", ""])
def test_xml_and_other_media_are_not_read(program, media):
    answer = program.client.generic("POST", "/epcis/capture", "<a/>", content_type=media)

    assert answer.status_code == 415
    assert answer.json()["type"] == "epcisException:UnsupportedMediaTypeException"


def test_another_version_of_what_is_sent_is_declined(program):
    answer = program.post("capture", document(event()), **{"GS1-EPCIS-Version": "1.2"})

    assert answer.status_code == 406


def test_an_unknown_error_behaviour_is_declined(program):
    answer = program.post("capture", event(), **{"GS1-Capture-Error-Behaviour": "shrug"})

    assert answer.status_code == 406


def test_soap_is_not_implemented(client):
    answer = client.post("/epcis/soap", "<x/>", content_type="text/xml")

    assert (answer.status_code, answer.json()["title"]) == (501, "ImplementationException")


def test_an_address_that_is_too_long_is_declined_as_described(program):
    query = "EQ_eventID=" + "x" * 9000

    assert program.get(f"events?{query}").status_code == 414
    assert program.get(f"epcs?{query}").status_code == 406


def test_a_nul_in_an_address_finds_nothing(program):
    assert program.get("events?EQ_eventID=%00").status_code == 406
    assert program.get("events/%00").status_code == 404
    assert program.get("bizSteps/%00/events").status_code == 404
    assert program.get("capture/%00").status_code == 404
    assert program.get("queries/%00").status_code == 404


def test_the_reader_s_language_is_spoken(program):
    answer = program.get("events/urn:x:none", headers={"Accept-Language": "zh-hans"})

    assert answer.json()["detail"].startswith("没有")
