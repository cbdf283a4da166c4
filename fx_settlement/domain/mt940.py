"""MT940 statements, split per statement before any of them is read."""

import re
from decimal import Decimal

from fx_settlement.domain.bank_statements import BankStatement, Entry, UnreadableStatement

_FIELD = re.compile(r"^:(\d{2}[A-Z]?|NS):", re.MULTILINE)
_END = re.compile(r"^-[A-Z}]*\s*$", re.MULTILINE)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})?(\d{1,15}(?:,\d*)?)\s*", re.ASCII)
_LINE = re.compile(
    r"(\d{6})(\d{4})?(R?[CD])([A-Z])?(\d{1,15}(?:,\d*)?)([A-Z][A-Z0-9]{3})?([^\n]*)", re.ASCII
)
Field = tuple[str, str]


def statements(text: str) -> list[BankStatement]:
    """The statements of a file, in its order.

    Raises:
        UnreadableStatement: when there are none, or a balance or line cannot be read.
    """
    groups: list[list[Field]] = []
    for tag, value in _fields(text.replace("\r\n", "\n").replace("\r", "\n")):
        if tag == "20":
            groups.append([])
        if groups:
            groups[-1].append((tag, value))
    if not groups:
        raise UnreadableStatement(why="it holds no field :20:", place="file")
    return [_statement(group, i) for i, group in enumerate(groups, 1)]


def _fields(text: str) -> list[Field]:
    marks = list(_FIELD.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)][: len(marks)]
    return [
        (m.group(1), _END.split(text[m.end() : end])[0].strip())
        for m, end in zip(marks, ends, strict=True)
    ]


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ".").removesuffix("."))


def _balance(value: str, place: str) -> tuple[Decimal, str]:
    found = _BALANCE.fullmatch(value)
    if found is None:
        raise UnreadableStatement(why="a balance cannot be read", place=place, value=value[:60])
    sign = 1 if found[1] == "C" else -1
    return sign * _number(found[4]), found[3] or ""


def _statement(fields: list[Field], number: int) -> BankStatement:
    place = f"statement[{number}]"
    held = dict(reversed(fields))
    opening = held.get("60F") or held.get("60M")
    closing = held.get("62F") or held.get("62M")
    if not opening or not closing or "25" not in held:
        raise UnreadableStatement(why="an account or a balance is missing", place=place)
    first, currency = _balance(opening, f"{place}/:60:")
    last, named = _balance(closing, f"{place}/:62:")
    currency = currency or named
    entries = _entries(fields, currency, place)
    return BankStatement(held["25"], currency, first, last, entries, held["20"], _day(closing[1:7]))


def _day(digits: str) -> str:
    return f"20{digits[:2]}-{digits[2:4]}-{digits[4:6]}"


def _entries(fields: list[Field], currency: str, place: str) -> tuple[Entry, ...]:
    found: list[Entry] = []
    follows = [*fields[1:], ("", "")]
    for (tag, value), (after, told) in zip(fields, follows, strict=True):
        if tag == "61":
            said = told if after == "86" else ""
            found.append(_entry(value, currency, said, f"{place}/:61:[{len(found) + 1}]"))
    return tuple(found)


def _entry(value: str, currency: str, told: str, place: str) -> Entry:
    found = _LINE.match(value)
    if found is None:
        raise UnreadableStatement(why="a line cannot be read", place=place, value=value[:60])
    sign = 1 if found[3] in {"C", "RD"} else -1
    day = _day(found[1])
    own, _, bank = found[7].strip().partition("//")
    references = {"EndToEndId": own, "AcctSvcrRef": bank}
    kept = {k: v for k, v in references.items() if v and v != "NONREF"}
    return Entry(sign * _number(found[5]), currency, day, day, kept, " ".join(told.split()))
