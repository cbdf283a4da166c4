"""What a unit has cost its owner so far: goods, carriage and charges, and storage to the day."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

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


def landed_minor(
    lines: Iterable[Travelled], *, goods_minor: int, charges: Iterable[tuple[str, int]]
) -> dict[int, Fraction]:
    """Landed cost of one unit of each line, exactly: goods by value, charges by their own basis.

    ``charges`` are basis (a field of :class:`Travelled`) and amount. Times the units they add up
    to goods and charges.
    """
    travelled = list(lines)
    costs = [("value", goods_minor), *charges]
    totals = {
        basis: sum(getattr(line, basis) for line in travelled) for basis in {b for b, _ in costs}
    }
    return {
        line.line_id: sum(
            (
                Fraction(minor * getattr(line, basis), totals[basis] * line.units)
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
