"""How a batch is taken one step on: read anew, checked against its table, moved by its version.

Every step is one transaction: a check of state and version, the transfers, the fact. A step that
was already taken returns the batch and writes nothing.
"""

from django.db.models import F

from core import clock
from core.domain.transitions import StepNotAllowed
from fx_settlement.domain.batches import (
    BATCH_STEPS,
    BatchChangedMeanwhile,
    allowed_steps,
    has_reached,
)
from fx_settlement.models import SettlementBatch


def taken(batch: SettlementBatch, target: str, version: int | None) -> SettlementBatch | None:
    """The batch, read anew into ``batch``, if it has been through ``target``; else None.

    Raises:
        BatchChangedMeanwhile: ``version`` is given and is not the batch's.
    """
    batch.refresh_from_db(from_queryset=SettlementBatch.objects.select_for_update())
    if has_reached(batch.state, target):
        return batch
    if version is not None and batch.version != version:
        raise BatchChangedMeanwhile(batch=batch.number)
    return None


def advance(batch: SettlementBatch, action: str, **columns: object) -> None:
    """Take a batch one step on, if nobody else moved it since it was read.

    Raises:
        StepNotAllowed: its state does not have the step.
        BatchChangedMeanwhile: somebody else was faster.
    """
    target = refuse_step(batch, action)
    still = SettlementBatch.objects.filter(pk=batch.pk, state=batch.state, version=batch.version)
    if not still.update(state=target, version=F("version") + 1, changed_at=clock.now(), **columns):
        raise BatchChangedMeanwhile(batch=batch.number)
    batch.refresh_from_db()


def refuse_step(batch: SettlementBatch, action: str) -> str:
    """The state that a step leads to.

    Raises:
        StepNotAllowed: its state does not have the step, or a batch of its kind does not.
    """
    target = BATCH_STEPS.next(batch.state, action)
    allowed = steps_of(batch)
    if action not in allowed:
        raise StepNotAllowed(action=action, state=batch.state, allowed=", ".join(allowed))
    return target


def steps_of(batch: SettlementBatch) -> tuple[str, ...]:
    """The steps that a batch may take now."""
    is_buying = batch.purpose == SettlementBatch.Purpose.BUY
    return allowed_steps(batch.state, is_buying=is_buying, to_buy_minor=batch.to_buy_minor)


def group_of(batch: SettlementBatch) -> str:
    """The ledger group of a batch's transfers."""
    return f"fx.batch:{batch.pk}"
