"""Paying consumer taxes to customs, by the electronic tax bills that it sends (CEB816, CEB818).

Taxes are due from day 31 to day 45 after release, because goods may be asked back until day 30.
What a bill says decides; where none came, the taxes are paid as assessed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core import clock, facts, ledger, tenancy
from core.domain.chart import AccountCode, TransferCode
from core.domain.errors import Refusal
from core.models import Party, Pool
from customs import territories
from customs.domain import corrections
from customs.domain.corrections import collected_part
from customs.domain.states import LET_GO
from customs.jurisdictions.cn.messages.receipts import Receipt
from customs.models import Declaration, TaxBill

BILL, BILL_STATE = "CEB816", "CEB818"
KEPT_DAYS = 31
"""Day from which taxes are paid where a territory names none."""

_AMOUNT = re.compile(r"\d{1,14}(\.\d{1,5})?", re.ASCII)
_RANK = {"1": 1, "2": 2, "3": 3}


class TaxBillNotRead(Refusal):
    """Raised for a tax bill whose amounts are no amounts."""

    code = "tax-bill-not-read"
    reason = "Tax bill {number} gives “{amount}” as an amount."
    remedy = "Fetch the tax bill again."


class SecondTaxBill(Refusal):
    """Raised when a second bill comes for a declaration whose first is not void."""

    code = "second-tax-bill"
    reason = "Tax bill {number} came for a declaration that bill {known} is held for."
    remedy = "Take in the state of bill {known} first; a void bill makes room for the next."


@dataclass(frozen=True, slots=True)
class Due:
    """Taxes of one released declaration: what was collected and is left, and what customs bills."""

    declaration: Declaration
    kept_minor: int
    billed_minor: int | None

    @property
    def paid_minor(self) -> int:
        """What customs gets."""
        return self.kept_minor if self.billed_minor is None else self.billed_minor


@transaction.atomic
def hear_tax_bill(party: Party, receipt: Receipt) -> bool | None:
    """Keep a tax bill, or its new state; whether it was new, or None where no declaration is meant.

    States only go up: made, summarised, void. A void bill no longer decides what is paid.
    """
    number = receipt.number("taxNo")
    with tenancy.as_operator("tax bill of customs"):
        known = TaxBill.objects.select_for_update().filter(tax_no=number).first()
        if known is not None:
            return _advance(known, receipt)
        declaration = (
            Declaration.objects.filter(
                Q(batch__broker=party) | Q(batch__pool__operator=party),
                invt_no=receipt.number("invtNo"),
            )
            .exclude(invt_no="")
            .first()
        )
        if declaration is None or receipt.code != BILL or receipt.status not in _RANK:
            return None
        valid = declaration.tax_bills.exclude(status=TaxBill.Status.VOID).first()
        if valid is not None and receipt.status != TaxBill.Status.VOID:
            raise SecondTaxBill(number=number, known=valid.tax_no)
        return _keep(declaration, number, receipt)


def _advance(bill: TaxBill, receipt: Receipt) -> bool:
    if _RANK.get(receipt.status, 0) <= _RANK[bill.status]:
        return False
    bill.status = receipt.status
    bill.payment_no = receipt.number("entDutyNo") or bill.payment_no
    bill.save(update_fields=["status", "payment_no"])
    return True


def _keep(declaration: Declaration, number: str, receipt: Receipt) -> bool:
    bill = TaxBill(
        importer_id=declaration.importer_id,
        declaration=declaration,
        tax_no=number,
        status=receipt.status,
        payment_no=receipt.number("entDutyNo"),
        duty_minor=_fen(receipt, "customsTax"),
        consumption_tax_minor=_fen(receipt, "consumptionTax"),
        vat_minor=_fen(receipt, "valueAddedTax"),
        billed_at=receipt.at or clock.now(),
    )
    bill.save(force_insert=True)
    facts.append(
        "customs.tax.billed",
        subject=f"declaration:{declaration.pk}",
        data={
            "importer": declaration.importer_id,
            "order": declaration.order_id,
            "declaration": declaration.pk,
            "bill": bill.pk,
            "billed_minor": bill.total_minor,
            "assessed_minor": declaration.tax_minor,
        },
    )
    return True


def _fen(receipt: Receipt, name: str) -> int:
    """An amount in yuan, with up to five decimals, as whole fen, halves up."""
    text = receipt.number(name) or "0"
    if not _AMOUNT.fullmatch(text):
        raise TaxBillNotRead(number=receipt.number("taxNo"), amount=text)
    return int((Decimal(text) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@transaction.atomic
def remit_taxes(pool: Pool, on: date | None = None) -> int:
    """Pay customs the taxes that have fallen due in a pool; the amount in minor units.

    The money leaves trust by importer, and the guarantees that stood for it are whole again. What
    a bill asks beyond what was collected, the platform owes; what it asks less, the platform gets
    back for the consumer. Declarations with an open return wait.
    """
    day = on or clock.today()
    with tenancy.as_operator("pay consumer taxes to customs"):
        due = list(_due(pool, day))
        ledger.transfer_many(
            [*_differences(pool, due), *_payments(pool, due), *_restored(due)],
            group=f"customs.taxes:{pool.pk}/{day.isoformat()}",
            on=day,
        )
        ids = [each.declaration.pk for each in due]
        Declaration.objects.filter(pk__in=ids).update(remitted_on=day)
        paid = sum(each.paid_minor for each in due)
        if due:
            _tell(pool, due, paid)
        return paid


def _due(pool: Pool, day: date) -> Iterable[Due]:
    rules = territories.of(pool).corrections
    first = rules.terms(day).collected_from if rules else KEPT_DAYS
    before = datetime.combine(
        day - timedelta(days=first - 1), time.min, timezone.get_current_timezone()
    )
    rows = (
        Declaration.objects.filter(
            order__pool=pool,
            state__in=sorted(LET_GO),
            remitted_on__isnull=True,
            released_at__lt=before,
        )
        .exclude(corrections__state__in=sorted(corrections.OPEN))
        .select_related("order__platform", "importer", "guarantee__debit", "guarantee__credit")
        .order_by("pk")
    )
    bills = {
        bill.declaration_id: bill.total_minor
        for bill in TaxBill.objects.filter(declaration__order__pool=pool).exclude(
            status=TaxBill.Status.VOID
        )
    }
    for row in rows:
        collected = row.order.tax_minor
        back = collected_part(collected, row.tax_minor, row.returned_tax_minor)
        yield Due(row, collected - back, bills.get(row.pk))


def _payments(pool: Pool, due: Sequence[Due]) -> list[ledger.TransferSpec]:
    """One payment per importer out of trust."""
    bank = ledger.account(AccountCode.BANK, pool.currency)
    paid: defaultdict[Party, list[Due]] = defaultdict(list)
    for each in due:
        paid[each.declaration.importer].append(each)
    return [
        ledger.TransferSpec(
            f"customs.taxes:{pool.pk}/{importer.pk}/{ids[0]}-{ids[-1]}/paid",
            ledger.account(AccountCode.TAX_TRUST, pool.currency, owner=importer),
            bank,
            amount,
            TransferCode.TAX_REMITTED,
        )
        for importer, rows in paid.items()
        if (ids := [row.declaration.pk for row in rows])
        and (amount := sum(row.paid_minor for row in rows))
    ]


def _differences(pool: Pool, due: Sequence[Due]) -> list[ledger.TransferSpec]:
    """What bills ask more or less than was collected, put right with the platform."""
    specs = []
    for each in due:
        missing = each.paid_minor - each.kept_minor
        if missing:
            order = each.declaration.order
            trust = ledger.account(AccountCode.TAX_TRUST, pool.currency, owner=order.importer)
            clearing = ledger.account(
                AccountCode.PLATFORM_CLEARING, pool.currency, owner=order.platform
            )
            specs.append(
                ledger.TransferSpec(
                    f"customs.order:{order.pk}/tax-difference",
                    clearing if missing > 0 else trust,
                    trust if missing > 0 else clearing,
                    abs(missing),
                    TransferCode.CONSUMER_TAX if missing > 0 else TransferCode.REFUND,
                )
            )
    return specs


def _restored(due: Sequence[Due]) -> list[ledger.TransferSpec]:
    """What is left of each guarantee, whole again."""
    held = (
        (each.declaration, each.declaration.guarantee, each.declaration.returned_tax_minor)
        for each in due
        if each.declaration.guarantee is not None
    )
    return [
        ledger.TransferSpec(
            key=f"{row.cop_no}/guarantee-restored",
            debit=guarantee.credit,
            credit=guarantee.debit,
            amount_minor=guarantee.amount_minor - back,
            code=TransferCode.GUARANTEE_RESERVED,
        )
        for row, guarantee, back in held
        if guarantee.amount_minor > back
    ]


def _tell(pool: Pool, due: Sequence[Due], paid: int) -> None:
    facts.append(
        "customs.tax.remitted",
        subject=f"pool:{pool.pk}",
        data={
            "pool": pool.pk,
            "declarations": len(due),
            "paid_minor": paid,
            "difference_minor": paid - sum(each.kept_minor for each in due),
        },
    )
