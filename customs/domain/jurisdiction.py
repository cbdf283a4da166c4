"""What a customs territory is to Bondpool: its rules, its assessment, its codes, its forms."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.domain.errors import Refusal
from customs.domain.assessment import Assessment, TaxCase
from customs.domain.corrections import Corrections
from customs.domain.declaration import RetailDeclaration
from customs.domain.forms import FormSpec, Sheet
from customs.domain.guard import Sign
from customs.domain.papers import Papers
from customs.domain.tables import Row

Params = dict[str, Any]


@dataclass(frozen=True)
class Rule:
    """One rule of the authority; a breach is the rule's refusal with the figures in it.

    ``breach`` returns the parameters of the refusal, or None where the papers keep the rule.
    """

    refusal: type[Refusal]
    source: str
    valid_from: date
    breach: Callable[[Papers], Params | None]
    valid_before: date | None = None

    @property
    def code(self) -> str:
        """The rule's stable code, which is that of its refusal."""
        return self.refusal.code

    def is_in_force(self, on: date) -> bool:
        """Whether the rule holds on a day."""
        return self.valid_from <= on and (self.valid_before is None or on < self.valid_before)


@dataclass(frozen=True)
class ReturnCode:
    """A status with which customs answers, and the state of a declaration that it leads to."""

    code: str
    state: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class ErrorCode:
    """A reason with which customs refuses, and what the broker can do about it."""

    code: str
    name_zh: str
    name_en: str
    remedy_zh: str
    remedy_en: str
    fields: tuple[str, ...]
    """Elements of the declaration to mend; none where the answer names them or nothing is wrong."""
    field_zh: str
    field_en: str
    mended_at: str
    """Where it is mended: ``records``, ``papers``, ``guard``, ``corrections``, or ``again``."""


@dataclass(frozen=True)
class CodeEntry:
    """One entry of a code list."""

    code: str
    name_zh: str
    source: str
    trust: str
    name_en: str = ""


@dataclass(frozen=True)
class Messages:
    """How a territory's customs is spoken to: the kinds sent, and what judges and reads any."""

    sent: tuple[str, ...]
    validate: Callable[[bytes], Any]
    """The verdict on a message; raises a refusal where it is none."""
    read: Callable[[bytes], Any]
    """What a message or an answer says; raises a refusal where it is none."""


@dataclass(frozen=True)
class Jurisdiction:
    """A customs territory as one object; every figure in it comes from a dated, sourced row."""

    code: str
    name: str
    currency: str
    hs_digits: int
    rounding: str
    documents: tuple[str, ...]
    rules: tuple[Rule, ...]
    assess: Callable[[TaxCase, date], Assessment]
    assess_in_full: Callable[[TaxCase, date], Assessment]
    """The taxes where no relief of retail import applies, such as on units that are missing."""
    person_year_limit_minor: Callable[[date], int | None]
    """What one person may buy in the year of a day; None where nobody counts."""
    return_codes: Mapping[str, ReturnCode]
    error_codes: Mapping[str, ErrorCode]
    code_lists: Callable[[str], Mapping[str, CodeEntry]]
    code_list_names: tuple[str, ...]
    figures: Mapping[str, tuple[Row, ...]]
    """Dated rows by table: limits, rates and classes, each row with its source and trust."""
    layouts: Mapping[str, FormSpec]
    sheet: Callable[[RetailDeclaration], Sheet]
    order_limit_minor: Callable[[date], int | None] = lambda _: None
    """What one order may be worth; None where nothing limits it."""
    signs: tuple[Sign, ...] = ()
    """Signs of orders that are not for personal use, where somebody has to look for them."""
    corrections: Corrections | None = None
    """Withdrawals and returns, where the territory takes them."""
    messages: Messages | None = None
    why_no_messages: str = ""

    def breaches(self, papers: Papers, on: date) -> Iterator[Refusal]:
        """Every rule in force that the papers break, as a refusal ready to be raised."""
        for rule in self.rules:
            params = rule.breach(papers) if rule.is_in_force(on) else None
            if params is not None:
                yield rule.refusal(**params)
