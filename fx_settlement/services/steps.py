"""A settlement batch's steps by name, as pages and files ask for them."""

from collections.abc import Callable
from typing import Any

from core.models import User
from fx_settlement.models import SettlementBatch
from fx_settlement.services.approving import approve
from fx_settlement.services.batches import lock, void
from fx_settlement.services.converting import convert, quote
from fx_settlement.services.settling import allocate, close, settle

SIGNED: dict[str, Callable[..., Any]] = {"lock": lock, "approve": approve}
"""Steps that carry the name of the person who takes them."""

PLAIN: dict[str, Callable[..., Any]] = {
    "quote": quote,
    "convert": convert,
    "settle": settle,
    "allocate": allocate,
    "close": close,
    "void": void,
}


def take_step(batch: SettlementBatch, step: str, *, by: User, version: int) -> None:
    """Take a named step on a batch that still is at ``version``.

    Raises:
        KeyError: there is no such step.
        Refusal: whatever the step itself refuses.
    """
    if step in SIGNED:
        SIGNED[step](batch, by=by, version=version)
    else:
        PLAIN[step](batch, version=version)
