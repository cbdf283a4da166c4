"""The tools that need no database: GS1 Digital Links by the line, EPCIS files."""

import io
import json
from types import SimpleNamespace

import pytest
from django.core.management import call_command

URI = "https://id.gs1.org/01/09520123456788/10/ABC"


def _ask(monkeypatch, step, *lines):
    stdin = SimpleNamespace(buffer=io.BytesIO(b"\n".join(lines)))
    monkeypatch.setattr("sys.stdin", stdin)
    out = io.StringIO()
    call_command("gs1", step, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def _epcis(step, path):
    out = io.StringIO()
    code = 0
    try:
        call_command("epcis", step, str(path), "--json", stdout=out)
    except SystemExit as stop:
        code = stop.code
    return code, json.loads(out.getvalue())


@pytest.fixture
def event():
    return {
        "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "eventTime": "2026-03-01T10:00:00Z",
        "eventTimeZoneOffset": "+00:00",
        "epcList": ["https://id.gs1.org/01/09520123456788/21/1"],
    }


def test_a_digital_link_becomes_its_elements(monkeypatch):
    line = json.dumps({"id": 1, "uri": URI}).encode()
    (answer,) = _ask(monkeypatch, "parse", b"\xef\xbb\xbf" + line)
    assert answer["ok"]
    assert answer["id"] == 1
    assert answer["ai_bracketed"] == "(01)09520123456788(10)ABC"


def test_elements_become_a_digital_link_and_bad_lines_stop_nothing(monkeypatch):
    good = {"id": "b", "elements": [["01", "09520123456788"], ["10", "ABC"]]}
    bad, also, last = _ask(monkeypatch, "link", b"{", b"[]", json.dumps(good).encode())
    assert (bad["ok"], also["ok"]) == (False, False)
    assert set(bad["error"]) == {"code", "place", "reason", "remedy"}
    assert last == {"id": "b", "ok": True, "uri": URI}


def test_an_event_that_holds_is_valid_and_hashed_even_behind_a_byte_order_mark(tmp_path, event):
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event), encoding="utf-8-sig")
    assert _epcis("validate", file) == (0, {"valid": True, "errors": []})
    code, answer = _epcis("hash", file)
    assert code == 0
    assert answer["hashes"][0].startswith("ni:///sha-256;")


def test_an_event_without_a_time_is_refused_with_exit_one(tmp_path, event):
    del event["eventTime"]
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event), encoding="utf-8")
    code, answer = _epcis("validate", file)
    assert (code, answer["valid"]) == (1, False)
    assert set(answer["errors"][0]) == {"place", "value", "reason", "remedy"}


@pytest.mark.parametrize("step", ["validate", "hash"])
def test_a_file_that_is_not_json_or_not_there_is_refused_with_exit_one(tmp_path, step):
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    for file in (broken, tmp_path / "absent.json"):
        code, answer = _epcis(step, file)
        assert (code, answer["errors"][0]["place"]) == (1, str(file))
