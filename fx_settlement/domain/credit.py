"""What a supplier gives back for units that came short or damaged, and to whom."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.shares import split_in_proportion


@dataclass(frozen=True)
class MissingUnits:
    """Units of an order line that did not arrive fit for sale.

    ``lost_units`` is what each importer did not get of what it ordered; ``cost_minor`` is what
    each pays of the line. What is missing and nobody lost was missing from the pool's surplus,
    which the importers pay for together.
    """

    unit_price_minor: int
    missing_units: int
    lost_units: Mapping[int, int]
    cost_minor: Mapping[int, int]


def credit_by_importer(line: MissingUnits) -> dict[int, int]:
    """The credit for a line by importer, in the supplier's minor units; adds up exactly.

    Units an importer lost are credited to it; units missing from the surplus to all importers in
    proportion to what they pay.
    """
    from_surplus = line.missing_units - sum(line.lost_units.values())
    shared = split_in_proportion(from_surplus * line.unit_price_minor, line.cost_minor)
    return {
        importer: part + line.lost_units.get(importer, 0) * line.unit_price_minor
        for importer, part in shared.items()
    }
