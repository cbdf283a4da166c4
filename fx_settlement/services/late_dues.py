"""Taking from importers' accounts what is due of charges that came late, as far as it is there."""

from collections.abc import Iterable

from django.db import transaction

from core import ledger
from core.domain.chart import TransferCode
from core.ledger import TransferSpec
from core.models import Account
from fx_settlement.models import LateCharge
from fx_settlement.services import books


@transaction.atomic
def collect(late: LateCharge, importer_ids: Iterable[int]) -> dict[int, int]:
    """Take what importers owe of a late charge, give back what they paid too much of it.

    Nothing is taken that is held or not there. What is still due, by importer; nobody else.
    """
    LateCharge.objects.select_for_update().get(pk=late.pk)
    dues = books.late_dues(importer_ids, late.pk)
    escrows = books.escrows(dues, late.pool)
    specs: list[TransferSpec] = []
    left: dict[int, int] = {}
    for importer, account in sorted(dues.items()):
        due = account.debits_posted - account.credits_posted
        taken = min(due, max(0, _free(escrows[importer])))
        specs += books.move(
            f"fx.late:{late.pk}/{importer}/paid/{account.debits_posted}-{account.credits_posted}",
            debit=escrows[importer],
            credit=account,
            amount_minor=taken,
            code=TransferCode.LATE_CHARGE_PAID,
        )
        if due > taken:
            left[importer] = due - taken
    ledger.transfer_many(specs, group=f"fx.late:{late.pk}")
    return left


def _free(escrow: Account) -> int:
    return escrow.credits_posted - escrow.debits_posted - escrow.debits_pending
