"""``manage.py customs_message``: files judged without a database, batches built with one."""

import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core import tenancy
from core.models import Party
from customs import services
from customs.jurisdictions.cn.messages.reading import read
from customs.services import message_files
from tests.customs.messages.cases import BROKER, case
from tests.customs.shop import BUYER, OTHER_BUYER

ROOT = Path(__file__).resolve().parents[2]


def run(capsys, *arguments):
    """What the command says as JSON, and its exit code."""
    code = 0
    try:
        call_command("customs_message", *map(str, arguments), "--json")
    except SystemExit as end:
        code = int(end.code)
    return json.loads(capsys.readouterr().out), code


@pytest.fixture
def declaration(tmp_path):
    """A declaration that keeps every rule and that nobody has signed."""
    from_messages = message_files.messages(
        [case()], "CEB621", sender=message_files.Sender(BROKER), reference="B1"
    )
    path = tmp_path / "CEB621.xml"
    path.write_bytes(message_files.write_signed(from_messages[0], None))
    return path


def test_a_message_without_its_signature_is_wrong_unless_it_is_still_to_come(declaration, capsys):
    strict, failed = run(capsys, "validate", declaration)
    unsigned, passed = run(capsys, "validate", declaration, "--unsigned", "--rules")

    assert (failed, strict["is_valid"]) == (1, False)
    assert [(each["code"], each["path"]) for each in strict["findings"]] == [
        ("element-missing", "/CEB621Message/Signature")
    ]
    assert (passed, unsigned["is_valid"], unsigned["findings"]) == (0, True, [])


def test_a_broken_rule_fails_only_where_rules_are_asked_for(declaration, capsys):
    text = declaration.read_text("utf-8")
    declaration.write_text(text.replace("ieFlag>I<", "ieFlag>E<"), "utf-8")

    assert run(capsys, "validate", declaration, "--unsigned")[1] == 0
    assert run(capsys, "validate", declaration, "--unsigned", "--rules")[1] == 1


def test_what_a_message_says_is_shown(declaration, capsys):
    said, code = run(capsys, "parse", declaration)

    assert (code, said["message"], said["is_signed"]) == (0, "CEB621", False)
    assert said["papers"][0]["head"]["copNo"] == "DEC-2026-000001"
    assert said["papers"][0]["lines"][0]["gcode"] == "1901101000"
    assert said["transfer"]["copCode"] == BROKER.code


@pytest.mark.parametrize("verb", ["validate", "parse"])
def test_a_file_that_is_no_message_fails_with_code_place_and_reason(tmp_path, capsys, verb):
    (tmp_path / "a.xml").write_bytes(b"<a><b></a>")

    said, code = run(capsys, verb, tmp_path / "a.xml")

    assert (code, said["is_valid"]) == (1, False)
    (finding,) = said["findings"]
    assert (finding["code"], finding["path"]) == ("not-xml", "/")
    assert finding["reason"] == "The file stops being XML at line 1, column 8."


def test_a_file_that_is_not_there_fails_with_one_sentence(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("customs_message", "parse", str(tmp_path / "none.xml"))


def test_files_are_judged_where_no_database_can_be_opened(declaration, tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "customs_message", "validate", declaration, "--unsigned"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/no/such/folder/x.sqlite3"},
        text=True,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "is_valid: True" in done.stdout


@pytest.fixture
def batch(take, stocked):
    """Two declarations of two consumers; the guarantor is registered at customs."""
    Party.objects.filter(kind=Party.Kind.OPERATOR).update(customs_code="3105W90001")
    return services.declare_batch(stocked, [take(1), take(2, buyer=OTHER_BUYER)], request_key="b1")


@pytest.mark.django_db
def test_a_batch_becomes_orders_payments_waybills_and_declarations(batch, tmp_path):
    call_command("customs_message", "build", "--batch", batch.number, "--out", str(tmp_path))

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "CEB311-1.xml",
        "CEB411-1.xml",
        "CEB511-1.xml",
        "CEB621-1.xml",
        "manifest.json",
    ]
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert [(each["name"], each["papers"], each["is_valid"]) for each in manifest["messages"]] == [
        ("CEB311-1.xml", 2, True),
        ("CEB411-1.xml", 2, True),
        ("CEB511-1.xml", 2, True),
        ("CEB621-1.xml", 2, True),
    ]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {0o600}


@pytest.mark.django_db
def test_the_four_papers_of_an_order_agree_where_customs_compares_them(batch):
    files = message_files.files_of(batch, ("CEB311", "CEB411", "CEB511", "CEB621"))
    order, payment, waybill, declared = (
        read(file.content).message.papers[0].head for file in files
    )

    assert {each["orderNo"] for each in (order, payment, waybill, declared)} == {"SH-0001"}
    assert order["acturalPaid"] == payment["amountPaid"] == "272.75"
    assert order["buyerIdNumber"] == payment["payerIdNumber"] == BUYER.id_number
    assert order["buyerName"] == payment["payerName"] == declared["buyerName"] == BUYER.name
    assert order["consigneeAddress"] == waybill["consigneeAddress"] == declared["consigneeAddress"]
    assert waybill["logisticsNo"] == declared["logisticsNo"] == "YT-SH-0001"
    assert (declared["emsNo"], declared["areaCode"]) == ("L3105B25A001", "3105W90001")
    assert [file.findings for file in files] == [()] * 4


@pytest.mark.django_db
def test_the_same_batch_gives_the_same_bytes(batch):
    first, second = (message_files.files_of(batch, ("CEB311", "CEB621")) for _ in range(2))

    assert first == second


@pytest.mark.django_db
def test_a_hundred_and_one_declarations_become_two_files(batch, monkeypatch):
    monkeypatch.setattr(message_files.messages.__globals__["split"], "__defaults__", (1,))

    files = message_files.files_of(batch, ("CEB621",))

    assert [(file.name, file.papers) for file in files] == [
        ("CEB621-1.xml", 1),
        ("CEB621-2.xml", 1),
    ]


@pytest.mark.django_db
def test_a_batch_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(CommandError, match="There is no batch DB-1"):
        call_command("customs_message", "build", "--batch", "DB-1", "--out", str(tmp_path))


@pytest.mark.django_db
def test_what_an_erased_person_bought_is_left_out_and_named(batch):
    with tenancy.as_operator("test"):
        attempts = message_files.attempts_of(batch)
        attempts[0].declaration.order.buyer.erased_at = batch.declared_at
        (file,) = message_files.write_messages(batch, attempts, "CEB621")

    assert len(read(file[1]).message.papers) == 1
    assert message_files.left_out(attempts) == ["DEC-2025-000001"]


def packed(path, entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_a_zip_is_judged_message_by_message(declaration, tmp_path, capsys):
    content = declaration.read_bytes()
    both = packed(tmp_path / "both.zip", {"a.xml": content, "b.xml": b"<a>"})

    said, code = run(capsys, "validate", both, "--unsigned")

    assert (code, said["is_valid"]) == (1, False)
    assert [(each["file"], each["is_valid"]) for each in said["files"]] == [
        ("a.xml", True),
        ("b.xml", False),
    ]


TEXT = '<?xml version="1.0" encoding="{}"?><a>订单</a>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><a>&b;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]><a>&a;</a>'


@pytest.mark.parametrize("verb", ["validate", "parse"])
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (LAUGHS, "message-unsafe"),
        (OUTSIDE, "message-unsafe"),
        (TEXT.format("UTF-8").encode("gbk"), "wrong-encoding"),
        (TEXT.format("UTF-8").encode("utf-16"), "wrong-encoding"),
        (TEXT.format("ebcdic").encode(), "unknown-encoding"),
        (b"\xef\xbb\xbf" + TEXT.format("UTF-8").encode("gbk"), "wrong-encoding"),
        (b"<a " + b" ".join(b'a%d="1"' % n for n in range(5_000)) + b"/>", "tag-too-long"),
        (b"<a>" * 1_000, "message-too-deep"),
        (b"<a>" + b"x" * 26_000_000, "package-too-large"),
        (b"PK\x03\x04 cut short", "package-unreadable"),
        (b"PK\x05\x06" + bytes(18), "package-empty"),
        (b"", "not-xml"),
        (bytes(100), "not-xml"),
    ],
)
def test_hostile_files_are_refused_with_an_error_object(tmp_path, capsys, verb, content, code):
    path = tmp_path / "hostile.xml"
    path.write_bytes(content)

    said, status = run(capsys, verb, path)

    assert (status, said["is_valid"]) == (1, False)
    assert [each["code"] for each in said["findings"]] == [code]
    assert all(each["path"] and each["reason"] and each["remedy"] for each in said["findings"])


def test_a_zip_that_would_grow_beyond_measure_is_refused(tmp_path, capsys):
    bomb = packed(tmp_path / "bomb.zip", {"a.xml": bytes(30_000_000)})

    said, status = run(capsys, "parse", bomb)

    assert (status, said["findings"][0]["code"]) == (1, "package-too-large")


def test_a_file_that_is_not_there_is_an_error_object_where_json_was_asked_for(tmp_path, capsys):
    said, status = run(capsys, "parse", tmp_path / "none.xml")

    assert (status, said["findings"][0]["code"]) == (1, "file-not-readable")
    assert said["findings"][0]["reason"] == "The file cannot be read: No such file or directory."
