"""What other stages tell the log, as pay and charge needs it: declarations and granted claims."""

from collections import Counter
from collections.abc import Sequence

from core import facts, tenancy
from core.facts import SequencedFact
from fx_settlement.models import DeclarationCount
from fx_settlement.services.claims import follow_claim
from warehouse.models import Claim

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


@facts.reader("fx.claims", (CLAIMED, ANSWERED))
def follow_claims(batch: Sequence[SequencedFact]) -> None:
    """Bill back what suppliers do not bear, and expect what insurers grant."""
    ids = {fact.data["claim"] for fact in batch}
    with tenancy.as_operator("claims are followed"):
        for claim in Claim.objects.filter(pk__in=ids).order_by("pk"):
            follow_claim(claim)
