"""Importers' statements, the pool's summary, and the operator's fee that depends on them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from core import clock, facts, ledger
from core.domain.chart import TransferCode
from core.models import Party, Pool
from fx_settlement.domain.alone import Alone, year_alone
from fx_settlement.domain.fees import operator_fee
from fx_settlement.domain.statement import (
    Component,
    PoolSummary,
    Reasons,
    Statement,
    StatementLine,
    rows_once,
    summarise,
)
from fx_settlement.models import (
    ChargeShare,
    Conversion,
    FeeRow,
    LateCharge,
    Obligation,
    Payment,
)
from fx_settlement.queries import (
    Basis,
    Reference,
    basis_of,
    importers_of,
    pooled_minor,
    pools_of,
    row_used,
)
from fx_settlement.services import books
from fx_settlement.services.fee_invoices import bill_fees
from fx_settlement.services.fees import fee_row
from imports.domain.tariffs import RowUsed
from warehouse.services.charging import STORAGE_ROW


def statement(importer: Party, year: int) -> Statement:
    """An importer's year in the pool beside the same year alone, over its settled orders."""
    return _statement(importer, year, pools_of(importer, year), Reference())


def _statement(
    importer: Party, year: int, pools: Sequence[Pool], reference: Reference
) -> Statement:
    paid, basis = pooled_minor(importer, pools), basis_of(importer, pools, reference)
    alone = year_alone(basis.sailings)
    storage = paid[Component.STORAGE]
    alone.minor[Component.STORAGE] = storage
    return Statement(
        importer_code=importer.code,
        importer_name=importer.name,
        importer_name_zh=importer.name_zh,
        is_simulated=any(pool.is_simulated for pool in pools),
        year=year,
        currency=books.HOME,
        as_of=clock.today(),
        units=basis.units,
        lines=tuple(
            StatementLine(each, paid[each], alone.minor[each])
            for each in Component
            if each is not Component.LATE_CHARGES or paid[each]
        ),
        alone_low_minor=alone.low_minor + storage,
        alone_high_minor=alone.high_minor + storage,
        reasons=_reasons(alone, basis),
        rows=rows_once([*alone.rows, *basis.rows, *_own_rows(paid, reference)]),
    )


def _reasons(alone: Alone, basis: Basis) -> Reasons:
    return Reasons(
        minimum_charges_minor=alone.minimums_minor - basis.pooled_minimums_minor,
        price_tiers_minor=alone.price_tiers_minor,
        minimum_orders_minor=alone.left_over_minor - basis.pooled_surplus_minor,
    )


def _own_rows(paid: Counter[Component], reference: Reference) -> Iterable[RowUsed]:
    """The rows behind what the pool itself charges."""
    today = clock.today()
    if paid[Component.STORAGE]:
        yield from reference.book().used([STORAGE_ROW], on=today, proxies=frozenset())
    if paid[Component.OPERATOR_FEE]:
        row, _ = fee_row(FeeRow.Kind.OPERATOR, "", today)
        yield row_used(row, today)


def statements(pool: Pool) -> list[Statement]:
    """The statements of a pool's importers, by code."""
    reference = Reference()
    return [_statement(importer, pool.year, [pool], reference) for importer in importers_of(pool)]


def pool_summary(pool: Pool) -> PoolSummary:
    """All importers of a pool together; ``unallocated_minor_units`` is 0 in sound books."""
    return summarise(statements(pool), unallocated_minor_units=unallocated_minor(pool))


def unallocated_minor(pool: Pool) -> int:
    """Fen that were paid and charged to nobody, or charged twice, over a pool. Nine queries."""
    bought_by = Obligation.objects.filter(conversion__batch__pool=pool)
    paid_by = Obligation.objects.filter(batch__pool=pool)
    shared = {
        **bought_by.aggregate(cost=Sum("cny_minor")),
        **paid_by.aggregate(fee=Sum("fee_minor")),
    }
    bought = Conversion.objects.filter(batch__pool=pool).aggregate(cost=Sum("cny_minor"))
    charged = Payment.objects.filter(
        batch__pool=pool, batch__state__in=["allocated", "closed"]
    ).aggregate(fee=Sum("fee_minor"))
    shares = ChargeShare.objects.filter(pool=pool, charge__isnull=False)
    parts = shares.aggregate(part=Sum("amount_minor"))["part"] or 0
    charges = {row.charge_id: row.charge for row in shares.select_related("charge")}
    whole = sum(charge.amount_cny_minor for charge in charges.values())
    late = ChargeShare.objects.filter(pool=pool, code=TransferCode.LATE_CHARGE)
    late_parts = late.aggregate(part=Sum("amount_minor"))["part"] or 0
    billed = LateCharge.objects.filter(pool=pool, posted_on__isnull=False)
    gaps = (
        (bought["cost"] or 0) - (shared["cost"] or 0),
        (charged["fee"] or 0) - (shared["fee"] or 0),
        whole - parts,
        (billed.aggregate(cost=Sum("amount_minor"))["cost"] or 0) - late_parts,
    )
    return sum(abs(int(gap)) for gap in gaps)


@transaction.atomic
def charge_operator_fee(pool: Pool) -> dict[int, int]:
    """Charge the operator's fee for a pool's year: a rate on the goods, inside what was saved.

    Nobody pays more than alone. Charged once per pool; called again it returns the first call's
    fees. Fees by importer in fen.

    Raises:
        Overdrawn: an importer's deposit does not cover its fee; nobody is charged.
    """
    source = f"operator-fee:{pool.pk}"
    earlier = ChargeShare.objects.filter(source=source).order_by("importer_id")
    if found := dict(earlier.values_list("importer_id", "amount_minor")):
        return found
    fees = operator_fees(pool)
    ChargeShare.objects.bulk_create(
        ChargeShare(
            importer_id=importer_id,
            pool=pool,
            source=source,
            code=TransferCode.OPERATOR_FEE,
            amount_minor=minor,
            on=clock.today(),
        )
        for importer_id, minor in fees.items()
    )
    _book_fees(pool, fees)
    bill_fees(pool, source, fees)
    data = {"pool": pool.pk, "amount_minor": sum(fees.values()), "importers": len(fees)}
    facts.append("fx.operator_fee.charged", subject=f"pool:{pool.pk}", data=data)
    return fees


def operator_fees(pool: Pool) -> dict[int, int]:
    """What the operator may charge each importer of a pool, in fen."""
    row, rule = fee_row(FeeRow.Kind.OPERATOR, "", clock.today())
    importers = importers_of(pool)
    return {
        importer.pk: operator_fee(
            goods_minor=made.line(Component.GOODS).pooled_minor,
            saving_minor=made.saving.low + made.line(Component.OPERATOR_FEE).pooled_minor,
            percent_of_goods=rule.fee.percent,
            share_of_saving=row.share_of_saving or Decimal(0),
        )
        for importer, made in zip(importers, statements(pool), strict=True)
    }


def _book_fees(pool: Pool, fees: dict[int, int]) -> None:
    escrows = books.escrows(fees, pool)
    income = books.operator_income(pool)
    specs = [
        spec
        for importer_id, minor in sorted(fees.items())
        for spec in books.move(
            f"fx.operator-fee:{pool.pk}/{importer_id}",
            debit=escrows[importer_id],
            credit=income,
            amount_minor=minor,
            code=TransferCode.OPERATOR_FEE,
        )
    ]
    ledger.transfer_many(specs, group=f"fx.operator-fee:{pool.pk}")
