"""What later stages tell the log, as plan and buy needs it: units that importers drew."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from core import bulk, facts
from core.domain.calendar import month_start
from core.facts import SequencedFact
from core.models.fact import LogCursor
from core.tenancy import as_operator
from imports.models import LotSeen, UnitsDrawn

READER = "imports.units_drawn"
RECEIVED, PICKED = "warehouse.lot.received", "warehouse.dispatch.picked"


@facts.reader(READER, (RECEIVED, PICKED))
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
            month = month_start(timezone.localtime(fact.at).date())
            drawn[fact.data["importer"], product, month] += fact.data["units"]
    with as_operator("units drawn"):
        _add(drawn)


def _add(drawn: dict[tuple[int, int, date], int]) -> None:
    """Add to the months that are counted, and start those that are not. Three queries."""
    importers, products, months = ({key[n] for key in drawn} for n in range(3))
    rows = UnitsDrawn.objects.filter(
        importer__in=importers, product__in=products, month__in=months
    ).order_by("pk")
    known = [row for row in rows if (row.importer_id, row.product_id, row.month) in drawn]
    for row in known:
        row.units += drawn.pop((row.importer_id, row.product_id, row.month))
    UnitsDrawn.objects.bulk_update(known, ["units"], batch_size=200)
    new = ((*key, units) for key, units in drawn.items())
    bulk.insert(UnitsDrawn, ("importer_id", "product_id", "month", "units"), new)


def project() -> int:
    """Read what is new in the log; the number of facts read."""
    return facts.follow(READER, (RECEIVED, PICKED), count_drawn)


@transaction.atomic
def rebuild() -> int:
    """Drop what was counted and read the whole log again; the number of facts read."""
    with as_operator("units drawn are counted anew"):
        UnitsDrawn.objects.all().delete()
    LotSeen.objects.all().delete()
    LogCursor.objects.filter(reader=READER).delete()
    return project()
