"""Whether the pool may import a product: one verdict, with reasons, remedies and sources.

Asked when a product is planned, not when it is declared: what is wrong shows before it is bought.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.domain.errors import Refusal
from imports.domain.perishables import StorageTerms, refuse_unfit_for_pool
from imports.domain.positive_list import ListedLine, Remark, RemarkKind, units_within


class Verdict(StrEnum):
    """What may be done with a product; later ones weigh more."""

    ELIGIBLE = "eligible"
    CONDITIONAL = "conditional"
    UNCONFIRMED = "unconfirmed"
    REFUSED = "refused"


class NotOnShippedList(Refusal):
    """Said of a product whose line is not among those of the positive list that are on record."""

    code = "not-on-shipped-list"
    reason = "HS {hs} is not on the shipped part of the positive list, which has {lines} lines."
    remedy = "A broker must confirm the line against the list in force before the first order."


class OnEarlierList(Refusal):
    """Said of a product whose line is known from an edition that another one has replaced."""

    code = "on-earlier-list"
    reason = "HS {hs} was on the list “{edition}”, which stopped being in force on {ended}."
    remedy = "A broker must confirm the line against the list in force before the first order."


class SomeGoodsExcluded(Refusal):
    """Said when the line of the positive list leaves some goods out."""

    code = "some-goods-excluded"
    reason = "The line leaves goods out: “{wording}”."
    remedy = "A broker must confirm that the product is none of them."


class RemarkNotRead(Refusal):
    """Said when a remark beside the line is of none of the kinds that are read as rules."""

    code = "remark-not-read"
    reason = "The line has a remark that is not read as a rule: “{wording}”."
    remedy = "A broker must read it and confirm that the product meets it."


class BondedOnly(Refusal):
    """Said when goods may come through a bonded zone, and not by direct mail."""

    code = "bonded-only"
    reason = "The line allows bonded goods only."
    remedy = "Sell it from the bonded pool; it cannot be mailed to the consumer from abroad."


class NameLimited(Refusal):
    """Said when only goods of certain names stand on the line."""

    code = "name-limited"
    reason = "The line is limited to {names}; the product is called “{called}”."
    remedy = "A broker must confirm that the product is one of these, or correct its Chinese name."


class PersonYearLimit(Refusal):
    """Said when a consumer may buy only so much in a year."""

    code = "person-year-limit"
    reason = "A person may buy {most} {unit} in a year: {units} units of this product."
    remedy = "Plan for consumers who buy no more than that; customs refuses what goes beyond it."


class AboveLimitOfAPerson(Refusal):
    """Raised when a single unit is more than a person may buy in a year."""

    code = "above-limit-of-a-person"
    reason = "One unit weighs {weight_g} g; a person may buy {most} {unit} in a year."
    remedy = "Choose a smaller pack: nobody could be sold this one."


class DangerousGoods(Refusal):
    """Raised for goods of a danger class that the warehouse may not store."""

    code = "dangerous-goods"
    reason = "The product is dangerous goods of class {danger}; the warehouse may not store it."
    remedy = "Take it out of the plan, or use a pool whose keeper is licensed for class {danger}."


class MayBeDangerous(Refusal):
    """Said of goods whose heading often holds dangerous goods, while nothing is stated."""

    code = "may-be-dangerous"
    reason = "Goods of HS {prefix} are often dangerous (flammable, under pressure, batteries)."
    remedy = (
        "State the danger class from the safety data sheet, or that the goods are not dangerous."
    )


class UnderMeasure(Refusal):
    """Said of goods for which customs asks for a ledger of their own."""

    code = "under-trade-measure"
    reason = "HS {hs} from {origin} is under a trade measure: {measure}."
    remedy = "The warehouse keeps it in a ledger of its own, never mixed with other lots."


class MeasureNotMarked(Refusal):
    """Said when a measure covers a product that is not marked so."""

    code = "measure-not-marked"
    reason = (
        "HS {hs} from {origin} is under a trade measure ({measure}); the product is not marked."
    )
    remedy = "Mark the product as goods under a measure before the first receipt."


@dataclass(frozen=True)
class TradeMeasure:
    """A measure over an HS code or its prefix, for one origin or (empty) all, while it holds.

    Source of what follows from it: GACC 2025 No. 83 and No. 116, in force 2025-06-10.
    """

    code: str
    origin: str
    kind: str
    valid_from: date
    valid_before: date | None
    source: str

    def covers(self, hs_code: str, origin: str, on: date) -> bool:
        """Whether goods of a code and origin fall under it on a day."""
        is_in_force = self.valid_from <= on and (
            self.valid_before is None or on < self.valid_before
        )
        return is_in_force and self.origin in ("", origin) and hs_code.startswith(self.code)


@dataclass(frozen=True)
class Goods:
    """What a product is judged by. ``danger`` is "" where nothing is stated, "0" for harmless."""

    hs_code: str
    name_zh: str
    origin: str
    net_weight_g: int
    shelf_life_days: int | None
    lead_time_days: int = 0
    danger: str = ""
    is_trade_measure: bool = False
    is_confirmed: bool = False
    """Whether a broker confirmed the goods record in force."""


@dataclass(frozen=True)
class Rules:
    """The lists on record and what the pool's warehouse may store."""

    lines: tuple[ListedLine, ...] = ()
    measures: tuple[TradeMeasure, ...] = ()
    terms: StorageTerms = field(default_factory=StorageTerms)
    storable: frozenset[str] = frozenset({"", "0"})
    _by_code: dict[str, list[ListedLine]] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for line in self.lines:
            self._by_code.setdefault(line.code, []).append(line)

    def lines_of(self, hs_code: str) -> list[ListedLine]:
        """Lines and headings of every edition that a code falls under, the most exact first."""
        prefixes = (hs_code[:length] for length in (8, 6, 4))
        return [line for prefix in prefixes for line in self._by_code.get(prefix, ())]


@dataclass(frozen=True)
class Finding:
    """One rule's word on a product."""

    verdict: Verdict
    said: Refusal
    source: str


@dataclass(frozen=True)
class Eligibility:
    """What all rules together say; ``line`` is the product's own line in the list in force."""

    findings: tuple[Finding, ...]
    line: ListedLine | None = None

    @property
    def verdict(self) -> Verdict:
        """The gravest of the findings."""
        order = list(Verdict)
        found = (finding.verdict for finding in self.findings)
        return max(found, key=order.index, default=Verdict.ELIGIBLE)

    @property
    def refusal(self) -> Refusal | None:
        """The first rule that declines the product, if any."""
        declined = (each.said for each in self.findings if each.verdict is Verdict.REFUSED)
        return next(declined, None)


HOUSE_RULE = "Storage terms of the pool; headings of the Harmonized System 2022"
DANGER_RULE = "Licence of the warehouse; classes of the UN Model Regulations"
NO_LIST = "No source: the full list was not found in a form that may be shipped"

_OFTEN_DANGEROUS = (
    "3303", "330430", "330530", "330720", "3604", "3605", "3606", "3808", "3813", "8506", "8507",
    "9613",
)  # fmt: skip
"""Perfume, nail polish, lacquer and deodorant sprays, fireworks, matches, biocides, batteries,
lighters. A judgement of the house: it only asks for a statement, it declines nothing."""


def assess(goods: Goods, rules: Rules, on: date) -> Eligibility:
    """Every rule's word on a product on a day, gravest first."""
    line = _line_in_force(goods, rules, on)
    found = [
        *_perishable(goods, rules),
        *_dangerous(goods, rules),
        *_listed(goods, rules, on),
        *_measures(goods, rules, on),
    ]
    order = list(Verdict)
    found.sort(key=lambda finding: order.index(finding.verdict), reverse=True)
    return Eligibility(tuple(found), line)


def _perishable(goods: Goods, rules: Rules) -> Iterator[Finding]:
    try:
        refuse_unfit_for_pool(
            hs_code=goods.hs_code,
            shelf_life_days=goods.shelf_life_days,
            lead_time_days=goods.lead_time_days,
            terms=rules.terms,
        )
    except Refusal as refusal:
        yield Finding(Verdict.REFUSED, refusal, HOUSE_RULE)


def _dangerous(goods: Goods, rules: Rules) -> Iterator[Finding]:
    if goods.danger not in rules.storable:
        yield Finding(Verdict.REFUSED, DangerousGoods(danger=goods.danger), DANGER_RULE)
    hints = [prefix for prefix in _OFTEN_DANGEROUS if goods.hs_code.startswith(prefix)]
    if hints and not goods.danger:
        yield Finding(Verdict.UNCONFIRMED, MayBeDangerous(prefix=hints[0]), DANGER_RULE)


def _line_in_force(goods: Goods, rules: Rules, on: date) -> ListedLine | None:
    lines = (line for line in rules.lines_of(goods.hs_code) if line.is_in_force(on))
    return next((line for line in lines if line.is_exact), None)


def _listed(goods: Goods, rules: Rules, on: date) -> Iterator[Finding]:
    """Whether the line is on the list, and what the remarks beside it ask."""
    known = rules.lines_of(goods.hs_code)
    in_force = [line for line in known if line.is_in_force(on)]
    if not any(line.is_exact for line in in_force) and not goods.is_confirmed:
        yield _not_in_force(goods, rules, known)
    for line in in_force:
        for remark in line.remarks:
            yield from _remarked(goods, line, remark)


def _not_in_force(goods: Goods, rules: Rules, known: list[ListedLine]) -> Finding:
    hs = goods.hs_code[:8]
    past = [line for line in known if line.is_exact and line.valid_before is not None]
    if not past:
        said = NotOnShippedList(hs=hs, lines=len(rules.lines))
        return Finding(Verdict.UNCONFIRMED, said, NO_LIST)
    earlier = OnEarlierList(hs=hs, edition=past[-1].edition, ended=past[-1].valid_before)
    return Finding(Verdict.UNCONFIRMED, earlier, past[-1].source)


def _remarked(goods: Goods, line: ListedLine, remark: Remark) -> Iterator[Finding]:
    """The word of one remark; what a broker has confirmed asks for nothing more."""
    if remark.kind is RemarkKind.PERSON_YEAR:
        yield _limited(goods, line, remark)
    elif remark.kind is RemarkKind.BONDED_ONLY:
        yield Finding(Verdict.CONDITIONAL, BondedOnly(), line.source)
    elif remark.kind is RemarkKind.NAME_LIMITED:
        if not goods.is_confirmed and not any(name in goods.name_zh for name in remark.names):
            other = NameLimited(names="、".join(remark.names), called=goods.name_zh)
            yield Finding(Verdict.UNCONFIRMED, other, line.source)
    elif not goods.is_confirmed:
        is_exclusion = remark.kind is RemarkKind.EXCLUSION
        said = (SomeGoodsExcluded if is_exclusion else RemarkNotRead)(wording=remark.wording)
        yield Finding(Verdict.UNCONFIRMED, said, line.source)


def _limited(goods: Goods, line: ListedLine, remark: Remark) -> Finding:
    units = units_within(remark, Decimal(goods.net_weight_g))
    if not units:
        above = AboveLimitOfAPerson(
            weight_g=goods.net_weight_g, most=str(remark.most), unit=remark.unit
        )
        return Finding(Verdict.REFUSED, above, line.source)
    said = PersonYearLimit(most=str(remark.most), unit=remark.unit, units=units)
    return Finding(Verdict.CONDITIONAL, said, line.source)


def _measures(goods: Goods, rules: Rules, on: date) -> Iterator[Finding]:
    for measure in rules.measures:
        if measure.covers(goods.hs_code, goods.origin, on):
            told = {"hs": measure.code, "origin": goods.origin, "measure": measure.kind}
            if goods.is_trade_measure:
                yield Finding(Verdict.CONDITIONAL, UnderMeasure(**told), measure.source)
            else:
                yield Finding(Verdict.UNCONFIRMED, MeasureNotMarked(**told), measure.source)
