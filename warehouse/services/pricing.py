"""What units have cost their owners so far, read from orders, charges and the storage tariff."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from imports import queries as imports_queries
from imports.domain.tariffs import Case
from imports.models import Consignment, ConsignmentCharge, ConsignmentLine
from warehouse.domain.ownership import Basis
from warehouse.domain.pricing import Travelled, landed_minor, storage_minor
from warehouse.models import Lot, LotCost

STORAGE_ROW = "BW_STORAGE"


def basis_of(lots: Iterable[Lot], *, on: date) -> dict[int, Basis]:
    """Landed cost and storage until a day of one unit of each lot. Five queries.

    Landed cost is what was shared, and what units on hand carry of charges that came later.
    Without a storage tariff on record, storage counts nothing.
    """
    wanted = list(lots)
    landed = _landed({lot.receipt_line.receipt.consignment_id for lot in wanted})
    later = _carried({lot.pk for lot in wanted}, on=on)
    tariff = imports_queries.tariff_book().rows.get(STORAGE_ROW)
    return {
        lot.pk: Basis(
            landed=max(
                Fraction(0),
                landed[lot.receipt_line.receipt.consignment_id, lot.receipt_line.order_line_id]
                + later[lot.pk],
            ),
            storage=storage_minor(
                days=(on - lot.received_on).days,
                volume_cm3=lot.product.volume_cm3,
                weight_g=lot.product.gross_weight_g,
                daily_price=tariff.price_at(Case.LIKELY),
            )
            if tariff
            else Fraction(0),
        )
        for lot in wanted
    }


def _carried(lot_ids: Iterable[int], *, on: date) -> dict[int, Fraction]:
    """What a unit of each lot costs more on a day for charges that came late, exactly."""
    carried: dict[int, Fraction] = defaultdict(Fraction)
    rows = LotCost.objects.filter(lot__in=sorted(lot_ids), on__lte=on)
    for lot_id, minor, units in rows.values_list("lot_id", "amount_minor", "units"):
        carried[lot_id] += Fraction(minor, units)
    return carried


def _landed(consignment_ids: Iterable[int]) -> dict[tuple[int, int], Fraction]:
    """Landed cost of a unit by consignment and order line."""
    ids = sorted(consignment_ids)
    travelled = defaultdict(list)
    rows = ConsignmentLine.objects.filter(consignment__in=ids).select_related("order_line__product")
    for row in rows.order_by("pk"):
        product = row.order_line.product
        travelled[row.consignment_id].append(
            Travelled(
                line_id=row.order_line_id,
                units=row.units,
                value=row.units * row.order_line.unit_price_minor,
                volume=row.units * product.volume_cm3,
                weight=row.units * product.gross_weight_g,
            )
        )
    charges = defaultdict(list)
    found = ConsignmentCharge.objects.filter(consignment__in=ids).order_by("pk")
    for consignment_id, basis, minor in found.values_list(
        "consignment_id", "basis", "amount_cny_minor"
    ):
        charges[consignment_id].append((basis, minor))
    landed = {}
    for consignment in Consignment.objects.filter(pk__in=ids):
        costs = landed_minor(
            travelled[consignment.pk],
            goods_minor=consignment.goods_cny_minor,
            charges=charges[consignment.pk],
            cm3_per_kg=consignment.cm3_per_kg,
        )
        landed.update({(consignment.pk, line_id): cost for line_id, cost in costs.items()})
    return landed
