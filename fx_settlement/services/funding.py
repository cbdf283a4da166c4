"""Deposits: what importers pay in before anything is paid out for them."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import F

from core import ledger
from core.domain.chart import AccountCode, TransferCode
from core.ledger import TransferSpec
from core.models import Account, Party, Pool, Transfer
from fx_settlement.models import FundingRequest, SettlementBatch
from fx_settlement.services import books


@transaction.atomic
def fund(
    importer: Party, pool: Pool, amount_minor: int, *, reference: str, on: date | None = None
) -> Transfer:
    """Credit a deposit that reached the pool's bank account; once per reference and importer."""
    return ledger.transfer(
        key=_key(pool, importer.pk, reference),
        debit=books.bank(books.HOME),
        credit=books.escrow(importer, pool),
        amount_minor=amount_minor,
        code=TransferCode.FUNDING,
        group=f"fx.fund:{reference}",
        on=on,
    )


def shortfalls(pool: Pool, needs: Mapping[int, int]) -> dict[int, int]:
    """What each importer must still pay in so that its needs in fen are covered. One query."""
    rows = Account.objects.filter(
        code=AccountCode.ESCROW, subject=books.of_pool(pool), owner_id__in=needs
    ).values_list("owner_id", "credits_posted", "debits_posted", "debits_pending")
    free = {owner: paid_in - spent - held for owner, paid_in, spent, held in rows}
    missing = {importer: need - free.get(importer, 0) for importer, need in needs.items()}
    return {importer: minor for importer, minor in missing.items() if minor > 0}


@transaction.atomic
def fund_shortfalls(
    pool: Pool,
    needs: Mapping[int, int],
    *,
    reference: str,
    batch: SettlementBatch | None = None,
) -> int:
    """Credit each importer's missing deposit, as if each had paid what it was asked for.

    For demonstrations: the money is simulated. What was asked for ``batch`` is paid with it. The
    sum credited in fen.
    """
    missing = shortfalls(pool, needs)
    escrows, bank = books.escrows(missing, pool), books.bank(books.HOME)
    specs = [
        TransferSpec(
            _key(pool, importer_id, reference),
            bank,
            escrows[importer_id],
            minor,
            TransferCode.FUNDING,
        )
        for importer_id, minor in sorted(missing.items())
    ]
    ledger.transfer_many(specs, group=f"fx.fund:{reference}")
    if batch is not None:
        asked = FundingRequest.objects.filter(batch=batch, state=FundingRequest.State.OPEN)
        asked.update(paid_minor=F("amount_minor"), state=FundingRequest.State.PAID)
    return sum(missing.values())


def _key(pool: Pool, importer_id: int, reference: str) -> str:
    return f"fx.fund:{pool.pk}:{importer_id}:{reference}"
