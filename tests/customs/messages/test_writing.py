"""Messages as bytes: canonical, the same every time, split where customs counts."""

from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import etree

from customs.jurisdictions.cn.messages.papers import Message, Paper, TooManyLines, split
from customs.jurisdictions.cn.messages.reading import read
from customs.jurisdictions.cn.messages.writing import (
    FIRST_LINE,
    CharacterNotAllowed,
    Route,
    canonical,
    write,
    write_envelope,
)
from tests.customs.messages.documents import GUID, SENT, dice_of, message
from tests.shared_data import oracle

SHARED = oracle("customs", "china")
SAMPLES = sorted((SHARED / "samples").glob("*.xml"))
EVERY = pytest.mark.parametrize("code", SENT)


def states(number: int) -> Message:
    """Waybill states, the shortest message that there is."""
    head = {"guid": GUID, "logisticsNo": "L1", "logisticsStatus": "S"}
    return Message("CEB513", GUID, tuple(Paper({**head, "note": str(n)}) for n in range(number)))


@EVERY
def test_what_is_written_is_canonical_to_the_byte(code):
    dice = dice_of(f"{code} canonical")

    for _ in range(50):
        written = write(message(dice, code, papers=2))
        assert FIRST_LINE + etree.tostring(etree.fromstring(written), method="c14n") == written


@EVERY
def test_what_is_written_is_read_back_as_it_was(code):
    dice = dice_of(f"{code} read back")

    for _ in range(50):
        once = read(write(message(dice, code, papers=2))).message
        assert read(write(once)).message == once


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_official_sample_is_read_written_and_read_as_the_same(sample):
    found = read(sample.read_bytes()).message

    assert found.papers
    assert read(write(found)).message == found


def test_an_amount_paid_is_written_under_the_misspelt_name_of_the_interface():
    order = Message("CEB311", GUID, (Paper({"acturalPaid": "545.50"}),))

    assert b"<ceb:acturalPaid>545.50</ceb:acturalPaid>" in write(order)


def test_what_xml_keeps_for_itself_is_escaped_once():
    state = Message("CEB513", GUID, (Paper({"note": "A & B <c> &amp;"}),))

    assert b"<ceb:note>A &amp; B &lt;c&gt; &amp;amp;</ceb:note>" in write(state)


def test_a_character_that_xml_cannot_hold_is_refused_by_its_number():
    with pytest.raises(CharacterNotAllowed) as refused:
        write(Message("CEB513", GUID, (Paper({"note": "a\x0bb"}),)))

    assert refused.value.params == {"character": "U+000B", "position": 2}


def test_a_blank_field_is_left_out_unless_it_has_to_stand():
    written = write(Message("CEB513", GUID, (Paper({"note": "", "logisticsName": ""}),)))

    assert b"ceb:note" not in written
    assert b"<ceb:logisticsName></ceb:logisticsName>" in written


def test_250_papers_become_three_messages_in_order_each_with_a_number_of_its_own():
    parts = list(split(states(250)))

    assert [len(part.papers) for part in parts] == [100, 100, 50]
    assert [part.papers[0].head["note"] for part in parts] == ["0", "100", "200"]
    assert parts[0].guid == GUID
    assert len({part.guid for part in parts}) == 3
    assert parts == list(split(states(250)))


def test_a_paper_of_a_hundred_lines_is_refused():
    order = Message("CEB311", GUID, (Paper({}, tuple({"gnum": str(n)} for n in range(100))),))

    with pytest.raises(TooManyLines):
        list(split(order))
    assert len(list(split(replace(order, papers=(Paper({}, order.papers[0].lines[:99]),))))) == 1


def test_an_envelope_is_valid_for_the_official_schema_and_carries_the_message_unchanged():
    content = write(states(1))
    official = etree.XMLSchema(etree.parse(SHARED / "xsd" / "海关跨境终端节点报文定义202205.xsd"))

    packed = write_envelope(
        content,
        code="CEB513Message",
        number="1",
        route=Route("DXPENT0000000001", ("DXPEDCCEB0000002",)),
        created_at=datetime(2026, 5, 1, 1, 0, tzinfo=UTC),
    )

    official.assertValid(etree.fromstring(packed))
    data = etree.fromstring(packed).findtext("{http://www.chinaport.gov.cn/dxp}Data")
    assert b64decode(data) == content
    assert read(packed).inside == read(content)


def test_the_canonical_form_is_what_is_written_without_its_first_line():
    assert FIRST_LINE + canonical(states(1)) == write(states(1))
