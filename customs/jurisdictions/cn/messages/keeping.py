"""Whether the papers of a message keep the rules that its schema does not know.

Source: field notes and checks of the retail import interface of 2022-05; the identity number's
check is a warning, because customs' own examples do not all pass it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from core.domain.errors import Refusal
from customs.domain.identity import resident_number_is_valid
from customs.jurisdictions.cn.messages import breaches
from customs.jurisdictions.cn.messages.faults import MOST_FINDINGS, Finding, Level
from customs.jurisdictions.cn.messages.field_rules import (
    field_findings,
    number_of,
    ruled_fields,
)
from customs.jurisdictions.cn.messages.fields import Field, MessageShape, shapes
from customs.jurisdictions.cn.messages.papers import Message, Paper, Texts

StatutoryUnits = Callable[[str], tuple[str, ...] | None]
"""First and second statutory unit of an HS code, or None where they are not known."""

KILOGRAM = "035"
BONDED = "1210"

_UNIQUE = {
    "CEB311": ("ebpCode", "orderNo"),
    "CEB411": ("payCode", "payTransactionId"),
    "CEB511": ("logisticsCode", "logisticsNo"),
    "CEB513": ("logisticsCode", "logisticsNo"),
    "CEB621": ("copNo",),
    "CEB623": ("invtNo",),
    "CEB625": ("invtNo",),
}
_CENT = Decimal("0.01")


def rule_findings(message: Message, statutory: StatutoryUnits | None = None) -> list[Finding]:
    """Rules that the papers of a message break, by place; up to a thousand."""
    return list(islice(_every_finding(message, statutory), MOST_FINDINGS))


def _every_finding(message: Message, statutory: StatutoryUnits | None) -> Iterator[Finding]:
    shape = shapes()[message.code]
    root = f"/{shape.root.name}"
    yield from _twice(message, root)
    for name, texts in _tail(message):
        part = shape.root.part(name)
        if part is not None:
            yield from _fields(message.code, part, texts, f"{root}/{name}")
    for number, paper in enumerate(message.papers, start=1):
        yield from _paper(shape, paper, f"{root}/{shape.paper.name}[{number}]", statutory)


def _tail(message: Message) -> Iterator[tuple[str, Texts]]:
    yield "BaseTransfer", message.transfer
    for subscription in message.subscriptions:
        yield "BaseSubscribe", subscription


def _twice(message: Message, root: str) -> Iterator[Finding]:
    names = _UNIQUE.get(message.code, ())
    seen: dict[tuple[str, ...], int] = {}
    for number, paper in enumerate(message.papers, start=1):
        key = tuple(paper.head.get(name, "") for name in names)
        if names and key[-1]:
            first = seen.setdefault(key, number)
            if first != number:
                refusal = breaches.NumberTwice(
                    name=names[-1], value=key[-1], first=first, second=number
                )
                yield Finding(root, Level.RULE, refusal)


def _paper(
    shape: MessageShape, paper: Paper, path: str, statutory: StatutoryUnits | None
) -> Iterator[Finding]:
    head, line_shape = shape.head, shape.line
    head_path = path if head is shape.paper else f"{path}/{head.name}"
    yield from _fields(shape.code, head, paper.head, head_path)
    if line_shape is not None:
        for place, line in enumerate(paper.lines, start=1):
            line_path = f"{path}/{line_shape.name}[{place}]"
            yield from _fields(shape.code, line_shape, line, line_path)
            for name, refusal in _line(line, place, statutory):
                yield Finding(f"{line_path}/{name}", Level.RULE, refusal)
    for check in _CHECKS.get(shape.code, ()):
        for name, refusal in check(paper):
            yield Finding(f"{head_path}/{name}", Level.RULE, refusal)


def _fields(code: str, part: Field, texts: Texts, path: str) -> Iterator[Finding]:
    for field, is_sure in ruled_fields(code, part.name):
        text = texts.get(field.name)
        if text and not is_sure(text):
            for level, refusal in field_findings(field, text):
                yield Finding(f"{path}/{field.name}", level, refusal)
    for prefix in ("buyer", "payer"):
        number = texts.get(f"{prefix}IdNumber", "")
        is_resident = texts.get(f"{prefix}IdType") == "1"
        if number and is_resident and not resident_number_is_valid(number):
            refusal = breaches.IdentityCheckFails(name=f"{prefix}IdNumber")
            yield Finding(f"{path}/{prefix}IdNumber", Level.WARNING, refusal)


Named = Iterator[tuple[str, Refusal]]
"""Refusals by the name of the field that they are about."""


def _line(line: Texts, place: int, statutory: StatutoryUnits | None) -> Named:
    if line.get("gnum", "").strip() != str(place):
        yield "gnum", breaches.NotNumberedOn(place=place, found=line.get("gnum", "—"))
    yield from _line_total(line)
    if bool(line.get("qty2")) != bool(line.get("unit2")):
        yield "unit2", breaches.UnitsNotPaired(quantity="qty2", unit="unit2")
    if line.get("unit") and line.get("unit") == line.get("unit1"):
        qty, qty1 = number_of(line.get("qty", "")), number_of(line.get("qty1", ""))
        if qty != qty1:
            yield (
                "qty1",
                breaches.SameUnitOtherQuantity(
                    unit=line["unit"], qty=line.get("qty", ""), qty1=line.get("qty1", "")
                ),
            )
    yield from _statutory(line, statutory)


def _line_total(line: Texts) -> Named:
    price, qty, total = (number_of(line.get(name, "")) for name in ("price", "qty", "totalPrice"))
    if price is None or qty is None or total is None:
        return
    if abs(price * qty - total) > _CENT:
        yield (
            "totalPrice",
            breaches.SumDiffers(
                name="totalPrice", found=total, parts="price × qty", expected=price * qty
            ),
        )


def _statutory(line: Texts, statutory: StatutoryUnits | None) -> Named:
    if statutory is None or "unit1" not in line:
        return
    expected = statutory(line.get("gcode", ""))
    found = tuple(line[name] for name in ("unit1", "unit2") if line.get(name))
    if expected is not None and found != expected:
        yield (
            "unit1",
            breaches.StatutoryUnitDiffers(
                hs_code=line.get("gcode", ""), expected=", ".join(expected), found=", ".join(found)
            ),
        )


def _order(paper: Paper) -> Named:
    head = paper.head
    paid = _sum(head, ("goodsValue", "freight", "taxTotal"), minus=("discount",))
    yield from _equal("acturalPaid", head, paid, "goodsValue + freight + taxTotal − discount")
    totals = [number_of(line.get("totalPrice", "")) for line in paper.lines]
    if None not in totals:
        goods = sum((total for total in totals if total is not None), Decimal())
        yield from _equal("goodsValue", head, goods, "Σ totalPrice")


def _sum(head: Texts, names: tuple[str, ...], *, minus: tuple[str, ...]) -> Decimal | None:
    plus = [number_of(head.get(name, "")) for name in names]
    less = [number_of(head.get(name, "")) for name in minus]
    if None in plus or None in less:
        return None
    return sum((x for x in plus if x is not None), Decimal()) - sum(
        (x for x in less if x is not None), Decimal()
    )


def _equal(name: str, head: Texts, expected: Decimal | None, parts: str) -> Named:
    found = number_of(head.get(name, ""))
    if found is not None and expected is not None and found != expected:
        yield name, breaches.SumDiffers(name=name, found=found, parts=parts, expected=expected)


def _declaration(paper: Paper) -> Named:
    head = paper.head
    net, gross = number_of(head.get("netWeight", "")), number_of(head.get("grossWeight", ""))
    if net is not None and gross is not None and net > gross:
        yield "netWeight", breaches.WeightsContradict(net=net, gross=gross)
    if head.get("tradeMode") == BONDED:
        yield from _bonded(paper)


def _bonded(paper: Paper) -> Named:
    for name in ("emsNo", "areaCode", "areaName"):
        if not paper.head.get(name):
            yield name, breaches.NeededForBonded(name=name)
    if not all(line.get("itemRecordNo") for line in paper.lines):
        yield "itemRecordNo", breaches.NeededForBonded(name="itemRecordNo")


_CHECKS: Mapping[str, tuple[Callable[[Paper], Named], ...]] = {
    "CEB311": (_order,),
    "CEB621": (_declaration,),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one file."""

    code: str
    papers: int
    findings: tuple[Finding, ...]
    is_signed: bool = False

    @property
    def is_valid(self) -> bool:
        """Whether the official schema takes it."""
        return not any(finding.level is Level.SCHEMA for finding in self.findings)

    @property
    def keeps_the_rules(self) -> bool:
        """Whether it keeps customs' other rules too."""
        return not any(finding.level is not Level.WARNING for finding in self.findings)
