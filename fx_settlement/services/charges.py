"""Charges in CNY shared among importers: of consignments, and of a year's storage."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from operator import attrgetter

from django.db import transaction
from django.db.models import Q, Sum

from core import bulk, clock, facts, ledger
from core.domain.calendar import add_months, month_range
from core.domain.chart import TransferCode
from core.models import Pool
from fx_settlement.models import ChargeShare
from fx_settlement.services import books
from imports import queries as imports_queries
from imports.models import Consignment
from warehouse import services as warehouse
from warehouse.models import ChargeLine, ChargePeriod


@transaction.atomic
def share_charges(consignment: Consignment) -> list[ChargeShare]:
    """Charge a consignment's costs to its importers, each by the charge's own basis, exactly.

    The importers of the order bear all of it, the carriage of the pool's surplus included. Called
    again it returns the first call's shares and writes nothing.

    Raises:
        Overdrawn: an importer's deposit does not cover its share; nothing is charged.
    """
    earlier = ChargeShare.objects.filter(charge__consignment=consignment).order_by("pk")
    if found := list(earlier):
        return found
    shares = _kept(_consignment_shares(consignment))
    _book(consignment.pool, shares, group=f"fx.consignment:{consignment.pk}")
    data = {
        "consignment": consignment.pk,
        "amount_minor": sum(share.amount_minor for share in shares),
        "importers": len({share.importer_id for share in shares}),
    }
    facts.append("fx.charges.shared", subject=f"consignment:{consignment.pk}", data=data)
    return shares


_COLUMNS = ("importer_id", "pool_id", "charge_id", "source", "code", "amount_minor", "on")


def _kept(shares: Iterable[ChargeShare]) -> list[ChargeShare]:
    """The shares as written; a charge of many importers in two queries."""
    return bulk.create(ChargeShare, _COLUMNS, list(map(attrgetter(*_COLUMNS), shares)))


def charges_needed(consignment: Consignment) -> dict[int, int]:
    """What each importer must have on account in fen for a consignment's charges. Three queries."""
    return _by_importer(_consignment_shares(consignment))


def _consignment_shares(consignment: Consignment) -> list[ChargeShare]:
    measures = imports_queries.measures_of(consignment)
    charges = consignment.charges.select_related("consignment").order_by("pk")
    return [
        ChargeShare(
            importer_id=importer_id,
            pool_id=consignment.pool_id,
            charge=charge,
            source=f"charge:{charge.pk}",
            code=charge.kind,
            amount_minor=minor,
            on=clock.today(),
        )
        for charge in charges
        for importer_id, minor in imports_queries.charge_shares(charge, measures).items()
    ]


@transaction.atomic
def charge_storage(pool: Pool, year: int) -> list[ChargeShare]:
    """Charge a year's storage and handling, month by month as the warehouse posts them.

    A month is charged once; the months of the year that have ended are charged, after those
    before it that are open still.

    Raises:
        Overdrawn: a deposit does not cover the charge; nothing is charged.
        NoRate: goods lay on a day for which no storage rate is in force.
    """
    months = f"storage:{pool.pk}:{year}-"
    is_new = not ChargeShare.objects.filter(source__startswith=months).exists()
    charged = [share for month in _ended(pool, year) for share in charge_month(pool, month)]
    data = {
        "pool": pool.pk,
        "year": year,
        "amount_minor": sum(share.amount_minor for share in charged),
        "importers": len({share.importer_id for share in charged}),
    }
    if is_new:
        facts.append("fx.storage.charged", subject=f"pool:{pool.pk}", data=data)
    return charged


def _ended(pool: Pool, year: int) -> list[date]:
    """The months of a year that have ended, and those before it that nobody has posted."""
    first = date(year, 1, 1)
    waiting = ChargePeriod.objects.filter(pool=pool, posted_at__isnull=True, month__lt=first)
    earliest = waiting.order_by("month").values_list("month", flat=True).first()
    months = month_range(earliest or first, date(year, 12, 1))
    return [day for day in months if add_months(day, 1) - timedelta(days=1) <= clock.today()]


@transaction.atomic
def charge_month(pool: Pool, month: date) -> list[ChargeShare]:
    """Charge one ended month as the warehouse posts it: one share per importer and kind, once.

    Raises:
        Overdrawn: a deposit does not cover the charge; nothing is charged, the month stays open.
        PeriodClosed: an earlier month is not posted, or the month has not ended.
    """
    source = f":{pool.pk}:{month:%Y-%m}"
    kinds = [f"{kind}{source}" for kind in _POSTED]
    if found := list(ChargeShare.objects.filter(source__in=kinds).order_by("pk")):
        return found
    totals: Counter[tuple[int, str]] = Counter()
    for line in warehouse.post_month(pool, month):
        if line.rate.is_posted:
            totals[line.owner_id, line.rate.kind] += line.amount_minor
    shares = [
        ChargeShare(
            importer_id=importer_id,
            pool=pool,
            source=f"{kind}{source}",
            code=_POSTED[kind],
            amount_minor=minor,
            on=clock.today(),
        )
        for (importer_id, kind), minor in sorted(totals.items())
        if minor
    ]
    shares = _kept(shares)
    _book(pool, shares, group=f"fx.storage{source}")
    return shares


_POSTED = {
    "storage": TransferCode.STORAGE,
    "handling": TransferCode.HANDLING,
    "insurance": TransferCode.INSURANCE,
}
"""How what the warehouse posts is called in the ledger; the cost of capital is never posted."""


def storage_needed(pool: Pool, year: int) -> dict[int, int]:
    """What each importer must have on account in fen for what a year's stay costs in all."""
    warehouse.accrue(pool, before=date(year + 1, 1, 1))
    rows = ChargeLine.objects.filter(
        Q(period__month__year=year) | Q(period__posted_at__isnull=True),
        period__pool=pool,
        period__month__lt=date(year + 1, 1, 1),
        rate__is_posted=True,
    ).order_by("owner_id")
    sums = rows.values_list("owner_id").annotate(Sum("amount_minor"))
    return {owner: minor for owner, minor in sums if minor}


def _by_importer(shares: Iterable[ChargeShare]) -> dict[int, int]:
    totals: Counter[int] = Counter()
    for share in shares:
        totals[share.importer_id] += share.amount_minor
    return dict(totals)


def _book(pool: Pool, shares: Iterable[ChargeShare], *, group: str) -> None:
    """One transfer per importer and reason, from its escrow to what the pool owes for services."""
    totals: Counter[tuple[int, str]] = Counter()
    for share in shares:
        totals[share.importer_id, share.code] += share.amount_minor
    escrows = books.escrows({importer for importer, _ in totals}, pool)
    owed = books.service_payable(pool)
    specs = [
        spec
        for (importer_id, code), minor in sorted(totals.items())
        for spec in books.move(
            f"{group}/{code}/{importer_id}",
            debit=escrows[importer_id],
            credit=owed,
            amount_minor=minor,
            code=TransferCode(code),
        )
    ]
    ledger.transfer_many(specs, group=group)
