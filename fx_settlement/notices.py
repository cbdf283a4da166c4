"""What settlement tells importers: deposits that payments wait for."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_noop as _noop

from core import notices
from core.domain.calendar import add_months
from core.models.notice import Notice
from fx_settlement.models import SettlementBatch

SHORT = "settlement.deposit.short"

notices.register(
    SHORT,
    notices.Kind(
        Notice.Level.DUE,
        _noop("Payments of {month} in {currency} wait for {missing} on your account."),
        _noop("Pay the amount in with the reference {batch}; suppliers are paid once it is there."),
        is_mailed=True,
    ),
)


def tell_shortfalls(
    batch: SettlementBatch,
    missing: Mapping[int, int],
    *,
    home: str,
    numbers: Mapping[int, str],
) -> None:
    """Tell importers what they must still pay in for a batch, in minor units of ``home``.

    ``numbers`` are the references under which each importer was asked.

    What was told before and is no longer missing, or is another amount now, is settled.
    """
    told = {f"{_about(batch)}{importer}/{minor}" for importer, minor in missing.items()}
    notices.settle_all(_about(batch), but=told)
    for importer_id, minor in sorted(missing.items()):
        notices.tell(
            importer_id,
            SHORT,
            key=f"{_about(batch)}{importer_id}/{minor}",
            params={
                "month": notices.month(batch.month),
                "currency": batch.currency,
                "missing": notices.money(minor, home),
                "batch": numbers.get(importer_id, batch.number),
            },
            address=reverse("settlement:money"),
            due_on=add_months(batch.month, 1),
        )


def settle_shortfall(batch_id: int, importer_id: int) -> None:
    """What one importer was asked for a batch has arrived."""
    notices.settle_all(f"{SHORT}/{batch_id}/{importer_id}/")


def settle_shortfalls(batch: SettlementBatch) -> None:
    """The batch is locked or given up: nothing is missing any more."""
    notices.settle_all(_about(batch))


def _about(batch: SettlementBatch) -> str:
    return f"{SHORT}/{batch.pk}/"
