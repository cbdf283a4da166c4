"""Chargeable weights and the arithmetic of one tariff row: breaks, steps, minima, containers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from core.domain.chart import TransferCode
from core.domain.trade import minor_units, round_half_up
from imports.domain.tariffs import Case, Tariff, TariffBook

Rate = Callable[[str], Decimal]


@dataclass(frozen=True)
class Load:
    """What travels once: volume, gross weight, value of the goods in fen, days in storage."""

    volume_m3: Decimal
    weight_kg: Decimal
    goods_minor: int = 0
    storage_days: Decimal = Decimal(0)

    def __add__(self, other: "Load") -> "Load":
        """Two loads on one sailing; storage days are averaged by volume."""
        volume = self.volume_m3 + other.volume_m3
        stored = self.volume_m3 * self.storage_days + other.volume_m3 * other.storage_days
        return Load(
            volume_m3=volume,
            weight_kg=self.weight_kg + other.weight_kg,
            goods_minor=self.goods_minor + other.goods_minor,
            storage_days=stored / volume if volume else Decimal(0),
        )


EMPTY = Load(volume_m3=Decimal(0), weight_kg=Decimal(0))


@dataclass(frozen=True)
class Charge:
    """One line of a bill. ``at_rate_minor`` is what it would be without any minimum.

    ``amount_minor`` is in the tariff's currency, ``cny_minor`` in fen. ``rules`` are keys of
    rows that shaped the charge without being its price.
    """

    kind: TransferCode
    key: str
    basis: str
    quantity: Decimal
    currency: str
    amount_minor: int
    cny_minor: int
    at_rate_minor: int
    rules: tuple[str, ...] = ()

    @property
    def is_fixed(self) -> bool:
        """Whether the charge is per shipment or per container."""
        return self.basis in ("shipment", "container")

    @classmethod
    def in_cny(
        cls,
        kind: TransferCode,
        *,
        key: str,
        basis: str,
        quantity: Decimal,
        minor: int,
        at_rate_minor: int | None = None,
        rules: tuple[str, ...] = (),
    ) -> "Charge":
        """A charge whose tariff is in CNY."""
        at_rate = minor if at_rate_minor is None else at_rate_minor
        return cls(kind, key, basis, quantity, "CNY", minor, minor, at_rate, rules)


@dataclass(frozen=True)
class Amount:
    """How a priced quantity becomes money: its basis, the rates, and the end of the range."""

    basis: str
    rate: Rate
    case: Case


def per_unit(
    row: Tariff, quantity: Decimal, kind: TransferCode, how: Amount, rules: tuple[str, ...] = ()
) -> Charge:
    """A row's price times a quantity, not below the row's own minimum quantity or amount."""
    price = row.price_at(how.case)
    amount = max(price * max(quantity, row.minimum_quantity), row.minimum_amount)
    return Charge(
        kind=kind,
        key=row.key,
        basis=how.basis,
        quantity=quantity,
        currency=row.currency,
        amount_minor=_minor(amount, row.currency),
        cny_minor=_fen(amount, row, how.rate),
        at_rate_minor=_fen(price * quantity, row, how.rate),
        rules=rules,
    )


def at_least(charge: Charge, minimum: Tariff, rate: Rate, case: Case) -> Charge:
    """The charge, or the minimum row's amount when that is higher."""
    least = minimum.price_at(case)
    if _fen(least, minimum, rate) <= charge.cny_minor:
        return charge
    return replace(
        charge,
        currency=minimum.currency,
        amount_minor=_minor(least, minimum.currency),
        cny_minor=_fen(least, minimum, rate),
        rules=(*charge.rules, minimum.key),
    )


def air(weight_kg: Decimal, row: Tariff, rate: Rate, case: Case) -> Charge:
    """Air freight by the next-break rule: the cheapest of own break and every heavier break.

    A range of the row's base price moves every break in proportion.
    """
    likely = row.price_at(Case.LIKELY)
    scale = row.price_at(case) / likely
    amount = min(max(weight_kg, start) * price for start, price in row.breaks) * scale
    own = [price for start, price in row.breaks if weight_kg >= start] or [row.breaks[0][1]]
    return Charge(
        kind=TransferCode.FREIGHT,
        key=row.key,
        basis="weight",
        quantity=weight_kg,
        currency=row.currency,
        amount_minor=_minor(amount, row.currency),
        cny_minor=_fen(amount, row, rate),
        at_rate_minor=min(_fen(own[-1] * scale * weight_kg, row, rate), _fen(amount, row, rate)),
        rules=("AIR_BREAKS", "VOL_AIR"),
    )


def parcels(load: Load, row: Tariff, book: TariffBook, rate: Rate) -> Charge:
    """Courier or post by a table of total prices, in as many parcels as the table needs.

    Full parcels weigh the heaviest entry of the table; the rest takes its own step. Post from
    Japan goes by actual weight, couriers by the greater of actual and volume weight.
    """
    rules = ("ROUND_EXPRESS",) if "EMS" in row.mode else ("VOL_EXPRESS", "ROUND_EXPRESS")
    weight = load.weight_kg
    if "VOL_EXPRESS" in rules:
        weight = max(weight, load.volume_m3 * 1_000_000 / book["VOL_EXPRESS"].price_at(Case.LIKELY))
    heaviest, full_price = row.breaks[-1]
    full, rest = divmod(weight, heaviest)
    amount = full * full_price + (_step(row, _rounded_up(rest, book)) if rest else Decimal(0))
    return Charge(
        kind=TransferCode.FREIGHT,
        key=row.key,
        basis="weight",
        quantity=weight,
        currency=row.currency,
        amount_minor=_minor(amount, row.currency),
        cny_minor=_fen(amount, row, rate),
        at_rate_minor=_fen(amount, row, rate),
        rules=rules,
    )


def percent_of_charge(charge: Charge, row: Tariff, case: Case) -> Charge:
    """A surcharge that is a percentage of another charge."""
    part = row.price_at(case) / 100
    return replace(
        charge,
        key=row.key,
        amount_minor=round_half_up(charge.amount_minor * part),
        cny_minor=round_half_up(charge.cny_minor * part),
        at_rate_minor=round_half_up(charge.at_rate_minor * part),
        rules=(),
    )


def containers(load: Load, book: TariffBook) -> int:
    """40'HC containers for a load: the greater need of volume and weight, at least one."""
    by_volume = load.volume_m3 / book["CAP_40HC"].price_at(Case.LIKELY)
    by_weight = load.weight_kg / book["CAP_40HC_KG"].price_at(Case.LIKELY)
    return max(1, int(max(by_volume, by_weight).to_integral_value(rounding=ROUND_CEILING)))


def revenue_tons(load: Load, book: TariffBook) -> Decimal:
    """LCL measure (W/M): the greater of cubic metres and tonnes."""
    return max(load.volume_m3, load.weight_kg / book["VOL_LCL"].price_at(Case.LIKELY))


def air_weight(load: Load, book: TariffBook) -> Decimal:
    """Chargeable weight by air: the greater of actual and volume weight (6,000 cm3 per kg)."""
    return max(load.weight_kg, load.volume_m3 * 1_000_000 / book["VOL_AIR"].price_at(Case.LIKELY))


def is_volume_limited(load: Load, mode: str, book: TariffBook) -> bool:
    """Whether volume, not weight, decides what the load costs by a mode."""
    if mode == "sea_fcl":
        by_weight = load.weight_kg / book["CAP_40HC_KG"].price_at(Case.LIKELY)
        return load.volume_m3 / book["CAP_40HC"].price_at(Case.LIKELY) >= by_weight
    if mode == "sea_lcl":
        return revenue_tons(load, book) == load.volume_m3
    return air_weight(load, book) > load.weight_kg


def _rounded_up(weight_kg: Decimal, book: TariffBook) -> Decimal:
    """Weight rounded up to the courier's step, half a kilogram."""
    step = book["ROUND_EXPRESS"].price_at(Case.LIKELY)
    return (weight_kg / step).to_integral_value(rounding=ROUND_CEILING) * step


def _step(row: Tariff, weight_kg: Decimal) -> Decimal:
    """The total price of the first entry that carries the weight; the last one carries any rest."""
    carrying = [price for up_to, price in row.breaks if weight_kg <= up_to]
    return carrying[0] if carrying else row.breaks[-1][1]


def _minor(amount: Decimal, currency: str) -> int:
    quantum = Decimal(1).scaleb(-minor_units(currency))
    rounded = amount.quantize(quantum, rounding=ROUND_HALF_UP)
    return int(rounded.scaleb(minor_units(currency)))


def _fen(amount: Decimal, row: Tariff, rate: Rate) -> int:
    return round_half_up(amount * rate(row.currency) * 100)
