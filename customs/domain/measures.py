"""Tariff measures: what is charged on goods of a code and origin, from one day until another.

A measure is a row: it names a code or the beginning of one, the origins that it is for (all, one,
several or a group, with exclusions), the certificate and the quota that it asks for, and what is
charged as a duty expression. Of several that fit, the longest code goes first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from customs.domain.duty_expressions import Basis, evaluate

MFN = "mfn"
PROVISIONAL = "provisional"
PREFERENCE = "preference"
ADDITIONAL = "additional"
VAT = "vat"
CONSUMPTION_TAX = "consumption_tax"

KINDS = (MFN, PROVISIONAL, PREFERENCE, ADDITIONAL, VAT, CONSUMPTION_TAX)
"""Kinds of measures; a provisional duty goes before the ordinary one, a preference before both
where it is lower, and additional duties come on top."""

Groups = Mapping[str, frozenset[str]]
"""Members of each group of origins by its name."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One dated row of a tariff. Origins are ISO alpha-2 codes or names of groups; none: all."""

    kind: str
    hs_prefix: str
    expression: str
    valid_from: date
    source: str
    valid_before: date | None = None
    origins: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    certificate: str = ""
    quota: str = ""
    trust: str = "medium"

    def is_in_force(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.valid_from <= on and (self.valid_before is None or on < self.valid_before)


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known of the goods, beside their code, when measures are looked up."""

    origin: str = ""
    certificates: frozenset[str] = frozenset()
    open_quotas: frozenset[str] = frozenset()
    groups: Groups = field(default_factory=dict)

    def is_from(self, places: Iterable[str]) -> bool:
        """Whether the origin is one of the places, or a member of a group among them."""
        return any(
            place == self.origin or self.origin in self.groups.get(place, frozenset())
            for place in places
        )

    def fits(self, measure: Measure) -> bool:
        """Whether origin, certificate and quota of a measure are those of the goods."""
        return (
            (not measure.origins or self.is_from(measure.origins))
            and not self.is_from(measure.excluded)
            and (not measure.certificate or measure.certificate in self.certificates)
            and (not measure.quota or measure.quota in self.open_quotas)
        )


def fitting(
    measures: Iterable[Measure], kind: str, hs_code: str, claim: Claim, on: date
) -> list[Measure]:
    """Measures of a kind that hold for the goods on the day and share the longest code."""
    found = [
        measure
        for measure in measures
        if measure.kind == kind
        and hs_code.startswith(measure.hs_prefix)
        and measure.is_in_force(on)
        and claim.fits(measure)
    ]
    longest = max((len(measure.hs_prefix) for measure in found), default=0)
    return [measure for measure in found if len(measure.hs_prefix) == longest]


@dataclass(frozen=True, slots=True)
class Charged:
    """What measures charge on a value: the amount in money, exact, and the rows behind it."""

    amount: Fraction
    measures: tuple[Measure, ...]

    @property
    def written(self) -> str:
        """The expressions as the tariff writes them."""
        return " + ".join(measure.expression for measure in self.measures)

    @property
    def source(self) -> str:
        """Where the rows come from, each source once."""
        return "; ".join(dict.fromkeys(measure.source for measure in self.measures))


def duty(
    measures: Iterable[Measure], hs_code: str, claim: Claim, on: date, basis: Basis
) -> Charged | None:
    """The duty on goods: the provisional rate, else the ordinary, or a preference that is lower.

    Additional duties come on top of either. None where no ordinary rate is held.

    Raises:
        QuantityMissing, ExchangeRateMissing: a specific duty lacks what it is reckoned on.
    """
    rows = list(measures)

    def lowest(kind: str) -> Charged | None:
        charged = (
            Charged(evaluate(row.expression, basis), (row,))
            for row in fitting(rows, kind, hs_code, claim, on)
        )
        return min(charged, key=lambda each: each.amount, default=None)

    ordinary = lowest(PROVISIONAL) or lowest(MFN)
    if ordinary is None:
        return None
    preference = lowest(PREFERENCE)
    best = preference if preference and preference.amount < ordinary.amount else ordinary
    more = fitting(rows, ADDITIONAL, hs_code, claim, on)
    amount = best.amount + sum(evaluate(row.expression, basis) for row in more)
    return Charged(amount, (*best.measures, *more))


@dataclass(frozen=True, slots=True)
class Composite:
    """A tax by value and by quantity at once."""

    rate: Fraction
    specific: Fraction
    """Money for the whole quantity."""
    measure: Measure


def composite(
    measures: Iterable[Measure], kind: str, hs_code: str, claim: Claim, on: date, basis: Basis
) -> Composite | None:
    """The part by value and the part by quantity of a tax that is a sum of both, if one is held.

    Raises:
        QuantityMissing, ExchangeRateMissing: a specific part lacks what it is reckoned on.
    """
    row = next(iter(fitting(measures, kind, hs_code, claim, on)), None)
    if row is None:
        return None
    specific = evaluate(row.expression, replace(basis, value=Fraction(0)))
    both = evaluate(row.expression, replace(basis, value=Fraction(1)))
    return Composite(both - specific, specific, row)
