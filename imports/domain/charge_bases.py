"""By which measure importers share a charge, and their exact shares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from core.domain.errors import Refusal
from core.domain.many_shares import split_among_many
from core.domain.shares import K

CM3_PER_KG_BY_AIR = 6_000
"""IATA's volume weight; by sea a cubic metre counts as a tonne."""
CM3_PER_KG_BY_SEA = 1_000


class Basis(StrEnum):
    """What a charge is shared by."""

    VOLUME = "volume"
    WEIGHT = "weight"
    VALUE = "value"
    UNITS = "units"
    CHARGEABLE = "chargeable"
    EQUAL = "equal"
    MANUAL = "manual"


class NoManualParts(Refusal):
    """Raised when a charge is to be shared by hand and nobody is given a part."""

    code = "no-manual-parts"
    reason = "The charge is shared by hand, and nobody of this consignment has a part of it."
    remedy = "Give at least one importer of the consignment a part above zero."


@dataclass(frozen=True)
class Measure:
    """What an importer has in a consignment, by every measure: cm3, grams, minor units, units."""

    volume: int | Fraction = 0
    weight: int | Fraction = 0
    value: int | Fraction = 0
    units: int | Fraction = 0

    def part(self, of: Fraction) -> "Measure":
        """A part of it, exactly; the whole in whole numbers."""
        if of == 1:
            return self
        return Measure(self.volume * of, self.weight * of, self.value * of, self.units * of)

    def __add__(self, other: "Measure") -> "Measure":
        return Measure(
            self.volume + other.volume,
            self.weight + other.weight,
            self.value + other.value,
            self.units + other.units,
        )

    def by(self, basis: str, *, cm3_per_kg: int) -> int | Fraction:
        """The weight of an importer's part of a charge on any basis but a manual one.

        Chargeable weight is the greater of gross weight and volume weight; equal counts everybody
        that has goods in the consignment once.
        """
        if basis == Basis.CHARGEABLE:
            return max(self.weight * cm3_per_kg, self.volume * 1_000)
        if basis == Basis.EQUAL:
            return int(self.units > 0)
        found: int | Fraction = getattr(self, basis)
        return found


def split_charge(
    amount_minor: int,
    basis: str,
    measures: Mapping[K, Measure],
    *,
    manual: Mapping[K, int] | None = None,
    cm3_per_kg: int = CM3_PER_KG_BY_SEA,
    tie_break: Callable[[K], Any] = str,
) -> dict[K, int]:
    """Shares of a charge that add up to it exactly, by its basis.

    Raises:
        NoManualParts: it is shared by hand, and nobody has a part.
    """
    weights: dict[K, int | Fraction]
    if basis == Basis.MANUAL:
        weights = {key: (manual or {}).get(key, 0) for key in measures}
        if not any(weights.values()):
            raise NoManualParts
    else:
        weights = {key: own.by(basis, cm3_per_kg=cm3_per_kg) for key, own in measures.items()}
    return split_among_many(amount_minor, weights, tie_break=tie_break)
