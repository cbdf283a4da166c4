"""The quick way to judge a message has the verdict of the slow way, or leaves it to that."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.jurisdictions.cn.messages.conformance import against_schema
from customs.jurisdictions.cn.messages.field_rules import field_findings, sure_of
from customs.jurisdictions.cn.messages.fields import shapes
from customs.jurisdictions.cn.messages.quick import read_quickly
from customs.jurisdictions.cn.messages.reading import read
from customs.jurisdictions.cn.messages.retail import KINDS, Sender, messages
from customs.jurisdictions.cn.messages.signing import write_signed
from customs.jurisdictions.cn.messages.trees import read_tree
from customs.jurisdictions.cn.messages.validating import judge_slowly, validate
from customs.jurisdictions.cn.messages.writing import plain_text, write
from tests.customs.messages.cases import BROKER, case
from tests.customs.messages.documents import SENT, dice_of, message
from tests.customs.messages.test_schema import signer, spoil  # noqa: F401  a fixture

EVERY = pytest.mark.parametrize("code", SENT)
FIELDS = [
    pytest.param(field, id=f"{code}-{part.name}-{field.name}")
    for code in SENT
    for part in (shapes()[code].head, shapes()[code].line)
    if part is not None
    for field in part.parts
    if sure_of(field) is not None
]
TEXTS = [
    "0",
    "0.0",
    "00.10",
    ".5",
    "5.",
    "-1",
    "-0",
    "1e3",
    " 7",
    "NaN",
    "1",
    "I",
    "3105",
    "无",
    "/ ",
]
TEXTS += [
    "20260501",
    "20260231",
    "20260501093000",
    "110",
    "142",
    "035",
    "é",
    "ａ",
    "a\nb",
    "名",
    "7.",
]


def parcels(code, **changes):
    whole = case(**changes)
    return messages([whole], code, sender=Sender(BROKER, "DXPENT1"), reference="DB-1")


def told(verdict):
    return verdict.code, verdict.papers, verdict.is_signed, [x.as_json() for x in verdict.findings]


@pytest.mark.parametrize("code", KINDS)
def test_what_a_broker_sends_is_judged_the_quick_way(code):
    (sent,) = parcels(code)

    quick = read_quickly(write(sent))

    assert quick.message == read(write(sent)).message
    assert quick.is_signed is False


def test_names_with_signs_that_xml_escapes_are_judged_the_quick_way_too():
    (sent,) = parcels("CEB621", consignee_address="A & B <c> > 1号")

    quick = read_quickly(write(sent))

    assert quick.message.papers[0].head["consigneeAddress"] == "A & B <c> > 1号"
    assert quick.message == read(write(sent)).message


def test_a_signed_message_is_judged_the_quick_way(signer):  # noqa: F811
    content = write_signed(parcels("CEB621", consignee_address="A & B")[0], signer)

    assert read_quickly(content).is_signed is True
    assert told(validate(content)) == told(judge_slowly(content))
    assert validate(content).is_valid


def test_a_signature_that_is_none_is_left_to_the_slow_way(signer):  # noqa: F811
    content = write_signed(parcels("CEB621")[0], signer)

    for cut in (b"<ds:DigestValue>", b"</ds:Signature>", b"<ds:SignedInfo>"):
        assert read_quickly(content.replace(cut, b"", 1)) is None
    twice = content.replace(b"<ds:Signature ", b"<!-- --><ds:Signature ", 1)
    assert told(validate(twice)) == told(judge_slowly(twice))


@EVERY
def test_random_messages_spoiled_or_not_get_the_same_verdict_both_ways(code, signer):  # noqa: F811
    dice = dice_of(f"{code} quick")
    taken = 0

    for _ in range(60):
        sent = message(dice, code, papers=2)
        good = write_signed(sent, dice.choice([signer, None]))
        for content in (good, *(spoil(dice, good)[1] for _ in range(6))):
            quick = read_quickly(content)
            if quick is not None:
                taken += 1
                faults = [each.code for each in against_schema(read_tree(content))]
                is_complete = quick.is_signed or not shapes()[code].needs_signature
                assert faults == ([] if is_complete else ["element-missing"])
                assert quick.message == read(content).message
                for either in (True, False):
                    slowly = judge_slowly(content, may_be_unsigned=either)
                    assert told(validate(content, may_be_unsigned=either)) == told(slowly)

    assert taken > 20


@pytest.mark.parametrize(
    "harm",
    [
        (b"<ceb:gname>", b"<ceb:gname>\x0b"),
        (b"<ceb:gname>", "<ceb:gname>\ufffe".encode()),
        (b"<ceb:gname>", "<ceb:gname>\ue000&amp;".encode()),
        (b"<ceb:gname>", b"<ceb:gname>]]>"),
        (b"<ceb:gname>", b"<ceb:gname>&#65;"),
        (b"<ceb:gname>", b"<ceb:gname>\r"),
        (b"</ceb:CEB621Message>", b"</ceb:CEB621Message> "),
        (b"</ceb:CEB621Message>", b"<!-- --></ceb:CEB621Message>"),
        (b"</ceb:InventoryList>", b"</ceb:InventoryList> "),
        (b'version="1.0"', b'version=""'),
        (b"<ceb:qty>2<", b"<ceb:qty>123456789012345<"),
        (b"UTF-8", b"GBK"),
        (b"<ceb:gname>", b"<ceb:gname>\xff"),
    ],
)
def test_what_is_not_as_written_here_is_left_to_the_slow_way(harm):
    content = write(parcels("CEB621")[0])
    assert read_quickly(content) is not None

    assert harm[0] in content
    assert read_quickly(content.replace(*harm, 1)) is None


def test_more_papers_or_lines_than_customs_takes_are_left_to_the_slow_way():
    (sent,) = parcels("CEB621")
    (paper,) = sent.papers
    too_long = replace(paper, lines=paper.lines * 100)

    assert read_quickly(write(replace(sent, papers=(paper,) * 100))) is not None
    assert read_quickly(write(replace(sent, papers=(paper,) * 101))) is None
    assert read_quickly(write(replace(sent, papers=(too_long,)))) is None
    assert read_quickly(write(replace(sent, papers=(replace(paper, lines=()),)))) is None


@pytest.mark.parametrize("field", FIELDS)
def test_a_text_that_is_surely_right_breaks_no_rule_of_its_field(field):
    sure = sure_of(field)

    for text in (*TEXTS, *field.choices):
        assert not (sure(text) and list(field_findings(field, text))), text


@given(text=st.text(max_size=12) | st.from_regex(r"[0-9 .\-+]{1,9}", fullmatch=True))
def test_no_random_text_is_surely_right_and_breaks_a_rule(text):
    for field in (param.values[0] for param in FIELDS):
        assert not (sure_of(field)(text) and list(field_findings(field, text))), field.name


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=3))
def test_texts_escaped_together_are_those_escaped_one_by_one(texts):
    names = ("note", "logisticsName", "logisticsCode")
    head = dict(zip(names, texts, strict=False))
    (sent,) = parcels("CEB511")
    state = replace(sent, papers=(replace(sent.papers[0], head=head),))

    try:
        written = write(state).decode()
    except Exception as refused:
        with pytest.raises(type(refused)):
            [plain_text(text) for text in head.values()]
    else:
        for name, text in head.items():
            if text:
                assert f"<ceb:{name}>{plain_text(text)}</ceb:{name}>" in written
