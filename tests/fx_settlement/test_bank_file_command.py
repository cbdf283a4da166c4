"""Payment files: the given ones pass, and each spoiled one is refused by name."""

import io
import json

import pytest
from django.core.management import call_command
from lxml import etree

from tests.shared_data import oracle

SPOILED = {
    "ctrl-sum": ("<CtrlSum>1298210.55<", "<CtrlSum>1298210.56<"),
    "nb-of-txs": ("<NbOfTxs>2<", "<NbOfTxs>3<"),
    "currency-decimals": ('"JPY">1250000<', '"JPY">1250000.50<'),
    "zero-amount": ('"JPY">1250000<', '"JPY">0<'),
    "bad-amount": ('"JPY">1250000<', '"JPY">-1250000<'),
    "missing-town": ("<TwnNm>Tokyo</TwnNm>", ""),
    "bad-charset": ("TOKYO COSME KK", "东京化妆品"),
    "too-long": ("FXB2026W440001", "X" * 36),
    "bad-bic": ("MHCBJPJTXXX", "MHCB"),
    "bad-uetr": ("8a562c67-ca16-48ba-b074-65581be6f001", "8a562c67"),
    "unstructured-address": (
        "<TwnNm>Tokyo</TwnNm>\n            <Ctry>JP</Ctry>",
        "<AdrLine>1 Example Street Tokyo</AdrLine>",
    ),
    "bad-xml": ("</Document>", ""),
    "unknown-version": ("pain.001.001.09", "pain.001.001.02"),
    "missing-element": ("<MsgId>FXB-2026W44-0001</MsgId>", ""),
    "unexpected-element": ("<PmtMtd>", "<Nonsense>1</Nonsense><PmtMtd>"),
}


def asked(path, **options):
    out, code = io.StringIO(), 0
    try:
        call_command("bank_file", "check", str(path), "--json", stdout=out, **options)
    except SystemExit as ended:
        code = ended.code
    return code, json.loads(out.getvalue())


@pytest.fixture
def good():
    return oracle("fx", "sample_pain.001.001.09_crossborder.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("version", ["09", "11"])
def test_a_file_that_its_schema_accepts_has_no_issue(version):
    path = oracle("fx", f"sample_pain.001.001.{version}_crossborder.xml")
    schema = etree.XMLSchema(file=str(oracle("fx", "xsd", f"pain.001.001.{version}.xsd")))

    assert schema.validate(etree.parse(str(path)))
    assert asked(path) == (0, {"ok": True, "issues": []})


@pytest.mark.parametrize("code", SPOILED)
def test_each_spoiled_file_is_refused_by_name_with_place_and_remedy(code, good, tmp_path):
    old, new = SPOILED[code]
    path = tmp_path / "spoiled.xml"
    path.write_text(good.replace(old, new), encoding="utf-8")

    status, answer = asked(path)

    assert old in good
    assert status == 1
    assert code in {issue["code"] for issue in answer["issues"]}
    assert all(issue["path"] and issue["remedy"] for issue in answer["issues"])


def test_a_currency_that_nobody_knows_hides_no_other_issue(good, tmp_path):
    path = tmp_path / "file.xml"
    spoiled = good.replace('"JPY">1250000<', '"XQX">1250000<').replace("<NbOfTxs>2<", "<NbOfTxs>3<")
    path.write_text(spoiled, encoding="utf-8")

    status, answer = asked(path)

    assert status == 1
    assert {"unknown-currency", "nb-of-txs"} <= {issue["code"] for issue in answer["issues"]}


def test_a_date_is_judged_against_a_day_only_when_the_day_is_given(good, tmp_path):
    path = tmp_path / "file.xml"
    path.write_text(good, encoding="utf-8")

    assert asked(path)[0] == 0
    assert {each["code"] for each in asked(path, on="2026-11-02")[1]["issues"]} == {"date-past"}


def test_an_account_number_with_a_wrong_digit_is_refused(good, tmp_path):
    account = "<Othr>\n              <Id>1234567</Id>\n            </Othr>"
    path = tmp_path / "file.xml"
    met = []
    for iban in ("GB82WEST12345698765432", "GB83WEST12345698765432"):
        path.write_text(good.replace(account, f"<IBAN>{iban}</IBAN>"), encoding="utf-8")
        met.append([issue["code"] for issue in asked(path)[1]["issues"]])

    assert account in good
    assert met == [[], ["bad-iban"]]


def test_an_entity_that_points_at_a_file_is_never_read(good, tmp_path):
    path = tmp_path / "file.xml"
    entity = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><Document'
    path.write_text(good.replace("<Document", entity, 1), encoding="utf-8")

    status, answer = asked(path)

    assert (status, [issue["code"] for issue in answer["issues"]]) == (1, ["bad-xml"])
