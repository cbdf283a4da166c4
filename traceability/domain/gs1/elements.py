"""GS1 element strings: what an application identifier (AI) may hold, and beside which others."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.domain.errors import Refusal
from traceability.domain.gs1.linters import LINTERS

Elements = list[tuple[str, str]]

_PART = re.compile(r"(\[)?([NXYZ])(\.\.)?(\d+)\]?(?:,(.*))?")
_SETS = {"N": "csetnumeric", "X": "cset82", "Y": "cset39", "Z": "cset64"}
_FIXED_LENGTHS = {"0", "1", "2"} | {f"3{n}" for n in range(1, 7)} | {"41"}


class BadElement(Refusal):
    """Raised when GS1 data breaks a rule of the General Specifications or of GS1 Digital Link."""

    code = "gs1-data-refused"
    reason = "{place}: {why}."
    remedy = "Correct the identifier at this place and try again."


@dataclass(frozen=True, slots=True)
class Part:
    """One component of an AI's value."""

    shape: str
    least: int
    most: int
    optional: bool
    linters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identifier:
    """What the syntax dictionary says of one AI."""

    ai: str
    fixed: bool
    attribute: bool
    parts: tuple[Part, ...]
    requires: tuple[tuple[tuple[str, ...], ...], ...]
    excludes: tuple[str, ...]
    qualifiers: tuple[tuple[str, ...], ...] | None


def _part(text: str) -> Part:
    found = _PART.fullmatch(text)
    if found is None:
        raise ValueError(text)
    optional, shape, up_to, size, linters = found.groups()
    most = int(size)
    names = (_SETS[shape], *(linters.split(",") if linters else ()))
    return Part(shape, 1 if up_to else most, most, bool(optional), names)


def _identifier(ai: str, flags: str, parts: str, attributes: str) -> Identifier:
    requires, excludes = [], []
    qualifiers: tuple[tuple[str, ...], ...] | None = None
    for fact in attributes.split():
        name, _, value = fact.partition("=")
        if name == "req":
            requires.append(tuple(tuple(group.split("+")) for group in value.split(",")))
        elif name == "ex":
            excludes += value.split(",")
        elif name == "dlpkey":
            qualifiers = (
                tuple(tuple(row.split(",")) for row in value.split("|")) if value else ((),)
            )
    shapes = tuple(_part(p) for p in parts.split())
    return Identifier(
        ai, "*" in flags, "?" in flags, shapes, tuple(requires), tuple(excludes), qualifiers
    )


@cache
def table() -> dict[str, Identifier]:
    """Every AI, by its digits. Source and edition stand in the first line of ai_table.csv."""
    text = Path(__file__).with_name("ai_table.csv").read_text(encoding="utf-8")
    found = {}
    for row in csv.DictReader(text.splitlines()[1:]):
        first, _, last = row["ai"].partition("-")
        for number in range(int(first), int(last or first) + 1):
            ai = str(number).zfill(len(first))
            found[ai] = _identifier(ai, row["flags"], row["parts"], row["attributes"])
    return found


def check_value(ai: str, value: str) -> None:
    """Refuse a value that its AI cannot hold.

    Raises:
        BadElement: unknown AI, wrong length or character, or a failed content rule.
    """
    known = table().get(ai)
    if known is None:
        raise BadElement(place=f"({ai})", why="this application identifier is not allocated")
    left = value
    for part in known.parts:
        if part.optional and not left:
            break
        piece, left = left[: part.most], left[part.most :]
        if len(piece) < part.least:
            raise BadElement(place=f"({ai})", why="the value is too short")
        for name in part.linters:
            why = LINTERS[name](piece)
            if why:
                raise BadElement(place=f"({ai}){value}", why=why)
    if left:
        raise BadElement(place=f"({ai})", why="the value is too long")


def _matches(pattern: str, ai: str) -> bool:
    return len(pattern) == len(ai) and all(p in ("n", a) for p, a in zip(pattern, ai, strict=True))


def _present(pattern: str, ais: set[str], but: str) -> bool:
    return any(_matches(pattern, ai) for ai in ais if ai != but)


def _check_signature(elements: Elements) -> None:
    """A digital signature needs the serial part of GDTI, GCN and GRAI keys."""
    held = dict(elements)
    for ai, length in (("253", 13), ("255", 13), ("8003", 14)):
        if "8030" in held and len(held.get(ai, "x" * 99)) <= length:
            raise BadElement(place="(8030)", why=f"a signature needs a serial in ({ai})")


def _check_excluded(ai: str, ais: set[str]) -> None:
    for pattern in table()[ai].excludes:
        if _present(pattern, ais, ai):
            raise BadElement(place=f"({ai})", why=f"it must not stand beside ({pattern})")


def _check_required(ai: str, ais: set[str]) -> None:
    for choices in table()[ai].requires:
        if not any(all(_present(p, ais, ai) for p in group) for group in choices):
            wanted = ", ".join("+".join(group) for group in choices)
            raise BadElement(place=f"({ai})", why=f"it needs one of ({wanted})")


def check_together(elements: Elements) -> None:
    """Refuse elements that contradict, exclude or miss one another.

    Raises:
        BadElement: with the AI at fault.
    """
    held: dict[str, str] = {}
    for ai, value in elements:
        if held.setdefault(ai, value) != value:
            raise BadElement(place=f"({ai})", why="it is given twice with different values")
    ais = set(held)
    for ai in held:
        if ai in table():
            _check_excluded(ai, ais)
            _check_required(ai, ais)
    _check_signature(elements)


def from_bracketed(text: str) -> Elements:
    r"""Read ``(01)…(10)…``; a bracket inside a value is written ``\(``.

    Raises:
        BadElement: the text has another shape, or a value fails.
    """
    found = re.findall(r"\((\d{2,4})\)((?:\\\(|[^(])+)", text)
    if not found or "".join(f"({a}){v}" for a, v in found) != text:
        raise BadElement(place=text[:60], why="not of the form (AI)value(AI)value")
    elements = [(ai, value.replace("\\(", "(")) for ai, value in found]
    for ai, value in elements:
        check_value(ai, value)
    return elements


def _prefix_of(text: str) -> str:
    for length in (2, 3, 4):
        if text[:length] in table():
            return text[:length]
    raise BadElement(place=text[:20], why="no application identifier starts here")


def from_caret(text: str) -> Elements:
    """Read an unbracketed element string whose FNC1 is written ``^``.

    Raises:
        BadElement: no leading ``^``, an unknown AI, or a value that fails.
    """
    if not text.startswith("^") or len(text) == 1:
        raise BadElement(place=text[:20] or "start", why="an element string starts with FNC1 (^)")
    elements, left = [], text[1:]
    while left:
        known = table()[_prefix_of(left)]
        left = left[len(known.ai) :]
        size = sum(p.most for p in known.parts) if known.fixed else len(left)
        value = left[:size].split("^", 1)[0]
        left = left[len(value) :]
        left = left.removeprefix("^")
        check_value(known.ai, value)
        elements.append((known.ai, value))
    return elements


def to_caret(elements: Elements) -> str:
    """The unbracketed element string, FNC1 written ``^``."""
    out, open_end = "", True
    for ai, value in elements:
        out += ("^" if open_end else "") + ai + value
        open_end = not table()[ai].fixed
    return out


def to_bracketed(elements: Elements) -> str:
    """The element string as people read it."""
    return "".join(f"({ai})" + value.replace("(", "\\(") for ai, value in elements)
