"""Payment files written: valid by the official schemas, clean by our rules, the same each time."""

from dataclasses import replace
from datetime import date

import pytest
from lxml import etree

from fx_settlement.domain import bank_file
from fx_settlement.domain.check_digits import good_uetr
from fx_settlement.domain.pain001 import (
    VERSIONS,
    AccountAt,
    AddressMissing,
    BankParty,
    Instruction,
    NotLatin,
    PaymentFile,
    Remitted,
    Reporting,
    UnknownVersion,
    build,
    latin,
    uetr_of,
)
from tests.shared_data import oracle

OPERATOR = BankParty("POOL OPERATOR CO LTD", "CN", "Shenzhen", "1 Example Road", "518000")
TOKYO = BankParty("TOKYO COSME KK", "JP", "Tokyo", "1 Example Street", "100-0005")
OSAKA = BankParty("Ôsaka Café & Co", "JP", "Osaka")
SELLER_7 = BankParty("SELLER 0007", "HK", uscc="91440300MA5SELLER7")
SELLER_12 = BankParty("SELLER 0012", "HK")
ACCOUNT = AccountAt("4000023029200000000", "BKCHCNBJ45A")
WIRES = (
    Instruction(
        "PAY-2026-000001",
        uetr_of("test", "PAY-2026-000001"),
        1_250_000,
        TOKYO,
        AccountAt("1234567", "MHCBJPJTXXX"),
        [Remitted("INV-7781", 820_000, SELLER_7), Remitted("INV-7790", 430_000, SELLER_12)],
    ),
    Instruction(
        "PAY-2026-000002",
        uetr_of("test", "PAY-2026-000002"),
        90_000,
        OSAKA,
        AccountAt("GB82WEST12345698765432", "WESTGB2L"),
        [Remitted("INV-1", 100_000, SELLER_7), Remitted("CN-1", -10_000, SELLER_7)],
    ),
)
FILE = PaymentFile(
    "SB-2026-000001",
    "2026-10-30T09:30:00+08:00",
    date(2026, 11, 4),
    "JPY",
    OPERATOR,
    ACCOUNT,
    WIRES,
    Reporting("SAFE", "CN", "121010", "IMPORT GOODS 310120261012345678"),
)
SPACE = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_of_each_version_is_valid_by_its_official_schema(version):
    schema = etree.XMLSchema(file=str(oracle("fx", "xsd", f"pain.001.001.{version}.xsd")))

    schema.assertValid(etree.fromstring(build(FILE, version)))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_of_each_version_passes_the_rules_that_the_schema_lacks(version):
    assert bank_file.check(build(FILE, version), date(2026, 11, 2)) == []


def test_the_same_content_makes_the_same_bytes():
    assert build(FILE) == build(replace(FILE, instructions=list(WIRES)))


def test_each_wire_names_every_sellers_document_and_sets_credit_notes_off():
    root = etree.fromstring(build(FILE))

    numbers = [node.text for node in root.iter(f"{SPACE}Nb")]
    kinds = [node.text for node in root.iter(f"{SPACE}Cd")]
    assert numbers == ["INV-7781", "INV-7790", "INV-1", "CN-1"]
    assert kinds.count("CREN") == 1
    assert [node.text for node in root.iter(f"{SPACE}CdtNoteAmt")] == ["10000"]
    assert [node.text for node in root.iter(f"{SPACE}CtrlSum")] == ["1340000", "1250000", "90000"]


def test_a_wire_for_one_seller_alone_names_it_as_the_ultimate_debtor():
    root = etree.fromstring(build(FILE))

    assert [node[0].text for node in root.iter(f"{SPACE}UltmtDbtr")] == ["SELLER 0007"]


def test_an_iban_is_written_as_one_and_other_numbers_as_the_banks_own():
    root = etree.fromstring(build(FILE))

    assert [node.text for node in root.iter(f"{SPACE}IBAN")] == ["GB82WEST12345698765432"]
    assert "Osaka Cafe + Co" in [node.text for node in root.iter(f"{SPACE}Nm")]


def test_dollars_are_written_with_two_decimals_and_yen_with_none():
    dollars = replace(FILE, currency="USD", instructions=WIRES[:1])
    root = etree.fromstring(build(dollars))

    assert next(root.iter(f"{SPACE}InstdAmt")).text == "12500.00"


def test_the_oldest_version_carries_no_uetr_and_writes_the_bank_by_bic():
    text = build(FILE, "03").decode()

    assert "UETR" not in text
    assert "<BIC>MHCBJPJTXXX</BIC>" in text
    assert "<ReqdExctnDt>2026-11-04</ReqdExctnDt>" in text


def test_a_name_in_chinese_letters_is_refused_and_says_whose():
    named = replace(FILE, instructions=[replace(WIRES[0], creditor=replace(TOKYO, name="东京"))])

    with pytest.raises(NotLatin) as refused:
        build(named)
    assert refused.value.params["value"] == "东京"


@pytest.mark.parametrize("what", ["town", "country"])
def test_an_address_without_town_or_country_is_refused(what):
    bare = replace(TOKYO, **{what: ""})

    with pytest.raises(AddressMissing):
        build(replace(FILE, instructions=[replace(WIRES[0], creditor=bare)]))


def test_a_version_that_is_not_written_is_refused():
    with pytest.raises(UnknownVersion):
        build(FILE, "12")


def test_a_uetr_follows_from_who_pays_and_what():
    uetr = uetr_of("pool.example", "PAY-2026-000001")

    assert good_uetr(uetr)
    assert uetr == uetr_of("pool.example", "PAY-2026-000001")
    assert uetr != uetr_of("other.example", "PAY-2026-000001")


def test_a_text_is_cut_to_its_length_and_folded():
    assert latin("Müller  & Söhne_Ltd", what="The name", most=12) == "Muller + Soh"
    assert latin("100% Juice; fresh", what="The name", most=140) == "100. Juice. fresh"


MUTANTS = {
    "ctrl-sum": ("<CtrlSum>1340000<", "<CtrlSum>1340001<"),
    "nb-of-txs": ("<NbOfTxs>2<", "<NbOfTxs>1<"),
    "currency-decimals": ('"JPY">90000<', '"JPY">90000.0<'),
    "zero-amount": ('InstdAmt Ccy="JPY">90000<', 'InstdAmt Ccy="JPY">0<'),
    "missing-town": ("<TwnNm>Osaka</TwnNm>", ""),
    "bad-charset": ("Osaka Cafe", "大阪 Cafe"),
    "too-long": ("<EndToEndId>PAY-2026-000002<", f"<EndToEndId>{'X' * 36}<"),
    "bad-bic": ("WESTGB2L", "WEST"),
    "bad-iban": ("GB82WEST12345698765432", "GB82WEST12345698765431"),
    "remittance-sum": ('CdtNoteAmt Ccy="JPY">10000<', 'CdtNoteAmt Ccy="JPY">10001<'),
    "duplicate-end-to-end-id": ("<EndToEndId>PAY-2026-000002<", "<EndToEndId>PAY-2026-000001<"),
    "date-past": ("2026-11-04", "2026-10-30"),
    "not-a-good-day": ("2026-11-04", "2026-11-03"),
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("code", MUTANTS)
def test_each_spoiled_file_of_ours_is_refused_by_name(code, version):
    old, new = MUTANTS[code]
    good = build(FILE, version).decode()

    issues = bank_file.check(good.replace(old, new).encode(), date(2026, 11, 2))

    assert old in good
    assert code in {issue.code for issue in issues}
