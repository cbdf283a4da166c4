"""What moving goods into the pool costs: one model for an importer alone and for the pool.

A :class:`Load` is what travels once. Alone is the cheapest bill of an importer's own load;
pooled is the cheapest bill of everybody's loads together, shared out. Scope: origin port to
warehouse door, storage, agency and insurance. Consumer taxes are in neither.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from core.domain.chart import TransferCode
from core.domain.errors import Refusal
from core.domain.shares import K, split_in_proportion
from core.domain.trade import Incoterm, round_half_up
from imports.domain import freight
from imports.domain.freight import Amount, Charge, Load
from imports.domain.lanes import Lane
from imports.domain.tariffs import (
    Case,
    RateMissing,
    RowUsed,
    TariffBook,
    Trust,
    worst_trust,
)

CARRIAGE = (TransferCode.FREIGHT, TransferCode.HANDLING)
"""What moves goods from the port of origin to the warehouse door."""


class NoFeasibleMode(Refusal):
    """Raised when nothing is to be shipped."""

    code = "no-feasible-mode"
    reason = "A load of {volume} m3 and {weight} kg cannot be shipped by any mode."
    remedy = "Give a load with a positive weight and volume."


class Mode(StrEnum):
    """Ways into the pool; the first three are those of a consignment."""

    FCL = "sea_fcl"
    LCL = "sea_lcl"
    AIR = "air"
    PARCEL = "parcel"


@dataclass(frozen=True)
class Terms:
    """Everything a bill depends on besides the load: lane, tariffs, rates and the day.

    ``cny_per`` gives CNY per unit of each currency, with the source of the rates.
    """

    lane: Lane
    book: TariffBook
    cny_per: Mapping[str, Decimal]
    on: date
    agency: str = "AGENT_TIERED_B"
    agency_minimum: str = "AGENT_MIN"
    storage: str = "BW_STORAGE"
    incoterm: Incoterm = Incoterm.FOB

    def rate(self, currency: str) -> Decimal:
        """CNY per unit of a currency.

        Raises:
            RateMissing: the rates do not hold the currency.
        """
        if currency == "CNY":
            return Decimal(1)
        if currency not in self.cny_per:
            raise RateMissing(currency=currency)
        return self.cny_per[currency]


@dataclass(frozen=True)
class Bill:
    """What one load costs by one mode, charge by charge, in fen of CNY.

    ``low_minor`` and ``high_minor`` are the same bill at the ends of the ranges of its rows.
    ``is_volume_limited`` says by which measure freight and handling are shared.
    """

    mode: Mode
    containers: int
    load: Load
    charges: tuple[Charge, ...]
    rows: tuple[RowUsed, ...]
    is_volume_limited: bool
    low_minor: int
    high_minor: int

    @cached_property
    def total_minor(self) -> int:
        """The whole bill."""
        return sum(charge.cny_minor for charge in self.charges)

    @property
    def minimums_minor(self) -> int:
        """What is paid only because a minimum charge is above the charge at the rate."""
        return sum(charge.cny_minor - charge.at_rate_minor for charge in self.charges)

    @property
    def fixed_minor(self) -> int:
        """Charges per shipment and per container, which do not grow with the goods."""
        return sum(charge.cny_minor for charge in self.charges if charge.is_fixed)

    @property
    def trust(self) -> Trust:
        """The trust of the worst row."""
        return worst_trust(row.trust for row in self.rows)

    @property
    def has_stale_rows(self) -> bool:
        """Whether a row is older than 24 months."""
        return any(row.is_stale for row in self.rows)

    def minor(self, *kinds: TransferCode) -> int:
        """The part of the bill for these reasons."""
        return sum(charge.cny_minor for charge in self.charges if charge.kind in kinds)


def bill(load: Load, mode: Mode, terms: Terms) -> Bill:
    """What a load costs by a mode: every charge, the rows behind them, and the range."""
    charges = _charges(load, mode, terms, Case.LIKELY)
    others = (_charges(load, mode, terms, case) for case in (Case.LOW, Case.HIGH))
    ends = [_total_minor(each) for each in (charges, *others)]
    keys = [charge.key for charge in charges]
    keys += [key for charge in charges for key in charge.rules]
    return Bill(
        mode=mode,
        containers=freight.containers(load, terms.book) if mode is Mode.FCL else 0,
        load=load,
        charges=charges,
        rows=tuple(terms.book.used(keys, on=terms.on, proxies=terms.lane.proxies)),
        is_volume_limited=freight.is_volume_limited(load, mode.value, terms.book),
        low_minor=min(ends),
        high_minor=max(ends),
    )


def cheapest(load: Load, terms: Terms, *, modes: tuple[Mode, ...] = tuple(Mode)) -> Bill:
    """The cheapest bill among modes; equal bills go to the mode named first in :class:`Mode`.

    Raises:
        NoFeasibleMode: the load is empty.
    """
    if load.volume_m3 <= 0 or load.weight_kg <= 0:
        raise NoFeasibleMode(volume=load.volume_m3, weight=load.weight_kg)
    totals = {mode: _total_minor(_charges(load, mode, terms, Case.LIKELY)) for mode in modes}
    return bill(load, min(modes, key=lambda mode: totals[mode]), terms)


def _total_minor(charges: Iterable[Charge]) -> int:
    return sum(charge.cny_minor for charge in charges)


_Carriage = Callable[[Load, Terms, Case], list[Charge]]


def _charges(load: Load, mode: Mode, terms: Terms, case: Case) -> tuple[Charge, ...]:
    """Freight and handling of the mode, then what is computed on top of them."""
    moved = [
        charge for charge in _CARRIAGE[mode](load, terms, case) if not _is_prepaid(charge, terms)
    ]
    landed = sum(charge.cny_minor for charge in moved)
    charges = [*moved, _agency(load, terms), *_insurance(load, mode, terms, case, landed)]
    if load.storage_days:
        charges.append(_storage(load, terms, case))
    return tuple(charges)


def _is_prepaid(charge: Charge, terms: Terms) -> bool:
    """Whether the supplier's price already holds the main freight (CFR, CIF)."""
    paid_by_supplier = terms.incoterm in (Incoterm.CFR, Incoterm.CIF)
    return paid_by_supplier and charge.kind is TransferCode.FREIGHT


def _fcl(load: Load, terms: Terms, case: Case) -> list[Charge]:
    lane, count = terms.lane, Decimal(freight.containers(load, terms.book))
    charge = _charger(terms, case)
    per_container = (
        "KCN_WH_LOADING_40", "KCN_THC_40", "KCN_DO_40", "KCN_EIR_40", "CFS_UNSTUFF_40", "TRUCK_40",
    )  # fmt: skip
    per_bill = ("KCN_DOC", "KCN_CLEAR", "KCN_EDI", "KCN_LOLO")
    rules = ("CAP_40HC", "CAP_40HC_KG")
    return [
        charge(lane.fcl, count, TransferCode.FREIGHT, basis="container", rules=rules),
        *_filing(lane, charge),
        *(charge(key, count, TransferCode.HANDLING, basis="container") for key in per_container),
        *(charge(key, Decimal(1), TransferCode.HANDLING, basis="shipment") for key in per_bill),
        charge("CFS_IN_M3", load.volume_m3, TransferCode.HANDLING, basis="volume"),
    ]


def _lcl(load: Load, terms: Terms, case: Case) -> list[Charge]:
    lane, charge = terms.lane, _charger(terms, case)
    revenue_tons = freight.revenue_tons(load, terms.book)
    measure = "volume" if revenue_tons == load.volume_m3 else "weight"
    per_bill = ("KCN_DOC", "KCN_CLEAR", "KCN_EDI", "AIRIMP_DELIVERY")
    return [
        charge(
            lane.lcl,
            revenue_tons,
            TransferCode.FREIGHT,
            basis=measure,
            rules=("VOL_LCL",),
            minimum=lane.lcl_minimum,
        ),
        *_filing(lane, charge),
        *(charge(key, Decimal(1), TransferCode.HANDLING, basis="shipment") for key in per_bill),
        charge("LCL_DEST_CFS_DEMO", revenue_tons, TransferCode.HANDLING, basis=measure),
    ]


def _air(load: Load, terms: Terms, case: Case) -> list[Charge]:
    charge = _charger(terms, case)
    weight = freight.air_weight(load, terms.book)
    per_kg = ("AIRIMP_HANDLING", "AIRIMP_THC")
    per_bill = ("AIRIMP_CLEAR", "AIRIMP_QUAR", "AIRIMP_DELIVERY")
    return [
        freight.air(weight, terms.book[terms.lane.air], terms.rate, case),
        *_filing(terms.lane, charge),
        *(charge(key, weight, TransferCode.HANDLING, basis="weight") for key in per_kg),
        *(charge(key, Decimal(1), TransferCode.HANDLING, basis="shipment") for key in per_bill),
    ]


def _parcel(load: Load, terms: Terms, case: Case) -> list[Charge]:
    row = terms.book[terms.lane.parcel]
    carried = freight.parcels(load, row, terms.book, terms.rate)
    if not terms.lane.parcel_surcharge:
        return [carried]
    surcharge = terms.book[terms.lane.parcel_surcharge]
    return [carried, freight.percent_of_charge(carried, surcharge, case)]


_CARRIAGE: dict[Mode, _Carriage] = {
    Mode.FCL: _fcl,
    Mode.LCL: _lcl,
    Mode.AIR: _air,
    Mode.PARCEL: _parcel,
}


def _charger(terms: Terms, case: Case) -> Callable[..., Charge]:
    """A function that prices a quantity of a row, given its key."""

    def charge(
        key: str,
        quantity: Decimal,
        kind: TransferCode,
        *,
        basis: str,
        rules: tuple[str, ...] = (),
        minimum: str = "",
    ) -> Charge:
        row = terms.book[key]
        made = freight.per_unit(row, quantity, kind, Amount(basis, terms.rate, case), rules)
        return freight.at_least(made, terms.book[minimum], terms.rate, case) if minimum else made

    return charge


def _filing(lane: Lane, charge: Callable[..., Charge]) -> list[Charge]:
    if not lane.origin_filing:
        return []
    return [charge(lane.origin_filing, Decimal(1), TransferCode.HANDLING, basis="shipment")]


def _agency(load: Load, terms: Terms) -> Charge:
    """The agent's percentage of the goods value, by the bracket of the whole value."""
    row, minimum = terms.book[terms.agency], terms.book[terms.agency_minimum]
    value = Decimal(load.goods_minor) / 100
    percent = [rate for start, rate in row.breaks if value >= start][-1]
    at_rate = round_half_up(load.goods_minor * percent / 100)
    least = round_half_up(minimum.price_at(Case.LIKELY) * 100)
    return Charge.in_cny(
        TransferCode.AGENCY,
        key=minimum.key if least > at_rate else row.key,
        basis="value",
        quantity=value,
        minor=max(at_rate, least),
        at_rate_minor=at_rate,
        rules=(row.key,),
    )


def _insurance(load: Load, mode: Mode, terms: Terms, case: Case, landed_minor: int) -> list[Charge]:
    """The premium on 110 % of cost and freight, itself included: (C+F)·1.1r / (1 - 1.1r)."""
    if terms.incoterm is Incoterm.CIF:
        return []
    row = terms.book["INS_SEA" if mode in (Mode.FCL, Mode.LCL) else "INS_AIR"]
    uplift = terms.book["INS_CLOSED_FORM"].price_at(Case.LIKELY)
    loaded = uplift * row.price_at(case) / 100
    minor = round_half_up((load.goods_minor + landed_minor) * loaded / (1 - loaded))
    value = Decimal(load.goods_minor + landed_minor) / 100
    return [
        Charge.in_cny(
            TransferCode.INSURANCE,
            key=row.key,
            basis="value",
            quantity=value,
            minor=minor,
            rules=("INS_CLOSED_FORM",),
        )
    ]


def _storage(load: Load, terms: Terms, case: Case) -> Charge:
    """Storage per m3 or tonne and day, for the average days that the goods lie."""
    row = terms.book[terms.storage]
    quantity = max(load.volume_m3, load.weight_kg / 1000) * load.storage_days
    minor = round_half_up(quantity * row.price_at(case) * 100)
    return Charge.in_cny(
        TransferCode.STORAGE, key=row.key, basis="volume", quantity=quantity, minor=minor
    )


def share(pooled: Bill, loads: Mapping[K, Load]) -> dict[K, dict[TransferCode, int]]:
    """Each importer's part of a pooled bill, by reason; the parts add up to the bill exactly.

    Freight and handling, split as one sum, and storage follow volume when volume fills the
    carriage, else weight. Agency follows goods value; insurance follows goods value and the
    carriage it insures.
    """
    by_size = {
        key: load.volume_m3 if pooled.is_volume_limited else load.weight_kg
        for key, load in loads.items()
    }
    by_value: dict[K, Decimal] = {key: Decimal(load.goods_minor) for key, load in loads.items()}
    carried = split_in_proportion(pooled.minor(*CARRIAGE), by_size)
    moved = split_in_proportion(pooled.minor(TransferCode.FREIGHT), by_size)
    insured = {key: by_value[key] + carried[key] for key in loads}
    parts: dict[TransferCode, dict[K, int]] = {
        TransferCode.FREIGHT: moved,
        TransferCode.HANDLING: {key: carried[key] - moved[key] for key in loads},
        TransferCode.AGENCY: split_in_proportion(pooled.minor(TransferCode.AGENCY), by_value),
        TransferCode.INSURANCE: split_in_proportion(pooled.minor(TransferCode.INSURANCE), insured),
        TransferCode.STORAGE: split_in_proportion(pooled.minor(TransferCode.STORAGE), by_size),
    }
    return {key: {kind: split[key] for kind, split in parts.items()} for key in loads}


def minimums_avoided_minor(alone: Bill, pooled: Bill, share_minor: int) -> int:
    """Minimum charges of the bill alone, less the importer's part of the pool's minimums.

    ``share_minor`` is what the importer pays of the pooled bill.
    """
    own = round_half_up(Decimal(pooled.minimums_minor) * share_minor / pooled.total_minor)
    return alone.minimums_minor - own


def container_break_even_m3(terms: Terms, *, kg_per_m3: Decimal = Decimal(200)) -> Decimal:
    """The smallest volume, in hundredths of a m3, that is cheaper in an own container than as LCL.

    Bisects within one container, where both bills grow with the volume and LCL faster.
    """

    def container_wins(hundredths: int) -> bool:
        volume = Decimal(hundredths) / 100
        load = Load(volume_m3=volume, weight_kg=volume * kg_per_m3)
        container, loose = (bill(load, mode, terms) for mode in (Mode.FCL, Mode.LCL))
        return container.minor(*CARRIAGE) < loose.minor(*CARRIAGE)

    low, high = 0, int(terms.book["CAP_40HC"].price_at(Case.LIKELY) * 100)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if container_wins(middle) else (middle, high)
    return Decimal(high) / 100
