"""What a unit has cost its owner so far: goods, carriage and charges, and storage to the day."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from imports.domain.charge_bases import CM3_PER_KG_BY_SEA, Basis, Measure

CM3_PER_M3 = 1_000_000
MINOR_PER_UNIT = 100


@dataclass(frozen=True)
class Travelled:
    """An order line's units in one consignment, by every measure on which charges are shared."""

    line_id: int
    units: int
    value: int
    volume: int
    weight: int


def goods_weight(own: Measure, basis: str, *, cm3_per_kg: int) -> int | Fraction:
    """How much of a charge goods carry by a basis, beside other goods.

    Equal parts and parts by hand are between importers and say nothing about goods: value does.
    """
    among_goods = Basis.VALUE if basis in {Basis.EQUAL, Basis.MANUAL} else basis
    return own.by(among_goods, cm3_per_kg=cm3_per_kg)


def landed_minor(
    lines: Iterable[Travelled],
    *,
    goods_minor: int,
    charges: Iterable[tuple[str, int]],
    cm3_per_kg: int = CM3_PER_KG_BY_SEA,
) -> dict[int, Fraction]:
    """Landed cost of one unit of each line, exactly: goods by value, charges by their own basis.

    ``charges`` are basis and amount. Times the units they add up to goods and charges.
    """
    travelled = list(lines)
    costs: list[tuple[str, int]] = [(Basis.VALUE, goods_minor), *charges]
    weights = {
        basis: {
            line.line_id: goods_weight(
                Measure(line.volume, line.weight, line.value, line.units),
                basis,
                cm3_per_kg=cm3_per_kg,
            )
            for line in travelled
        }
        for basis in {b for b, _ in costs}
    }
    totals = {basis: sum(own.values()) for basis, own in weights.items()}
    return {
        line.line_id: sum(
            (
                Fraction(minor * weights[basis][line.line_id], totals[basis] * line.units)
                for basis, minor in costs
                if totals[basis]
            ),
            Fraction(0),
        )
        for line in travelled
    }


def storage_minor(*, days: int, volume_cm3: int, weight_g: int, daily_price: Decimal) -> Fraction:
    """Storage of one unit over days, exactly: a cubic metre or a tonne, whichever is more."""
    room = Fraction(max(volume_cm3, weight_g), CM3_PER_M3)
    return room * max(0, days) * Fraction(daily_price) * MINOR_PER_UNIT
