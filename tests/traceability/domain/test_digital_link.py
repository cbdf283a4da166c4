"""GS1 Digital Link addresses, beside the vectors of GS1's own engine."""

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.trade import gs1_check_digit
from tests.shared_data import oracle
from traceability.domain.digital_link import (
    BadDigitalLink,
    ItemKey,
    canonical,
    parse,
    path_of,
    printed,
)

GTIN = "09520123456788"
gtins = st.text(string.digits, min_size=13, max_size=13).map(lambda d: d + gs1_check_digit(d))
values = st.text(string.ascii_letters + string.digits + "!\"%&'()*+,-./:;<=>?_", max_size=20)


def test_a_unit_has_one_canonical_address():
    unit = ItemKey(GTIN, lot="SP-26-0917", serial="7F3KQ2ZD98MXT4A0")

    assert canonical(unit) == (
        "https://id.gs1.org/01/09520123456788/10/SP-26-0917/21/7F3KQ2ZD98MXT4A0"
    )


def test_the_symbol_carries_the_address_in_upper_case():
    unit = ItemKey(GTIN, lot="ignored-on-labels", serial="7F3KQ2ZD98MXT4A0")

    assert printed(unit, "trace.example.org") == (
        "HTTPS://TRACE.EXAMPLE.ORG/01/09520123456788/21/7F3KQ2ZD98MXT4A0"
    )


@given(item=st.builds(ItemKey, gtin=gtins, lot=values, serial=values, variant=values))
def test_every_address_reads_back_as_the_item_it_was_made_from(item):
    assert parse(canonical(item)) == item
    assert parse(path_of(item)) == item


@given(serial=st.text(string.ascii_uppercase + string.digits, min_size=16, max_size=16))
def test_a_scanned_symbol_reads_back(serial):
    assert parse(printed(ItemKey(GTIN, serial=serial), "a.example")) == ItemKey(GTIN, serial=serial)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "7F3KQ2ZD98MXT4A0",
        "ftp://a/01/09520123456788",
        "https://a/01/09520123456789",
        "https://a/01/9520123456788",
        "https://a/01/09520123456788/21/A/10/B",
        "https://a/01/09520123456788/10/A/10/B",
        "https://a/01/09520123456788/21/",
        "https://a/01/09520123456788/21/ABCDEFGHIJKLMNOPQRSTU",
        "https://a/01/09520123456788/17/261231",
        "https://a/01/09520123456788/21/%zz",
        "/t/7F3KQ2ZD98MXT4A0",
    ],
)
def test_what_is_not_the_address_of_a_product_is_refused(address):
    with pytest.raises(BadDigitalLink):
        parse(address)


def _vectors() -> list[dict]:
    """GTIN addresses without data attributes, read with the engine's default options."""
    path = oracle("trace/gs1-syntax/vectors/dl_parse_vectors.json")
    vectors = json.loads(path.read_text())
    return [v for v in vectors if not v["state"] and "?" not in v["uri"] and "/00/" not in v["uri"]]


def test_the_standards_own_engine_accepts_and_refuses_the_same_addresses():
    vectors = _vectors()

    judged = {v["uri"]: _accepts(v["uri"]) for v in vectors}

    assert len(vectors) == 16
    assert judged == {v["uri"]: v["valid"] for v in vectors}


def test_the_standards_own_engine_reads_the_same_values():
    for vector in _vectors():
        if vector["valid"]:
            item = parse(vector["uri"])
            parts = [("01", item.gtin), ("22", item.variant), ("10", item.lot), ("21", item.serial)]
            text = "".join(f"^{ai}{value}" for ai, value in parts if value)

            assert text.replace("^", "") == vector["elements_caret"].replace("^", "")


def _accepts(address: str) -> bool:
    try:
        parse(address)
    except BadDigitalLink:
        return False
    return True
