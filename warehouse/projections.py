"""The warehouse's reader of the fact log: what later stages found out about stored goods."""

from collections.abc import Sequence

from core import facts, jobs
from core.facts import SequencedFact

DISPOSE_RECALLED = "warehouse.dispose_recalled"


@facts.reader("warehouse.disposal", ("traceability.recall.opened",))
def order_disposal_cases(batch: Sequence[SequencedFact]) -> None:
    """Ask for a case about what lies in quarantine of recalled lots; once per recall."""
    for fact in batch:
        recall, lots = fact.data["recall"], fact.data["lots"]
        jobs.order(DISPOSE_RECALLED, key=f"{DISPOSE_RECALLED}:{recall}", recall=recall, lots=lots)
