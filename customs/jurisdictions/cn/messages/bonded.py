"""Judging messages of the bonded system: lists (INV), gate passes (SAS), and their receipts.

``customs/data/bonded_shapes.csv`` says what each is made of. What customs sends is held to its
schema of 2017-07, but real receipts stray from that schema in order, blanks and added fields; such
strays are warnings. What operators send through the client has no published schema: names, kinds
and lengths are those that working operators use, and order does not count.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import as_file, files
from itertools import islice

from core.domain.errors import Refusal
from customs.domain.tables import Row, read_rows
from customs.jurisdictions.cn.messages import breaches, faults
from customs.jurisdictions.cn.messages.conformance import against_shape, text_fault
from customs.jurisdictions.cn.messages.faults import MOST_FINDINGS, Finding, Level
from customs.jurisdictions.cn.messages.fields import DSIG, Field, tree_of
from customs.jurisdictions.cn.messages.trees import Element

ENVELOPE = "(envelope)"
CLIENT = {"InvtMessage": "INV101", "PassPortMessage": "SAS121"}
"""What operators send, by the element that begins it."""

REPLY = "CommonResponeMessage"
HDE = "cn.gov.customs.hde.app.sas"
_SPACES = frozenset({"", DSIG, HDE})
_STRAYS = frozenset({"element-unknown", "element-out-of-place", "element-missing"})
_ON_BLANK = frozenset({"wrong-length", "not-a-number", "not-of-its-kind"})
_EMPTY_TRUCK = frozenset({"5", "6"})
"""Kinds of gate pass that name no paper: registered at the gate, and empty."""

MANY_LISTS, MANY_VEHICLES = "1", "3"
"""Kinds of binding: several lists on one vehicle (一车多票), one list on several (一票多车)."""

_DAY = "manageDate"
"""A day in the schema of gate passes, a time in every receipt that came."""

_IS_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_CENT = Decimal("0.01")


@cache
def bonded_shapes() -> Mapping[str, Field]:
    """Messages of the bonded system by the element that begins them, and their envelope."""
    with as_file(files("customs").joinpath("data", "bonded_shapes.csv")) as path:
        rows = read_rows(path)
    own: dict[str, list[Row]] = {}
    for row in rows:
        own.setdefault(row["message"], []).append(row)
    return {name: tree_of(found, name) for name, found in own.items()}


def is_bonded(root: Element) -> bool:
    """Whether a file is a message of the bonded system, in its envelope or bare."""
    return body_of(root) is not None


def body_of(root: Element) -> Element | None:
    """The message itself, whatever it is wrapped in."""
    business = root.find("BussinessData")
    around = (root,) if business is None else business.children
    return next((each for each in around if each.name in bonded_shapes()), None)


def bonded_findings(root: Element) -> list[Finding]:
    """What is wrong in a message of the bonded system, by place; up to a thousand findings."""
    body = body_of(root)
    if body is None:
        refusal = faults.MessageNotKnown(name=root.name, namespace=root.namespace)
        return [Finding(f"/{root.name}", Level.SCHEMA, refusal)]
    path = f"/{body.name}"
    is_sent = body.name in CLIENT
    found = _sent(body, path) if is_sent else _received(body, path)
    return list(islice((each for part in (_envelope(root), found) for each in part), MOST_FINDINGS))


def _envelope(root: Element) -> Iterator[Finding]:
    """Faults of the envelope are warnings: clients fill it in themselves."""
    shape = bonded_shapes()[ENVELOPE]
    for name in ("EnvelopInfo", "PocketInfo"):
        element, known = root.find(name), shape.part(name)
        if element is not None and known is not None:
            for finding in against_shape(known, _plain(element), f"/{root.name}/{name}"):
                yield replace(finding, level=Level.WARNING)


def _received(body: Element, path: str) -> Iterator[Finding]:
    shape = bonded_shapes()[body.name]
    if body.name == REPLY:
        yield from _unordered(shape, body, path)
        return
    tolerated = _tolerated_places(body, path)
    for finding in against_shape(shape, _plain(body), path):
        is_stray = finding.code in _STRAYS or (
            finding.code in _ON_BLANK and _unnumbered(finding.path) in tolerated
        )
        yield replace(finding, level=Level.WARNING) if is_stray else finding


def _unnumbered(path: str) -> str:
    """A place without the counts of repeated parts."""
    return "/".join(step.partition("[")[0] for step in path.split("/"))


def _tolerated_places(body: Element, path: str) -> frozenset[str]:
    """Places of fields that stand empty in the message, or hold a time where a day has to be."""
    found = set()
    for part in body.children:
        for child in part.children:
            text = child.text.strip()
            if not text or (child.name == _DAY and _IS_STAMP.fullmatch(text)):
                found.add(f"{path}/{part.name}/{child.name}")
    return frozenset(found)


def _plain(element: Element) -> Element:
    """The element without the namespace that the bonded system sometimes writes."""
    namespace = "" if element.namespace in _SPACES else element.namespace
    return Element(
        element.name,
        namespace,
        element.attributes,
        element.text,
        [_plain(child) for child in element.children],
    )


def _sent(body: Element, path: str) -> Iterator[Finding]:
    shape = bonded_shapes()[body.name]
    yield from _unordered(shape, body, path)
    if body.name == "InvtMessage":
        yield from _list_rules(body, path)
    else:
        yield from _pass_rules(body, path)


def _unordered(shape: Field, element: Element, path: str) -> Iterator[Finding]:
    """Fields of a part whatever their order; blank ones count as left out."""
    counts: dict[str, int] = {}
    filled: set[str] = set()
    for child in element.children:
        counts[child.name] = counts.get(child.name, 0) + 1
        known = shape.part(child.name)
        many = known is not None and known.most != 1
        place = f"{path}/{child.name}" + (f"[{counts[child.name]}]" if many else "")
        if known is None:
            refusal = faults.ElementUnknown(name=child.name)
            yield Finding(place, Level.WARNING, refusal)
            continue
        if known.most is not None and counts[child.name] > known.most:
            too_often = faults.ElementTooOften(name=child.name, most=known.most)
            yield Finding(place, Level.SCHEMA, too_often)
        if known.is_part:
            filled.add(child.name)
            yield from _unordered(known, child, place)
        elif child.text.strip() or child.children:
            filled.add(child.name)
            yield from _field(known, child, place)
    for known in shape.parts:
        if known.name not in filled and (known.is_mandatory or "asked" in known.form):
            missing = faults.ElementMissing(name=known.name, before=f"</{shape.name}>")
            level = Level.SCHEMA if known.is_mandatory else Level.WARNING
            yield Finding(f"{path}/{known.name}", level, missing)


def _field(field: Field, element: Element, place: str) -> Iterator[Finding]:
    text = element.text.strip()
    if element.children:
        yield Finding(place, Level.SCHEMA, faults.ElementInText(name=field.name))
        return
    refusal = text_fault(field, text)
    if refusal is not None:
        yield Finding(place, Level.SCHEMA, refusal)
    elif field.choices and text not in field.choices:
        listed = breaches.CodeNotListed(value=text[:20], list=" ".join(field.choices))
        yield Finding(place, Level.SCHEMA, listed)
    elif "digits" in field.form and not (text.isascii() and text.isdigit()):
        yield Finding(place, Level.SCHEMA, faults.NotANumber(name=field.name))
    elif "positive" in field.form and Decimal(text) <= 0:
        yield Finding(place, Level.SCHEMA, NotPositive(name=field.name))


class NotPositive(Refusal):
    """Raised for a quantity, weight or price that is not above zero."""

    code = "not-positive"
    reason = "{name} has to be above zero."
    remedy = "Fill in the real quantity, weight or price."


class PartMissing(Refusal):
    """Raised when a bonded list names no goods, or a pass names no paper."""

    code = "bonded-part-missing"
    reason = "{name} has to stand at least once here."
    remedy = "Add it, or choose the kind of paper that goes without it."


class TotalNotProduct(Refusal):
    """Raised when a line's total is not its price times its quantity."""

    code = "total-not-product"
    reason = "The total {total} is not price {price} times quantity {quantity}."
    remedy = "Correct the price, the quantity or the total of the line."


class WeightsNotTogether(Refusal):
    """Raised when the weights on a gate pass do not fit each other."""

    code = "weights-not-together"
    reason = "The weights say {total} in all, but their parts come to {parts}."
    remedy = "Weigh again: the total is the vehicle, its frame, the container and the goods."


class BindingNotKept(Refusal):
    """Raised when a pass names more or fewer lists than its kind of binding."""

    code = "binding-not-kept"
    reason = "Binding {binding} does not go with {lists} lists (1: several lists on one vehicle)."
    remedy = "Choose 1 for several lists, 2 for one list on one vehicle, 3 for one list on several."


class NumbersNotConsecutive(Refusal):
    """Raised when lines are not numbered 1, 2, 3 and so on."""

    code = "numbers-not-consecutive"
    reason = "The lines are numbered {found} where {wanted} has to follow."
    remedy = "Number the lines from 1 without a gap."


def _list_rules(body: Element, path: str) -> Iterator[Finding]:
    """Source: rules of working clients of the bonded system, 2025."""
    lines = [child for child in body.children if child.name == "InvtListType"]
    if not lines:
        yield Finding(f"{path}/InvtListType", Level.SCHEMA, PartMissing(name="InvtListType"))
    for number, line in enumerate(lines, start=1):
        place = f"{path}/InvtListType[{number}]"
        if _text(line, "GdsSeqno") not in ("", str(number)):
            gap = NumbersNotConsecutive(found=_text(line, "GdsSeqno")[:20], wanted=number)
            yield Finding(f"{place}/GdsSeqno", Level.RULE, gap)
        yield from _total_rule(line, place)
        if bool(_text(line, "SecdLawfUnitcd")) != bool(_text(line, "SecdLawfQty")):
            alone = PartMissing(name="SecdLawfUnitcd, SecdLawfQty")
            yield Finding(f"{place}/SecdLawfQty", Level.RULE, alone)


def _total_rule(line: Element, place: str) -> Iterator[Finding]:
    price, quantity, total = (
        _decimal(_text(line, name)) for name in ("DclUprcAmt", "DclQty", "DclTotalAmt")
    )
    if price is None or quantity is None or total is None:
        return
    if abs(price * quantity - total) > _slack(quantity):
        differs = TotalNotProduct(total=total, price=price, quantity=quantity)
        yield Finding(f"{place}/DclTotalAmt", Level.RULE, differs)


def _slack(quantity: Decimal) -> Decimal:
    """How far a total may be off where its price was rounded to four decimals."""
    return _CENT + quantity * Decimal("0.00005")


def _pass_rules(body: Element, path: str) -> Iterator[Finding]:
    """Source: rules of working clients of the bonded system, 2025."""
    head = body.child("PassportHead")
    if head is None:
        return
    place = f"{path}/PassportHead"
    if _text(head, "PassportTypecd") not in _EMPTY_TRUCK:
        for name in ("BindTypecd", "RltTbTypecd", "RltNo"):
            if not _text(head, name):
                yield Finding(f"{place}/{name}", Level.SCHEMA, PartMissing(name=name))
        yield from _binding(body, head, path)
    weights = ("VehicleWt", "VehicleFrameWt", "ContainerWt", "TotalGrossWt")
    parts = sum((_decimal(_text(head, name)) or Decimal(0) for name in weights), Decimal(0))
    total = _decimal(_text(head, "TotalWt"))
    if total is not None and total != parts:
        apart = WeightsNotTogether(total=total, parts=parts)
        yield Finding(f"{place}/TotalWt", Level.WARNING, apart)
    gross, net = _decimal(_text(head, "TotalGrossWt")), _decimal(_text(head, "TotalNetWt"))
    if gross is not None and net is not None and net > gross:
        heavier = WeightsNotTogether(total=gross, parts=net)
        yield Finding(f"{place}/TotalNetWt", Level.RULE, heavier)


def _binding(body: Element, head: Element, path: str) -> Iterator[Finding]:
    """Whether a pass names as many lists as its binding says, and its vehicle's part of a list."""
    binding, named = _text(head, "BindTypecd"), _text(head, "RltNo").split("\\")
    is_kept = len(named) > 1 if binding == MANY_LISTS else len(named) == 1
    if binding and not is_kept:
        apart = BindingNotKept(binding=binding, lists=len(named))
        yield Finding(f"{path}/PassportHead/BindTypecd", Level.RULE, apart)
    lines = [child for child in body.children if child.name == "PassportList"]
    if binding == MANY_VEHICLES and not lines:
        part = PartMissing(name="PassportList")
        yield Finding(f"{path}/PassportList", Level.WARNING, part)
    for total, name in (("TotalGrossWt", "GrossWt"), ("TotalNetWt", "NetWt")):
        parts = sum((_decimal(_text(line, name)) or Decimal(0) for line in lines), Decimal(0))
        said = _decimal(_text(head, total))
        if lines and said is not None and said != parts:
            apart_in_weight = WeightsNotTogether(total=said, parts=parts)
            yield Finding(f"{path}/PassportHead/{total}", Level.RULE, apart_in_weight)


def _text(part: Element, name: str) -> str:
    child = part.child(name)
    return child.text.strip() if child is not None else ""


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
