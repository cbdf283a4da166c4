"""The warehouse's reader of the fact log: what later stages found out about stored goods."""

from collections.abc import Sequence

from core import facts, jobs
from core.facts import SequencedFact
from warehouse.models import Arrears

DISPOSE_RECALLED = "warehouse.dispose_recalled"


@facts.reader("warehouse.disposal", ("traceability.recall.opened",))
def order_disposal_cases(batch: Sequence[SequencedFact]) -> None:
    """Ask for a case about what lies in quarantine of recalled lots; once per recall."""
    for fact in batch:
        recall, lots = fact.data["recall"], fact.data["lots"]
        jobs.order(DISPOSE_RECALLED, key=f"{DISPOSE_RECALLED}:{recall}", recall=recall, lots=lots)


LATE, CAUGHT_UP = "fx.funding.late", "fx.funding.caught_up"
SETTLE_ARREARS = "warehouse.settle_arrears"


@facts.reader("warehouse.arrears", (LATE, CAUGHT_UP))
def note_arrears(batch: Sequence[SequencedFact]) -> None:
    """Note what importers are late with, until they have caught up, and ask that units follow."""
    for fact in batch:
        importer, pool = fact.data["importer"], fact.data["pool"]
        if fact.name == LATE:
            Arrears.objects.get_or_create(
                request=fact.data["request"],
                defaults={
                    "importer_id": importer,
                    "pool_id": pool,
                    "number": fact.data.get("number", ""),
                    "missing_minor": fact.data["missing_minor"],
                },
            )
        else:
            Arrears.objects.filter(importer=importer, pool=pool).update(is_late=False)
        key = f"{SETTLE_ARREARS}:{fact.fact_id}"
        jobs.order(SETTLE_ARREARS, key=key, importer=importer, pool=pool)
