"""The evidence file: an importer's own records, signed; a changed file is found out."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core import documents, facts, jobs, sheets
from core.models import Job
from fx_settlement import services
from fx_settlement.services import evidence
from tests.conftest import user_of


@pytest.fixture
def made(closed, owed):
    services.review_all()
    job = evidence.order_evidence(owed.a, language="en")
    jobs.run_until_idle()
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.failure
    return {kind: documents.content(evidence.evidence_part(job, kind)) for kind in evidence.KINDS}


def test_it_holds_the_importer_s_own_records_and_nobody_else_s(made, owed):
    sheet = sheets.read("evidence.csv", made["csv"])
    by_section = {row[0]: row for row in sheet.rows}

    assert set(by_section) >= {"importer", "tier", "limit", "order", "receipt", "stock", "payment"}
    assert by_section["order"][4:7] == ["60", "USD", "833.33"]
    assert by_section["tier"][3].startswith("tier 1 of 5, score")
    assert by_section["limit"][7] == "500000.00"
    paid = [row for row in sheet.rows if row[0] == "payment"]
    assert sorted(row[6] for row in paid) == ["-50.00", "833.33"]
    assert owed.b.code not in made["csv"].decode()
    assert made["pdf"].startswith(b"%PDF")


def check(tmp_path, content, note, key):
    file, beside = tmp_path / "e.csv", tmp_path / "e.note"
    file.write_bytes(content)
    beside.write_bytes(note)
    out = StringIO()
    call_command("evidence", str(file), str(beside), "--key", key, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_its_note_proves_it_and_a_changed_file_another_key_or_note_does_not(made, owed, tmp_path):
    key = facts.log_verifier_key()
    said = check(tmp_path, made["csv"], made["note"], key)
    assert (said["ok"], said["importer"], said["day"]) == (True, owed.a.code, "2025-03-10")

    other = key.replace("+", "x+", 1)
    for content, note, by in (
        (made["csv"] + b" ", made["note"], key),
        (made["csv"], made["note"].replace(b"2025-03-10", b"2025-03-11"), key),
        (made["csv"], made["note"], other),
        (made["csv"], b"nothing", key),
    ):
        with pytest.raises((CommandError, SystemExit)):
            check(tmp_path, content, note, by)


def test_its_page_makes_it_and_gives_it_out(client, closed, owed, importer):
    client.force_login(user_of(importer, "importer", "reads"))
    assert client.get("/settlement/evidence/csv/").status_code == 404
    assert client.post("/settlement/evidence/").status_code == 302
    jobs.run_until_idle()

    assert "Signed note" in client.get("/settlement/evidence/").content.decode()
    assert client.get("/settlement/evidence/note/").content.startswith(b"bondpool evidence v1")
    assert client.get("/settlement/evidence/zip/").status_code == 404
