"""A settlement batch's steps by name, as pages and files ask for them."""

from collections.abc import Callable
from typing import Any

from core.models import User
from fx_settlement.models import SettlementBatch
from fx_settlement.services.approving import approve
from fx_settlement.services.batches import void
from fx_settlement.services.converting import convert, quote
from fx_settlement.services.instructing import accept, instruct
from fx_settlement.services.locking import lock
from fx_settlement.services.settling import allocate, close, settle

PLAIN: dict[str, Callable[..., Any]] = {
    "quote": quote,
    "convert": convert,
    "instruct": instruct,
    "accept": accept,
    "settle": settle,
    "allocate": allocate,
    "close": close,
    "void": void,
}
"""Steps that need nobody's name."""


def take_step(
    batch: SettlementBatch,
    step: str,
    *,
    by: User,
    version: int,
    offer: int | None = None,
    reason: str = "",
) -> None:
    """Take a named step on a batch that still is at ``version``.

    ``offer`` and ``reason`` say which rate is approved and why.

    Raises:
        KeyError: there is no such step.
        Refusal: whatever the step itself refuses.
    """
    if step == "approve":
        quote = batch.quotes.filter(pk=offer).first() if offer else None
        approve(batch, by=by, quote=quote, reason=reason, version=version)
    elif step == "lock":
        lock(batch, by=by, version=version)
    else:
        PLAIN[step](batch, version=version)
