"""What a line of a bank's statement belongs to: by reference, then by amount; never by a guess."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

NEAR = timedelta(days=3)
NOT_GIVEN = frozenset({"", "NOTPROVIDED", "NONREF"})


class Rule(StrEnum):
    """How a line found what it belongs to, in the order in which it is tried."""

    END_TO_END = "EndToEndId"
    INSTRUCTION = "InstrId"
    UETR = "UETR"
    PAYMENT_GROUP = "PmtInfId"
    BANK_REFERENCE = "AcctSvcrRef"
    TEXT = "text"
    AMOUNT = "amount"
    BY_HAND = "by-hand"


BY_REFERENCE = (
    Rule.END_TO_END, Rule.INSTRUCTION, Rule.UETR, Rule.PAYMENT_GROUP, Rule.BANK_REFERENCE,
)  # fmt: skip


class Doubt(StrEnum):
    """Why a line belongs to nothing for now."""

    NOTHING = "nothing-fits"
    SEVERAL = "several-fit"
    OTHER_AMOUNT = "other-amount"


@dataclass(frozen=True)
class Line:
    """A movement on an account, signed: money in is positive."""

    amount_minor: int
    currency: str
    on: date
    references: Mapping[str, str]
    text: str = ""


@dataclass(frozen=True)
class Candidate:
    """Something that waits for a movement; ``takes_any_amount`` where parts may arrive."""

    key: str
    amount_minor: int
    currency: str
    on: date
    references: Mapping[str, str] | Mapping[Rule, str] = field(default_factory=dict)
    takes_any_amount: bool = False

    def takes(self, line: Line) -> bool:
        """Whether a line's amount is the one that is waited for."""
        if line.currency != self.currency:
            return False
        is_same_way = (line.amount_minor > 0) == (self.amount_minor > 0)
        return line.amount_minor == self.amount_minor or (self.takes_any_amount and is_same_way)


@dataclass(frozen=True)
class Match:
    """What a line belongs to and by which rule, or why it belongs to nothing."""

    candidate: Candidate | None
    rule: Rule | None = None
    doubt: Doubt | None = None
    among: tuple[str, ...] = ()


def match(line: Line, candidates: Iterable[Candidate]) -> Match:
    """The one candidate that a line belongs to.

    References are tried one after the other, then references in the text, then amount, currency
    and day within three days. The first rule that finds anything decides: if it finds two, or one
    of another amount, the line belongs to nothing. The order of candidates does not matter.
    """
    waiting = sorted(candidates, key=lambda each: each.key)
    for rule, finds in _rules(line):
        found = [each for each in waiting if finds(each)]
        if found:
            return _decided(line, rule, found)
    return Match(None, doubt=Doubt.NOTHING)


def _decided(line: Line, rule: Rule, found: Sequence[Candidate]) -> Match:
    fitting = [each for each in found if each.takes(line)]
    among = tuple(each.key for each in found)
    if len(fitting) == 1:
        return Match(fitting[0], rule)
    doubt = Doubt.SEVERAL if len(found) > 1 else Doubt.OTHER_AMOUNT
    return Match(None, rule, doubt, among)


def _rules(line: Line) -> Iterable[tuple[Rule, Callable[[Candidate], bool]]]:
    for rule in BY_REFERENCE:
        said = line.references.get(rule, "")
        if said not in NOT_GIVEN:
            yield rule, _says(rule, said)
    words = frozenset(re.findall(r"[A-Z0-9][A-Z0-9/-]{5,}", line.text.upper()))
    if words:
        yield Rule.TEXT, lambda each: said_by(each, Rule.END_TO_END).upper() in words
    yield Rule.AMOUNT, lambda each: each.amount_minor == line.amount_minor and _is_near(each, line)


def said_by(each: Candidate, rule: Rule) -> str:
    """The reference of a candidate that a rule compares; nothing where it has none."""
    own: Mapping[str, str] = {str(name): value for name, value in each.references.items()}
    return own.get(rule.value, "")


def _says(rule: Rule, said: str) -> Callable[[Candidate], bool]:
    return lambda each: said_by(each, rule) == said


def _is_near(each: Candidate, line: Line) -> bool:
    return each.currency == line.currency and abs(each.on - line.on) <= NEAR
