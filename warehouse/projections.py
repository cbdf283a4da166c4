"""The warehouse's reader of the fact log: what later stages found out about stored goods."""

from collections.abc import Sequence

from core import facts, jobs, tenancy
from core.facts import SequencedFact
from warehouse.services import liens

DISPOSE_RECALLED = "warehouse.dispose_recalled"


@facts.reader("warehouse.disposal", ("traceability.recall.opened",))
def order_disposal_cases(batch: Sequence[SequencedFact]) -> None:
    """Ask for a case about what lies in quarantine of recalled lots; once per recall."""
    for fact in batch:
        recall, lots = fact.data["recall"], fact.data["lots"]
        jobs.order(DISPOSE_RECALLED, key=f"{DISPOSE_RECALLED}:{recall}", recall=recall, lots=lots)


LATE, CAUGHT_UP = "fx.funding.late", "fx.funding.caught_up"


@facts.reader("warehouse.liens", (LATE, CAUGHT_UP))
def hold_for_late_money(batch: Sequence[SequencedFact]) -> None:
    """Hold units worth what an importer is late with, until it has caught up; in that order."""
    with tenancy.as_operator("units are held for late money"):
        for fact in batch:
            importer, pool = fact.data["importer"], fact.data["pool"]
            if fact.name == LATE:
                liens.hold_for_arrears(
                    importer,
                    pool,
                    missing_minor=fact.data["missing_minor"],
                    about=f"request:{fact.data['request']}",
                )
            else:
                liens.let_go_of_arrears(importer, pool)
