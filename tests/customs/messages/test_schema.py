"""The official schema and ours judge alike, over thousands of messages that nobody wrote."""

import re

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from customs.jurisdictions.cn.messages.conformance import against_schema
from customs.jurisdictions.cn.messages.signing import PemSigner, write_signed
from customs.jurisdictions.cn.messages.trees import NotXML, read_tree
from tests.customs.messages.documents import ANSWERS, SENT, TAXES, dice_of, message
from tests.shared_data import oracle

XSD = oracle("customs", "china", "xsd")
EVERY = pytest.mark.parametrize("code", SENT)
A_MESSAGE = 4
"""Papers of each random message."""


@pytest.fixture(scope="module")
def official():
    return etree.XMLSchema(etree.parse(XSD / "海关跨境进口业务节点报文定义202205.xsd"))


@pytest.fixture(scope="module")
def signer():
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return PemSigner.load(pem, key_name="0001", certificate="TUlJ")


def refused_by(schema, content):
    """Whether the official schema refuses the bytes."""
    try:
        return not schema.validate(etree.fromstring(content))
    except etree.XMLSyntaxError:
        return True


def refused_by_us(content):
    try:
        return bool(against_schema(read_tree(content)))
    except NotXML:
        return True


@pytest.mark.parametrize("many", [200, pytest.param(1_000, marks=pytest.mark.deep)])
@EVERY
def test_random_messages_of_each_kind_are_valid_for_the_official_schema_and_for_us(
    code, many, official, signer
):
    dice = dice_of(code)

    for _ in range(many):
        content = write_signed(message(dice, code, papers=A_MESSAGE), signer)
        official.assertValid(etree.fromstring(content))
        assert against_schema(read_tree(content)) == []


def spoil(dice, content):
    """One small harm done to a message: something cut, doubled, moved, renamed or refilled."""
    text = content.decode()
    fields = list(re.finditer(r"<ceb:(\w+)>([^<]*)</ceb:\1>", text))
    one, other = dice.choice(fields), dice.choice(fields)
    name, whole = one.group(1), one.group()
    harms = {
        "cut": "",
        "doubled": whole * 2,
        "emptied": f"<ceb:{name}></ceb:{name}>",
        "lengthened": f"<ceb:{name}>{one.group(2)}{'长' * dice.choice([1, 20, 600])}</ceb:{name}>",
        "shortened": f"<ceb:{name}>{one.group(2)[:-1].rpartition('&')[0]}</ceb:{name}>",
        "renamed": whole.replace(name, f"{name}x"),
        "foreign": f'<{name} xmlns="urn:other">1</{name}>',
        "unqualified": f"<{name}>1</{name}>",
        "nested": f"<ceb:{name}><ceb:note>1</ceb:note></ceb:{name}>",
        "marked": whole.replace(f"<ceb:{name}>", f'<ceb:{name} kind="1">'),
        "number": f"<ceb:{name}>{dice.choice(NUMBERS)}</ceb:{name}>",
        "spoken": f"{whole} and so on",
        "swapped": other.group(),
        "commented": f"<!-- kept -->{whole}",
        "spaced": f"\n\t{whole}\n",
        "broken": whole[:-2],
        "filled": f"<ceb:{name}>1</ceb:{name}>",
    }
    harm = dice.choice(list(harms))
    return harm, (text[: one.start()] + harms[harm] + text[one.end() :]).encode()


NUMBERS = ("1e5", "1.234567", "12345678901234567890", ".5", "5.", "+1", "1,5", "-0", " 7 ", "NaN")


@EVERY
def test_a_thousand_spoiled_messages_of_each_kind_are_judged_alike(code, official, signer):
    dice = dice_of(f"{code} spoiled")
    disagreements, refused = [], 0

    for _ in range(100):
        good = write_signed(message(dice, code, papers=1), signer)
        for _ in range(10):
            harm, content = spoil(dice, good)
            by_them, by_us = refused_by(official, content), refused_by_us(content)
            refused += by_them
            if by_them != by_us:
                disagreements.append((harm, content))

    assert disagreements == []
    assert refused > 500


@pytest.mark.parametrize("code", [*ANSWERS, *TAXES])
def test_receipts_and_tax_bills_are_judged_alike_too(code, official):
    dice = dice_of(f"{code} received")

    for _ in range(30):
        good = write_signed(message(dice, code, papers=2), None)
        assert not refused_by(official, good)
        assert not refused_by_us(good)
        for _ in range(3):
            _, content = spoil(dice, good)
            assert refused_by_us(content) == refused_by(official, content), content
