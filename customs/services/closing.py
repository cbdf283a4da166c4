"""What follows a release: units written off the account book, taxes paid to customs."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Sum

from core import clock, ledger, tenancy
from core.domain.chart import AccountCode, TransferCode
from core.models import Party, Pool
from customs.domain.states import LET_GO
from customs.models import Declaration, DeclarationLine
from customs.services import commitments
from warehouse import services as warehouse
from warehouse.domain.book import BookStep
from warehouse.models import DispatchOrder

COLLECTED_AFTER = timedelta(days=30)
"""Goods that are not sent back within 30 days of release are taxed for good.

Source: GACC announcement 2018 No. 194, read in secondary sources.
"""

AT_A_TIME = 500


@transaction.atomic
def write_off_shipped(pool: Pool, on: date | None = None) -> int:
    """Write released parcels that have left the zone off the account book; how many were.

    At most 500 a call, oldest first, so a caller goes on until it gets 0.
    """
    with tenancy.as_operator("write shipped parcels off the account book"):
        rows = list(
            Declaration.objects.select_for_update(of=("self",))
            .filter(
                order__pool=pool,
                written_off_on__isnull=True,
                dispatch_order__state=DispatchOrder.State.SHIPPED,
            )
            .order_by("pk")[:AT_A_TIME]
        )
        day = on or clock.today()
        bookings = commitments.bookings(_with_lines(rows))
        warehouse.book_many(BookStep.ACTUAL_OUT, bookings, on=day)
        Declaration.objects.filter(pk__in=[row.pk for row in rows]).update(written_off_on=day)
        return len(rows)


def _with_lines(
    declarations: Sequence[Declaration],
) -> list[tuple[Declaration, list[DeclarationLine]]]:
    lines: dict[int, list[DeclarationLine]] = {row.pk: [] for row in declarations}
    rows = DeclarationLine.objects.filter(declaration__in=list(lines)).select_related("product")
    for line in rows.order_by("pk"):
        lines[line.declaration_id].append(line)
    return [(row, lines[row.pk]) for row in declarations]


@transaction.atomic
def remit_taxes(pool: Pool, on: date | None = None) -> int:
    """Pay customs the taxes of parcels released more than 30 days ago; the amount in minor units.

    The money leaves trust by importer, and the guarantees that stood for it are whole again.
    """
    day = on or clock.today()
    with tenancy.as_operator("pay consumer taxes to customs"):
        due = Declaration.objects.filter(
            order__pool=pool,
            state__in=sorted(LET_GO),
            remitted_on__isnull=True,
            released_at__lt=clock.now() - COLLECTED_AFTER,
        )
        ids = list(due.order_by("pk").values_list("pk", flat=True))
        total = _pay_from_trust(pool, ids, day) if ids else 0
        Declaration.objects.filter(pk__in=ids).update(remitted_on=day)
        return total


def _pay_from_trust(pool: Pool, ids: Sequence[int], day: date) -> int:
    """One payment per importer out of trust, and its part of the guarantee restored."""
    rows = Declaration.objects.filter(pk__in=ids).values_list("importer_id").order_by()
    specs: list[ledger.TransferSpec] = []
    total = 0
    for importer_id, paid in rows.annotate(Sum("order__tax_minor")).order_by("importer_id"):
        importer = Party.objects.get(pk=importer_id)
        key = f"customs.taxes:{pool.pk}/{importer_id}/{min(ids)}-{max(ids)}"
        specs += _payment(pool, importer, paid, key) if paid else []
        total += paid
    specs += _restored(pool, ids)
    ledger.transfer_many(specs, group=f"customs.taxes:{pool.pk}/{day.isoformat()}", on=day)
    return total


def _payment(pool: Pool, importer: Party, paid: int, key: str) -> list[ledger.TransferSpec]:
    trust = ledger.account(AccountCode.TAX_TRUST, pool.currency, owner=importer)
    bank = ledger.account(AccountCode.BANK, pool.currency)
    return [ledger.TransferSpec(f"{key}/paid", trust, bank, paid, TransferCode.TAX_REMITTED)]


def _restored(pool: Pool, ids: Sequence[int]) -> list[ledger.TransferSpec]:
    held = Declaration.objects.filter(pk__in=ids, guarantee__isnull=False).select_related(
        "guarantee__debit", "guarantee__credit"
    )
    return [
        ledger.TransferSpec(
            key=f"{row.cop_no}/guarantee-restored",
            debit=row.guarantee.credit,
            credit=row.guarantee.debit,
            amount_minor=row.guarantee.amount_minor,
            code=TransferCode.GUARANTEE_RESERVED,
        )
        for row in held
    ]
