"""Lists and gate passes are written as operators' clients write them."""

from datetime import UTC, datetime

import pytest

from customs.jurisdictions.cn.messages.bonded import bonded_shapes
from customs.jurisdictions.cn.messages.bonded_writing import (
    LINES,
    LIST,
    PASS,
    STORE,
    BondedMessage,
    Posting,
    from_parts,
    write_bonded,
)
from customs.jurisdictions.cn.messages.reading import read
from customs.jurisdictions.cn.messages.validating import validate
from customs.jurisdictions.cn.messages.writing import CharacterNotAllowed
from tests.customs.messages.documents import dice_of
from tests.shared_data import oracle

SAMPLES = oracle("customs", "china", "bonded_samples")
POSTING = Posting("HZ1", "DXPENT0000021945", "0", datetime(2026, 5, 1, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("pattern", "name"),
    [("*Ibondinvt*", LIST), ("*Ebondinvt*", LIST), ("*Ipassport*", PASS), ("*Epassport*", PASS)],
)
def test_a_real_message_read_and_written_says_the_same(pattern, name):
    (path,) = SAMPLES.glob(pattern)
    real = read(path.read_bytes())

    content = write_bonded(from_parts(name, real.parts), POSTING)

    ours = read(content)
    assert ours.code == real.code
    without = {"EnvelopInfo"}
    assert {k: v for k, v in ours.parts.items() if k not in without} == {
        k: v for k, v in real.parts.items() if k not in without
    }
    assert validate(content).is_valid
    assert ours.aside == ()


def test_the_envelope_says_what_is_sent_by_whom_and_when():
    (path,) = SAMPLES.glob("*Ipassport*")
    message = from_parts(PASS, read(path.read_bytes()).parts)

    content = write_bonded(message, POSTING)

    (envelope,) = read(content).parts["EnvelopInfo"]
    assert (envelope["message_type"], envelope["message_id"]) == ("SAS121", "HZ1")
    assert (envelope["sender_id"], envelope["receiver_id"]) == (
        "DXPENT0000021945",
        "DXPEDCSAS0000001",
    )
    assert envelope["send_time"] == "2026-05-01T09:30:00"
    assert b"<DelcareFlag>1</DelcareFlag>" in content
    assert content == write_bonded(message, POSTING)


def test_a_message_may_be_stored_before_it_is_declared():
    posting = Posting("HZ1", "S", "0", POSTING.at, order=STORE)

    assert b"<DelcareFlag>0</DelcareFlag>" in write_bonded(BondedMessage(LIST, {}), posting)


def filled(dice, field):
    if field.choices:
        return dice.choice(field.choices)
    if field.kind == "decimal":
        return dice.choice(["1", "12.5", "0.25"])
    if field.kind in ("long", "real"):
        return str(dice.randint(1, 99_999))
    least, most = max(field.length.least, 1), field.length.most or 30
    sign = dice.choice("0123456789") if "digits" in field.form else dice.choice("罐A<&7")
    return sign * dice.randint(least, most)


def part(dice, shape, **fixed):
    some = {
        field.name: filled(dice, field)
        for field in shape.parts
        if field.is_mandatory or dice.random() < 0.5
    }
    return {**some, **fixed}


def random_list(dice, way):
    shape = bonded_shapes()[LIST]
    line = shape.part(LINES[LIST])
    lines = tuple(part(dice, line, GdsSeqno=str(n)) for n in range(1, dice.randint(2, 5)))
    bills = tuple({"CbecBillNo": str(dice.randint(10**17, 10**18 - 1))} for _ in range(3))
    return BondedMessage(
        LIST, part(dice, shape.part("InvtHeadType"), ImpexpMarkcd=way), lines, bills
    )


def random_pass(dice, way):
    shape = bonded_shapes()[PASS]
    head = part(
        dice,
        shape.part("PassportHead"),
        IoTypecd=way,
        BindTypecd="1",
        RltTbTypecd="1",
        RltNo="QD901319I000000228",
    )
    lines = tuple(part(dice, shape.part("PassportList")) for _ in range(dice.randint(0, 3)))
    return BondedMessage(PASS, head, lines, ({"RtlBillTypecd": "1", "RtlBillNo": "QD1"},))


@pytest.mark.parametrize("many", [100, pytest.param(1_000, marks=pytest.mark.deep)])
@pytest.mark.parametrize("way", ["I", "E"])
@pytest.mark.parametrize("make", [random_list, random_pass])
def test_random_messages_in_and_out_are_valid_and_read_back_as_they_were(make, way, many):
    dice = dice_of(f"{make.__name__} {way}")

    for _ in range(many):
        message = make(dice, way)
        content = write_bonded(message, POSTING)

        assert validate(content).is_valid, [each.as_json() for each in validate(content).findings]
        assert from_parts(message.name, read(content).parts) == message


def test_a_character_that_xml_cannot_hold_is_refused():
    with pytest.raises(CharacterNotAllowed):
        write_bonded(BondedMessage(LIST, {"Rmk": "\x00"}), POSTING)
