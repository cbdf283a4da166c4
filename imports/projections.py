"""What later stages tell the log, as plan and buy needs it: units that importers drew."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db.models import F

from core import facts
from core.domain.calendar import month_start
from core.facts import SequencedFact
from core.tenancy import as_operator
from imports.models import LotSeen, UnitsDrawn

RECEIVED, PICKED = "warehouse.lot.received", "warehouse.dispatch.picked"


@facts.reader("imports.units_drawn", (RECEIVED, PICKED))
def count_drawn(batch: Sequence[SequencedFact]) -> None:
    """Add what was picked for consumers to each importer's months, by product."""
    lots = {fact.data["lot"]: fact.data["product"] for fact in batch if fact.name == RECEIVED}
    LotSeen.objects.bulk_create(
        [LotSeen(lot_id=lot, product_id=product) for lot, product in lots.items()],
        ignore_conflicts=True,
    )
    picked = [fact for fact in batch if fact.name == PICKED]
    seen = LotSeen.objects.filter(lot_id__in={fact.data["lot"] for fact in picked})
    products = dict(seen.values_list("lot_id", "product_id"))
    drawn: dict[tuple[int, int, date], int] = defaultdict(int)
    for fact in picked:
        product = products.get(fact.data["lot"])
        if product is not None:
            month = month_start(fact.at.date())
            drawn[fact.data["importer"], product, month] += fact.data["units"]
    with as_operator("units drawn"):
        _add(drawn)


def _add(drawn: dict[tuple[int, int, date], int]) -> None:
    """Add to the months that are counted, and start those that are not."""
    for (importer, product, month), units in sorted(drawn.items()):
        rows = UnitsDrawn.objects.filter(importer_id=importer, product_id=product, month=month)
        if not rows.update(units=F("units") + units):
            UnitsDrawn.objects.create(
                importer_id=importer, product_id=product, month=month, units=units
            )
