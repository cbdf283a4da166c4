"""The digest that an approval is bound to."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx_settlement.domain.approval import BatchContent, Offer, Part, Wire

WIRES = (Wire("P-1", 7, 100_00), Wire("P-2", 8, 50_00))
PARTS = (Part(1, 3, 90_00), Part(2, 4, 60_00))
OFFER = Offer("Bank of Beilun", Decimal("7.1900000000"), Decimal("7.20"), "2025-02-01T00:00+00:00")
CONTENT = BatchContent("SB-2025-0001", "USD", 150_00, WIRES, PARTS, OFFER)

CHANGES = {
    "currency": replace(CONTENT, currency="EUR"),
    "total": replace(CONTENT, foreign_minor=150_01),
    "amount of a wire": replace(CONTENT, wires=[replace(WIRES[0], amount_minor=1), WIRES[1]]),
    "supplier of a wire": replace(CONTENT, wires=[replace(WIRES[0], supplier=9), WIRES[1]]),
    "a wire less": replace(CONTENT, wires=WIRES[:1]),
    "importer of a part": replace(CONTENT, parts=[replace(PARTS[0], importer=5), PARTS[1]]),
    "rate": replace(CONTENT, offer=replace(OFFER, all_in=Decimal("7.21"))),
    "bank": replace(CONTENT, offer=replace(OFFER, provider="Another bank")),
    "where a wire goes": replace(CONTENT, wires=[replace(WIRES[0], account="9"), WIRES[1]]),
    "the account that pays": replace(CONTENT, account="4000|BKCHCNBJ"),
    "no rate": replace(CONTENT, offer=None),
    "how long it is held": replace(CONTENT, offer=replace(OFFER, valid_before="2025-02-02")),
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_whatever_is_changed_makes_another_digest(changed):
    assert changed.sha256() != CONTENT.sha256()


@given(st.permutations(WIRES), st.permutations(PARTS))
def test_the_order_of_wires_and_parts_is_no_content(wires, parts):
    assert replace(CONTENT, wires=wires, parts=parts).sha256() == CONTENT.sha256()


def test_zeros_that_a_database_adds_to_a_rate_are_no_content():
    same = replace(CONTENT, offer=replace(OFFER, mid=Decimal("7.19"), all_in=Decimal("7.2000")))

    assert same.sha256() == CONTENT.sha256()
