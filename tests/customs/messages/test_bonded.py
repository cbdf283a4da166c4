"""The bonded side is judged as its schemas judge it, and every real message passes."""

from xml.sax.saxutils import escape

import pytest
from lxml import etree

from customs.jurisdictions.cn.messages.bonded import (
    HDE,
    bonded_findings,
    bonded_shapes,
    is_bonded,
)
from customs.jurisdictions.cn.messages.faults import Level
from customs.jurisdictions.cn.messages.fields import DSIG
from customs.jurisdictions.cn.messages.trees import read_tree
from customs.jurisdictions.cn.messages.validating import validate
from tests.customs.messages.documents import dice_of
from tests.shared_data import oracle

XSD = oracle("customs", "china", "bonded_xsd")
SAMPLES = oracle("customs", "china", "bonded_samples")
WRAPPED = {"INV101": ("EMS", DSIG), "INV201": ("EMS", DSIG), "SAS121": ("SAS", "")}
BARE = {"SAS201": ("SAS", ""), "SAS221": ("SAS", ""), "SAS223": ("SAS", "")}
KINDS = {**WRAPPED, **BARE}
HEAD = (
    "<EnvelopInfo><version>1.0</version><message_id>M1</message_id><file_name>M1.INV</file_name>"
    "<message_type>{code}</message_type><sender_id>CUS0000</sender_id>"
    "<receiver_id>E010000</receiver_id><send_time>2024-07-30T11:48:03</send_time></EnvelopInfo>"
)
POCKET = (
    "<PocketInfo><pocket_id>1</pocket_id><total_pocket_qty>1</total_pocket_qty>"
    "<cur_pocket_no>1</cur_pocket_no></PocketInfo>"
)


def schema_of(code):
    return etree.XMLSchema(etree.parse(XSD / KINDS[code][0] / f"{code}.xsd"))


def value(dice, field):
    """A text that the field takes."""
    if field.kind in ("decimal", "real"):
        return dice.choice(["0", "1", "12.5", "-3.25", "007.50", "0.00001"])
    if field.kind in ("whole", "long"):
        return str(dice.randint(0, 999_999_999))
    if field.kind == "stamp":
        return dice.choice(["", "2024-07-30 11:48:02"])
    if field.kind == "daystamp":
        return dice.choice(["", "2024-07-30"])
    if field.kind == "instant":
        return "2024-07-30T11:48:03"
    if field.kind == "day":
        return "2024-07-30"
    least, most = field.length.least, field.length.most or 20
    return dice.choice("罐A7") * dice.choice([least, most, dice.randint(least, most)])


def written(dice, field):
    if not field.is_part:
        return f"<{field.name}>{escape(value(dice, field))}</{field.name}>"
    inside = "".join(
        written(dice, part)
        for part in field.parts
        for _ in range(1 if part.is_mandatory or part.most == 1 else dice.randint(0, 2))
    )
    return f"<{field.name}>{inside}</{field.name}>"


def document(code, body):
    """The body in the envelope that its schema asks for."""
    if code in BARE:
        return body.replace(f"<{code}>", f'<{code} xmlns="{HDE}">', 1).encode()
    space = f' xmlns="{DSIG}"' if KINDS[code][1] else ""
    return (
        f"<Package{space}>{HEAD.format(code=code)}<DataInfo>{POCKET}"
        f"<BussinessData>{body}</BussinessData></DataInfo></Package>"
    ).encode()


def spoil(dice, body):
    """One small harm done to one field of a message."""
    root = etree.fromstring(body)
    leaves = [each for each in root.iter() if not len(each) and each is not root]
    leaf = dice.choice(leaves)
    harm = dice.choice(["cut", "doubled", "emptied", "longer", "letters", "renamed", "moved"])
    above = leaf.getparent()
    if harm == "cut":
        above.remove(leaf)
    elif harm == "doubled":
        leaf.addnext(etree.fromstring(etree.tostring(leaf, with_tail=False)))
    elif harm == "emptied":
        leaf.text = ""
    elif harm == "longer":
        leaf.text = (leaf.text or "") + dice.choice(["1", "1" * 20, ".123456", "长" * 600])
    elif harm == "letters":
        leaf.text = dice.choice(["1e5", "NaN", "x", "2024-13-01 25:00:00", "+1", " 7 "])
    elif harm == "renamed":
        leaf.tag = f"{leaf.tag}x"
    else:
        above.insert(0, leaf)
    return etree.tostring(root, encoding="unicode")


@pytest.mark.parametrize("code", KINDS)
def test_random_messages_and_spoiled_ones_are_judged_as_their_schema_judges(code):
    dice, schema, refused = dice_of(f"bonded {code}"), schema_of(code), 0
    shape = bonded_shapes()[code]

    for _ in range(12):
        good = written(dice, shape)
        content = document(code, good)
        schema.assertValid(etree.fromstring(content))
        assert bonded_findings(read_tree(content)) == []
        for _ in range(8):
            content = document(code, spoil(dice, good))
            by_schema = not schema.validate(etree.fromstring(content))
            refused += by_schema
            assert bool(bonded_findings(read_tree(content))) == by_schema, content.decode()

    assert refused > 30


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(SAMPLES.glob("*.xml")) if "CEB" not in path.stem],
    ids=lambda path: path.stem,
)
def test_every_real_message_of_the_bonded_side_passes_with_warnings_at_most(path):
    content = path.read_bytes()

    verdict = validate(content)

    assert is_bonded(read_tree(content))
    assert [
        (each.path, each.code) for each in verdict.findings if each.level is not Level.WARNING
    ] == []


def sent(pattern, old, new):
    """A real message that an operator sent, with one text replaced everywhere."""
    (path,) = SAMPLES.glob(pattern)
    text = path.read_text("utf-8")
    assert old in text
    return validate(text.replace(old, new).encode())


@pytest.mark.parametrize(
    ("pattern", "old", "new", "code", "place"),
    [
        ("*Ibondinvt*", "<DclQty>120<", "<DclQty>0<", "not-positive", "InvtListType[1]/DclQty"),
        ("*Ibondinvt*", "<DclQty>120<", "<DclQty>ten<", "not-a-number", "InvtListType[1]/DclQty"),
        ("*Ibondinvt*", "<Natcd>609<", "<Natcd>AUS<", "not-a-number", "InvtListType[1]/Natcd"),
        (
            "*Ibondinvt*",
            "<ImpexpMarkcd>I<",
            "<ImpexpMarkcd>X<",
            "code-not-listed",
            "InvtHeadType/ImpexpMarkcd",
        ),
        (
            "*Ibondinvt*",
            "<PutrecNo>L9013B19A008<",
            "<PutrecNo><",
            "element-missing",
            "InvtHeadType/PutrecNo",
        ),
        (
            "*Ibondinvt*",
            "<Gdecd>1901101000<",
            "<Gdecd>19011010<",
            "wrong-length",
            "InvtListType[1]/Gdecd",
        ),
    ],
)
def test_a_list_with_one_fault_is_refused_with_its_place(pattern, old, new, code, place):
    verdict = sent(pattern, old, new)

    found = {(each.code, each.path) for each in verdict.findings if each.level is Level.SCHEMA}
    assert (code, f"/InvtMessage/{place}") in found
    assert not verdict.is_valid


def test_a_total_that_is_not_price_times_quantity_breaks_a_rule():
    verdict = sent("*Ibondinvt*", "<DclTotalAmt>18547.2<", "<DclTotalAmt>18600.2<")

    (found,) = [each for each in verdict.findings if each.level is Level.RULE]
    assert (found.code, found.path) == (
        "total-not-product",
        "/InvtMessage/InvtListType[1]/DclTotalAmt",
    )
    assert (verdict.is_valid, verdict.keeps_the_rules) == (True, False)


def test_a_pass_with_goods_has_to_name_its_paper_and_an_empty_truck_need_not():
    named = "<RltNo>QD901319I000000228<"

    loaded = sent("*Ipassport*", named, "<RltNo><")
    empty = validate(
        next(SAMPLES.glob("*Ipassport*"))
        .read_text("utf-8")
        .replace(named, "<RltNo><")
        .replace("<PassportTypecd>1<", "<PassportTypecd>6<")
        .encode()
    )

    assert (loaded.is_valid, empty.is_valid) == (False, True)


def test_net_weight_above_gross_breaks_a_rule():
    verdict = sent("*Ipassport*", "<TotalNetWt>285.478<", "<TotalNetWt>400.1<")

    assert not verdict.keeps_the_rules
    assert "/PassPortMessage/PassportHead/TotalNetWt" in {each.path for each in verdict.findings}
