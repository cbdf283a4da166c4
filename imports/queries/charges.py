"""What moving goods cost, and whose part of it is how large by which measure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from core.domain.shares import lot_drawn
from imports.domain.charge_bases import Measure, split_charge
from imports.models import Consignment, ConsignmentCharge, ConsignmentLine, OrderShare


@dataclass(frozen=True)
class ChargeRow:
    """One charge of a consignment with the tariff row behind it."""

    charge_id: int
    kind: str
    tariff_key: str
    basis: str
    currency: str
    amount_minor: int
    amount_cny_minor: int
    at_rate_cny_minor: int
    is_fixed: bool


def charges_of(consignment: Consignment) -> list[ChargeRow]:
    """What moving a consignment cost, in the order of the bill. One query."""
    rows = consignment.charges.order_by("pk").values_list(
        "pk", "kind", "tariff_key", "basis", "currency", "amount_minor", "amount_cny_minor",
        "at_rate_cny_minor", "is_fixed",
    )  # fmt: skip
    return [ChargeRow(*row) for row in rows]


def measures_of(consignment: Consignment) -> dict[int, Measure]:
    """What each importer has in a consignment, by every measure. Two queries.

    Of an order line that travels in parts each has its part of what travels here.
    """
    found: dict[int, Measure] = defaultdict(Measure)
    parts = _parts(consignment)
    rows = (
        OrderShare.objects.filter(line__in=parts)
        .exclude(owner_id=consignment.pool.operator_id)
        .order_by("pk")
        .values_list(
            "line_id", "owner_id", "units", "cost_minor", "line__product__volume_cm3",
            "line__product__gross_weight_g",
        )
    )  # fmt: skip
    for line, owner_id, units, cost, volume, weight in rows:
        whole = Measure(units * volume, units * weight, cost, units)
        found[owner_id] += whole.part(parts[line])
    return dict(found)


def _parts(consignment: Consignment) -> dict[int, Fraction]:
    """How much of each order line travels in a consignment."""
    rows = ConsignmentLine.objects.filter(consignment=consignment).order_by("order_line_id")
    return {
        line: Fraction(units, ordered)
        for line, units, ordered in rows.values_list("order_line_id", "units", "order_line__units")
    }


def charge_shares(
    charge: ConsignmentCharge,
    measures: Mapping[int, Measure],
    *,
    basis: str = "",
    manual_parts: Mapping[int, int] | None = None,
) -> dict[int, int]:
    """What each importer bears of a charge in fen, by its basis or by another one. No query.

    Raises:
        NoManualParts, NothingToShareBy: nobody has a part by this measure.
    """
    kept = {int(key): part for key, part in charge.manual_parts.items()}
    return split_charge(
        charge.amount_cny_minor,
        basis or charge.basis,
        measures,
        manual=kept if manual_parts is None else manual_parts,
        cm3_per_kg=charge.consignment.cm3_per_kg,
        tie_break=lambda importer: lot_drawn(f"charge:{charge.pk}", importer),
    )
