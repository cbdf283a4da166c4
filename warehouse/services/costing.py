"""Costs that came after goods were priced: what units on hand carry of them from now on."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from warehouse.models import LotCost


@transaction.atomic
def carry(source: str, rises: Mapping[int, tuple[int, int]], *, on: date) -> list[LotCost]:
    """Let lots' units on hand carry a cost from a day on; once per source.

    ``rises`` are, by lot, what is carried in fen (signed) and by how many units.
    """
    earlier = LotCost.objects.filter(source=source).order_by("lot_id")
    if found := list(earlier):
        return found
    made: list[LotCost] = LotCost.objects.bulk_create(
        LotCost(lot_id=lot_id, on=on, amount_minor=minor, units=units, source=source)
        for lot_id, (minor, units) in sorted(rises.items())
        if minor
    )
    return made
