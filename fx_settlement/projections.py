"""What other stages tell the log, as pay and charge needs it: declarations and granted claims."""

from collections import Counter
from collections.abc import Sequence

from core import facts, jobs
from core.facts import SequencedFact
from fx_settlement.models import DeclarationCount

RELEASED, REFUSED = "customs.declaration.released", "customs.declaration.refused"


@facts.reader("fx.declarations", (RELEASED, REFUSED))
def count_declarations(batch: Sequence[SequencedFact]) -> None:
    """Count what customs released and refused of each importer's declarations."""
    released = Counter(fact.data["importer"] for fact in batch if fact.name == RELEASED)
    refused = Counter(fact.data["importer"] for fact in batch if fact.name == REFUSED)
    importers = released.keys() | refused.keys()
    DeclarationCount.objects.bulk_create(
        [DeclarationCount(importer_id=importer) for importer in sorted(importers)],
        ignore_conflicts=True,
    )
    rows = list(DeclarationCount.objects.filter(importer__in=importers).order_by("pk"))
    for row in rows:
        row.released += released[row.importer_id]
        row.refused += refused[row.importer_id]
    DeclarationCount.objects.bulk_update(rows, ["released", "refused"])


CLAIMED, ANSWERED = "warehouse.claim.made", "warehouse.claim.answered"
FOLLOW_CLAIM = "fx.follow_claim"


@facts.reader("fx.claims", (CLAIMED, ANSWERED))
def order_to_follow(batch: Sequence[SequencedFact]) -> None:
    """Ask that each claim be followed that was made or answered."""
    for fact in batch:
        key = f"{FOLLOW_CLAIM}:{fact.fact_id}"
        jobs.order(FOLLOW_CLAIM, key=key, claim=fact.data["claim"])
