"""Charges in CNY shared among importers: of consignments, and of a year's storage."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db import transaction

from core import clock, facts, ledger
from core.domain.chart import TransferCode
from core.domain.shares import split_in_proportion
from core.models import Pool
from fx_settlement.domain.allocation import lot_drawn
from fx_settlement.domain.storage import StockChange, cubic_metre_days, storage_minor
from fx_settlement.models import ChargeShare
from fx_settlement.queries import stock_changes
from fx_settlement.services import books
from imports import queries as imports_queries
from imports.domain.tariffs import Case
from imports.models import Consignment, ConsignmentCharge, OrderShare

STORAGE_ROW = "BW_STORAGE"


@dataclass(frozen=True)
class _Measure:
    """What an importer has in a consignment, by every basis on which charges are shared."""

    volume: int = 0
    weight: int = 0
    value: int = 0
    units: int = 0

    def __add__(self, other: "_Measure") -> "_Measure":
        return _Measure(
            self.volume + other.volume,
            self.weight + other.weight,
            self.value + other.value,
            self.units + other.units,
        )


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
    shares = _consignment_shares(consignment)
    ChargeShare.objects.bulk_create(shares)
    _book(consignment.pool, shares, group=f"fx.consignment:{consignment.pk}")
    data = {
        "consignment": consignment.pk,
        "amount_minor": sum(share.amount_minor for share in shares),
        "importers": len({share.importer_id for share in shares}),
    }
    facts.append("fx.charges.shared", subject=f"consignment:{consignment.pk}", data=data)
    return shares


def charges_needed(consignment: Consignment) -> dict[int, int]:
    """What each importer must have on account in fen for a consignment's charges. Three queries."""
    return _by_importer(_consignment_shares(consignment))


def _consignment_shares(consignment: Consignment) -> list[ChargeShare]:
    measures = _measures(consignment)
    charges = ConsignmentCharge.objects.filter(consignment=consignment).order_by("pk")
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
        for importer_id, minor in _split(charge, measures).items()
    ]


def _split(charge: ConsignmentCharge, measures: Mapping[int, _Measure]) -> dict[int, int]:
    weights = {importer: getattr(own, charge.basis) for importer, own in measures.items()}
    return split_in_proportion(
        charge.amount_cny_minor,
        weights,
        tie_break=lambda importer: lot_drawn(f"charge:{charge.pk}", importer),
    )


def _measures(consignment: Consignment) -> dict[int, _Measure]:
    found: dict[int, _Measure] = defaultdict(_Measure)
    rows = (
        OrderShare.objects.filter(line__consigned__consignment=consignment)
        .exclude(owner_id=consignment.pool.operator_id)
        .values_list(
            "owner_id",
            "units",
            "cost_minor",
            "line__product__volume_cm3",
            "line__product__gross_weight_g",
        )
    )
    for owner_id, units, cost, volume, weight in rows:
        found[owner_id] += _Measure(units * volume, units * weight, cost, units)
    return dict(found)


@transaction.atomic
def charge_storage(pool: Pool, year: int, *, before: date | None = None) -> list[ChargeShare]:
    """Charge a year's storage: what each importer's goods took up, by day, at the tariff's price.

    A cubic metre or a tonne, whichever is more, from the day goods were received into the
    importer's name to the day before they left; up to ``before`` or the year's end. Once per year.

    Raises:
        Overdrawn: a deposit does not cover the charge; nothing is charged.
    """
    source = f"storage:{pool.pk}:{year}"
    if found := list(ChargeShare.objects.filter(source=source).order_by("pk")):
        return found
    shares = _storage_shares(pool, year, before)
    ChargeShare.objects.bulk_create(shares)
    _book(pool, shares, group=f"fx.{source}")
    data = {
        "pool": pool.pk,
        "year": year,
        "amount_minor": sum(share.amount_minor for share in shares),
        "importers": len(shares),
    }
    facts.append("fx.storage.charged", subject=f"pool:{pool.pk}", data=data)
    return shares


def storage_needed(pool: Pool, year: int, *, before: date | None = None) -> dict[int, int]:
    """What each importer must have on account in fen for a year's storage."""
    return _by_importer(_storage_shares(pool, year, before))


def _storage_shares(pool: Pool, year: int, before: date | None) -> list[ChargeShare]:
    price = imports_queries.tariff_book()[STORAGE_ROW].price_at(Case.LIKELY)
    end = before or date(year + 1, 1, 1)
    room = cubic_metre_days(_importers_changes(pool), first=date(year, 1, 1), before=end)
    charges = {importer: storage_minor(Fraction(taken), price) for importer, taken in room.items()}
    return [
        ChargeShare(
            importer_id=importer_id,
            pool=pool,
            source=f"storage:{pool.pk}:{year}",
            code=TransferCode.STORAGE,
            amount_minor=minor,
            on=clock.today(),
        )
        for importer_id, minor in sorted(charges.items())
        if minor
    ]


def _importers_changes(pool: Pool) -> Iterable[StockChange]:
    return (change for change in stock_changes(pool) if change.owner != pool.operator_id)


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
