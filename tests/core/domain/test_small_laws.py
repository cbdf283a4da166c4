"""Transitions, months, masks, canonical bytes, leaves and signed heads."""

from datetime import date

import pytest

from core.domain.calendar import add_months, month_range
from core.domain.canonical import canonical
from core.domain.checkpoint import (
    checkpoint_text,
    key_id,
    read_note,
    signed_note,
    verifier_key,
)
from core.domain.errors import Refusal
from core.domain.leaf import field_digest, leaf_bytes
from core.domain.masking import mask, mask_cell
from core.domain.transitions import StateTable, StepNotAllowed

BATCH = StateTable({"draft": {"lock": "locked"}, "locked": {"pay": "paid", "void": "void"}})


def test_a_step_leads_to_the_state_of_the_table():
    assert BATCH.next("draft", "lock") == "locked"


def test_a_step_that_the_state_does_not_have_is_refused_with_those_it_has():
    with pytest.raises(StepNotAllowed) as refusal:
        BATCH.next("locked", "lock")
    assert refusal.value.params["allowed"] == "pay, void"


def test_a_final_state_allows_nothing():
    assert BATCH.allowed("paid") == ()


def test_months_run_over_the_turn_of_the_year():
    assert add_months(date(2025, 11, 30), 3) == date(2026, 2, 1)
    assert list(month_range(date(2025, 12, 5), date(2026, 1, 1))) == [
        date(2025, 12, 1),
        date(2026, 1, 1),
    ]


@pytest.mark.parametrize(
    ("field", "clear", "shown"),
    [
        ("id_number", "330106199001012318", "330106**********18"),
        ("phone", "13812345678", "138****5678"),
        ("name", "张小明", "张**"),
        ("id_number", "1234", "****"),
    ],
)
def test_personal_data_can_be_recognised_but_not_read(field, clear, shown):
    assert mask(field, clear) == shown


def test_canonical_bytes_do_not_depend_on_the_order_of_keys():
    assert canonical({"b": [1, "仓"], "a": None}) == '{"a":null,"b":[1,"仓"]}'.encode()


def test_a_floating_point_number_has_no_canonical_bytes():
    with pytest.raises(TypeError):
        canonical({"a": [0.1]})


LEAF = {
    "name": "warehouse.lot.received",
    "at": "2025-03-01T04:00:00+00:00",
    "subject": "lot:7",
    "actor": "user:1",
    "data": {"units": 120},
    "salt": bytes(16),
}


def test_a_leaf_commits_to_a_field_without_showing_it():
    leaf = leaf_bytes(**LEAF)

    assert field_digest(bytes(16), "data.units", 120).encode() in leaf
    assert b"120" not in leaf.replace(b"digests", b"")[: leaf.index(b"digests")]
    assert field_digest(bytes(16), "data.units", 121).encode() not in leaf


def test_a_signed_head_reads_back_as_it_was_signed():
    text = checkpoint_text("pool.example/log", 3, bytes(32))
    note = signed_note(text, "pool.example/log", b"k" * 32, b"s" * 64)

    assert read_note(note) == (
        text,
        [("pool.example/log", key_id("pool.example/log", b"k" * 32), b"s" * 64)],
    )
    assert verifier_key("pool.example/log", b"k" * 32).startswith("pool.example/log+")


def test_a_refusal_says_its_reason_and_its_remedy_with_the_numbers():
    refusal = StepNotAllowed(action="pay", state="draft", allowed="lock")

    assert str(refusal) == ("“pay” is not possible while the state is “draft”. Possible now: lock.")


def test_two_refusals_cannot_share_a_code():
    with pytest.raises(TypeError, match="share the code"):
        type("Another", (Refusal,), {"code": "step-not-allowed"})


@pytest.mark.parametrize(
    ("cell", "quoted"),
    [
        ("林订购", "林**"),
        (" 欧阳娜娜 ", "欧***"),
        ("阿依·古丽", "阿****"),
        ("13912345678", "139******78"),
        ("商品名称说明", "商品名称说明"),
        ("Jan", "Jan"),
        ("12 箱", "12 箱"),
    ],
)
def test_a_cell_is_quoted_without_what_may_be_a_person(cell, quoted):
    assert mask_cell(cell) == quoted
