"""A second person's agreement to a batch, bound to its content."""

from django.db import transaction

from core import clock
from core.models import User
from fx_settlement.domain.approval import (
    ApprovedContentChanged,
    BatchContent,
    Offer,
    Part,
    Wire,
)
from fx_settlement.domain.batches import MakerIsChecker
from fx_settlement.domain.offers import RateOffer, choose
from fx_settlement.models import Obligation, Payment, Quote, SettlementBatch
from fx_settlement.services.stepping import advance, taken


def content_of(batch: SettlementBatch, quote: Quote | None) -> BatchContent:
    """What a batch would pay, where, out of whose money and at which rate. Three queries."""
    wires = batch.payments.exclude(state=Payment.State.VOID).order_by("pk")
    parts = Obligation.objects.filter(batch=batch).order_by("pk")
    rows = wires.values_list(
        "reference", "supplier_id", "amount_minor", "account__number", "account__bic"
    )
    offer = _offer(quote) if quote else None
    return BatchContent(
        batch.number,
        batch.currency,
        batch.foreign_minor,
        [Wire(*row[:3], f"{row[3] or ''}|{row[4] or ''}") for row in rows],
        [Part(*row) for row in parts.values_list("pk", "importer_id", "amount_minor")],
        offer,
        f"{batch.account.number}|{batch.account.bic}" if batch.account else "",
    )


def _offer(quote: Quote) -> Offer:
    return Offer(quote.provider, quote.mid, quote.all_in, quote.valid_before.isoformat())


@transaction.atomic
def approve(
    batch: SettlementBatch,
    *,
    by: User,
    quote: Quote | None = None,
    reason: str = "",
    version: int | None = None,
) -> SettlementBatch:
    """Agree to a batch and one of its offers; a second person, not the one who locked it.

    Without a word the cheapest offer that still holds is taken. The approval keeps the sha256 of
    what was agreed to; ``refuse_if_changed`` compares it.

    Raises:
        MakerIsChecker: the same person locked it.
        ReasonNeeded: the offer is not the cheapest, or the only one, and nobody said why.
        QuoteExpired: no offer still holds.
    """
    if taken(batch, "approved", version):
        return batch
    if batch.made_by_id == by.pk:
        raise MakerIsChecker(batch=batch.number)
    chosen = _chosen(batch, quote, reason)
    agreed = content_of(batch, chosen).sha256()
    advance(
        batch,
        "approve",
        approved_by=by,
        approved_sha256=agreed,
        chosen=chosen,
        choice=reason.strip(),
    )
    return batch


def _chosen(batch: SettlementBatch, quote: Quote | None, reason: str) -> Quote | None:
    """The offer that is agreed to; None where there is nothing to buy."""
    if batch.state != SettlementBatch.State.QUOTED:
        return None
    rows = {row.pk: row for row in batch.quotes.order_by("pk")}
    offers = [
        RateOffer(row.pk, row.provider, row.all_in, row.valid_before, row.is_simulated)
        for row in rows.values()
    ]
    wanted = quote.pk if quote else None
    return rows[choose(batch.number, offers, wanted=wanted, reason=reason, now=clock.now()).key]


def refuse_if_changed(batch: SettlementBatch) -> None:
    """Compare a batch with what its checker agreed to.

    Raises:
        ApprovedContentChanged: a wire, a part or the rate is another one.
    """
    now = content_of(batch, batch.chosen).sha256()
    if now != batch.approved_sha256:
        raise ApprovedContentChanged(
            batch=batch.number, approved=batch.approved_sha256[:12], now=now[:12]
        )
