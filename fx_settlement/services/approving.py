"""A second person's agreement to a batch, bound to its content."""

from django.db import transaction

from core.models import User
from fx_settlement.domain.approval import (
    ApprovedContentChanged,
    BatchContent,
    Offer,
    Part,
    Wire,
)
from fx_settlement.domain.batches import MakerIsChecker
from fx_settlement.models import Obligation, Payment, SettlementBatch
from fx_settlement.services.batches import advance, taken


def content_of(batch: SettlementBatch) -> BatchContent:
    """What a batch would pay, out of whose money and at which rate. Three queries."""
    quote = batch.quotes.latest("pk")
    wires = batch.payments.exclude(state=Payment.State.VOID).order_by("pk")
    parts = Obligation.objects.filter(batch=batch).order_by("pk")
    return BatchContent(
        batch.number,
        batch.currency,
        batch.foreign_minor,
        [Wire(*row) for row in wires.values_list("reference", "supplier_id", "amount_minor")],
        [Part(*row) for row in parts.values_list("pk", "importer_id", "amount_minor")],
        Offer(quote.provider, quote.mid, quote.all_in, quote.valid_before.isoformat()),
    )


@transaction.atomic
def approve(batch: SettlementBatch, *, by: User, version: int | None = None) -> SettlementBatch:
    """Agree to a quoted batch; a second person, not the one who locked it.

    The approval keeps the sha256 of what was agreed to; ``refuse_if_changed`` compares it.

    Raises:
        MakerIsChecker: the same person locked it.
    """
    if taken(batch, "approved", version):
        return batch
    if batch.made_by_id == by.pk:
        raise MakerIsChecker(batch=batch.number)
    agreed = content_of(batch).sha256() if batch.state == SettlementBatch.State.QUOTED else ""
    advance(batch, "approve", approved_by=by, approved_sha256=agreed)
    return batch


def refuse_if_changed(batch: SettlementBatch) -> None:
    """Compare a batch with what its checker agreed to.

    Raises:
        ApprovedContentChanged: a wire, a part or the rate is another one.
    """
    now = content_of(batch).sha256()
    if now != batch.approved_sha256:
        raise ApprovedContentChanged(
            batch=batch.number, approved=batch.approved_sha256[:12], now=now[:12]
        )
