"""A settlement batch: opening it, telling what it waits for, and giving it up."""

from datetime import date

from django.db import transaction

from core import clock, facts, ledger, numbering
from core.domain.calendar import add_months, month_start
from core.domain.errors import Refusal
from core.models import Pool
from fx_settlement import notices
from fx_settlement.domain.batches import IN_PREPARATION
from fx_settlement.models import Obligation, Payment, SettlementBatch
from fx_settlement.services import books
from fx_settlement.services.accounts import pool_account
from fx_settlement.services.funding import shortfalls
from fx_settlement.services.locking import deposits_needed
from fx_settlement.services.requests import ask_for_batch, release_requests
from fx_settlement.services.stepping import advance, group_of, taken


class CurrencyMayNotBeHeld(Refusal):
    """Raised when currency would be bought ahead on an account that may not hold it."""

    code = "currency-may-not-be-held"
    reason = "The pool's account in {currency} may not hold currency that is paid out later."
    remedy = "Convert when the suppliers are paid, or record that the bank allows holding it."


@transaction.atomic
def open_batch(
    pool: Pool,
    currency: str,
    month: date,
    purpose: SettlementBatch.Purpose = SettlementBatch.Purpose.PAY,
) -> SettlementBatch:
    """The batch of a currency and month that is being prepared, opened as a draft if none is.

    Raises:
        CurrencyMayNotBeHeld: it would only buy, and the pool's account may not hold currency.
    """
    first = month_start(month)
    alike = SettlementBatch.objects.filter(
        pool=pool, currency=currency, month=first, purpose=purpose
    )
    found = alike.filter(state__in=IN_PREPARATION).first()
    if found is not None:
        return found
    is_buying = purpose == SettlementBatch.Purpose.BUY
    if is_buying and not pool_account(pool, currency).may_hold_currency:
        raise CurrencyMayNotBeHeld(currency=currency)
    now = clock.now()
    opened = SettlementBatch.objects.create(
        pool=pool,
        number=numbering.next_number("SB", first.year),
        currency=currency,
        month=first,
        purpose=purpose,
        opened_at=now,
        changed_at=now,
    )
    if not is_buying:
        tell_missing(opened)
    return opened


def tell_missing(batch: SettlementBatch) -> None:
    """Ask importers for what a draft still waits for, and settle what was paid in since.

    Without a rate of the day nothing is told: the batch's page says why.
    """
    try:
        missing = shortfalls(batch.pool, deposits_needed(batch))
    except Refusal:
        return
    asked = ask_for_batch(batch, missing, due_on=add_months(batch.month, 1))
    numbers = {importer: request.number for importer, request in asked.items()}
    notices.tell_shortfalls(batch, missing, home=books.HOME, numbers=numbers)


@transaction.atomic
def void(batch: SettlementBatch, *, version: int | None = None) -> SettlementBatch:
    """Give a batch up before its currency is bought; its obligations wait for the next one."""
    if batch.state == "void":
        return batch
    if taken(batch, "closed", version):
        return batch
    advance(batch, "void")
    notices.settle_shortfalls(batch)
    release_requests(batch)
    ledger.void_group(group_of(batch))
    Payment.objects.filter(batch=batch).update(state=Payment.State.VOID)
    Obligation.objects.filter(batch=batch).update(
        state=Obligation.State.OPEN, batch=None, payment=None
    )
    facts.append("fx.batch.voided", subject=f"batch:{batch.pk}", data={"batch": batch.pk})
    return batch
