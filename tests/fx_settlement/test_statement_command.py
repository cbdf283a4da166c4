"""Statements of real banks read, tied or shown not to tie; garbage refused."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.fx_settlement.bank import movement, statement
from tests.shared_data import oracle


def parse(path: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    call_command("statement", "parse", str(path), "--json")
    said: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["statements"]
    return said


def test_the_finpetrol_statement_ties(capsys: pytest.CaptureFixture[str]) -> None:
    path = oracle("fx", "camt_samples", "business_sample_camt.053.001.04.xml")
    (one,) = parse(path, capsys)
    assert (one["account"], one["currency"]) == ("50000000054910000003", "SEK")
    assert (one["opening"], one["closing"], one["ties"]) == ("500000", "435678.50", True)
    assert [e["amount"] for e in one["entries"]] == ["105678.50", "-200000", "30000"]


def test_an_exchange_is_booked_in_the_accounts_currency_and_its_stated_rate_is_not_believed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It says source EUR, rate 0.1085: that holds from SEK to EUR, against its own words."""
    path = oracle("fx", "camt_samples", "business_sample_camt.053.001.04.xml")
    (one,) = parse(path, capsys)

    exchanged = one["entries"][2]

    assert (exchanged["amount"], exchanged["currency"]) == ("30000", "SEK")
    assert "3255" not in json.dumps(one)
    assert Decimal(exchanged["amount"]) * Decimal("0.1085") == Decimal(3255)


def finnish(closing: str) -> str:
    """A statement with the balances of the Finnish guideline's example, in ten movements."""
    amounts = ["8000.00", "5000.00", "1000.00", "500.00", "-400.00", "-300.00", "-200.00", "40.00"]
    lines = [movement(amount, currency="EUR") for amount in (*amounts, "4.84", "-0.01")]
    home = {"currency": "EUR", "account": "FI2112345600000785"}
    raw: bytes = statement(*lines, opening="10000.00", closing=closing, **home)
    return raw.decode()


@pytest.mark.parametrize(
    ("closing", "ties", "off"), [("23644.83", True, "0.00"), ("23644.84", False, "0.01")]
)
def test_the_finnish_balances_tie_and_a_cent_more_does_not(
    closing: str, ties: bool, off: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "fi.xml").write_text(finnish(closing))

    (one,) = parse(tmp_path / "fi.xml", capsys)

    assert (one["opening"], one["closing"], one["ties"]) == ("10000.00", closing, ties)
    assert sum(Decimal(entry["amount"]) for entry in one["entries"]) == Decimal("13644.83")
    assert Decimal(one["difference"]) == Decimal(off)


def test_the_second_postfinance_statement_misses_twenty_cents(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, second = parse(oracle("fx", "mt940_samples", "jejik", "postfinance.sta"), capsys)

    assert second["ties"] is False
    assert Decimal(second["difference"]) == Decimal("0.20")
    assert Decimal(second["opening"]) + Decimal("-79.9") + Decimal("10.1") == Decimal("159.4")
    assert Decimal(second["closing"]) == Decimal("159.6")


def test_the_postfinance_camt_misses_1537_francs(capsys: pytest.CaptureFixture[str]) -> None:
    path = next(oracle("fx", "camt_samples").glob("postfinance*"))
    (one,) = parse(path, capsys)
    assert one["ties"] is False
    assert one["difference"].lstrip("-") == "1537.00"


def test_a_notification_without_balances_cannot_tie(capsys: pytest.CaptureFixture[str]) -> None:
    path = oracle("fx", "camt_samples", "business_sample_camt.054.001.04.xml")
    (one,) = parse(path, capsys)
    assert (one["opening"], one["ties"]) == (None, None)
    assert one["entries"][0]["amount"] == "105678.50"


@pytest.mark.parametrize(
    ("folder", "name", "ties"),
    [
        ("jejik", "postfinance.sta", [True, False]),
        ("jejik", "ing.sta", None),
        ("jejik", "abnamro.sta", None),
        ("cmxl", "mt940.sta", None),
        ("self-provided", "raphaelm.sta", None),
    ],
)
def test_mt940_is_split_per_statement(
    folder: str, name: str, ties: list[bool] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    found = parse(oracle("fx", "mt940_samples", folder, name), capsys)
    assert found
    assert all(one["account"] and one["currency"] for one in found)
    if ties is not None:
        assert [one["ties"] for one in found] == ties


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe garbage",
        b"<a>",
        b"<Document/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b":20:X\n:25:1\n:60F:nonsense\n:62F:C260101EUR1,\n",
        b"<?xml version='1.0' encoding='nope'?><a/>",
    ],
)
def test_garbage_and_attacks_end_in_an_error_object(
    raw: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").write_bytes(raw)
    with pytest.raises(SystemExit) as left:
        parse(tmp_path / "in", capsys)
    assert left.value.code == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"]


def test_an_absent_file_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        parse(tmp_path / "absent", capsys)
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "unreadable-file"
