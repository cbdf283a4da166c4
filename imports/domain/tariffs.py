"""Tariff rows: a price with its date, its source and how far it can be trusted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.domain.errors import Refusal

STALE_AFTER_MONTHS = 24


class TariffMissing(Refusal):
    """Raised when the cost model needs a tariff row that is not loaded."""

    code = "tariff-missing"
    reason = "There is no tariff row “{key}”."
    remedy = "Load the tariff table with load_costs, or add a row with this key."


class TariffWithoutPrice(Refusal):
    """Raised when a tariff row that is needed states neither a price nor a range."""

    code = "tariff-without-price"
    reason = "Tariff row “{key}” states neither a price nor a range."
    remedy = "Add a price, or a low and a high price, to the row."


class RateMissing(Refusal):
    """Raised when a tariff is in a currency without an exchange rate."""

    code = "rate-missing"
    reason = "There is no exchange rate from {currency} to CNY."
    remedy = "Load the reference rates, or choose a tariff in another currency."


class Trust(StrEnum):
    """Where a price comes from, best first."""

    LIST_PRICE = "list-price"
    MARKET_REPORT = "market-report"
    SECONDARY = "secondary"
    ASSUMED = "assumed"


class Case(StrEnum):
    """Which end of a range of prices a figure is computed with."""

    LOW = "low"
    LIKELY = "likely"
    HIGH = "high"


def worst_trust(trusts: Iterable[Trust]) -> Trust:
    """The least trusted of several: a result is as good as its worst row."""
    return max(trusts, key=list(Trust).index, default=Trust.LIST_PRICE)


@dataclass(frozen=True)
class Tariff:
    """One price of a carrier, agent, terminal or warehouse, as published or assumed.

    ``breaks`` are ``(from or up to, price)`` pairs; what they mean is in ``basis``.
    """

    key: str
    mode: str
    unit: str
    currency: str
    priced_on: date
    date_kind: str
    source: str
    trust: Trust
    basis: str
    lane_fit: str
    price: Decimal | None = None
    price_low: Decimal | None = None
    price_high: Decimal | None = None
    minimum_quantity: Decimal = Decimal(0)
    minimum_amount: Decimal = Decimal(0)
    breaks: tuple[tuple[Decimal, Decimal], ...] = ()

    def price_at(self, case: Case) -> Decimal:
        """The price, or the end of its range; without a price, the midpoint of the range.

        Raises:
            TariffWithoutPrice: the row has neither price nor range.
        """
        if case is Case.LOW and self.price_low is not None:
            return self.price_low
        if case is Case.HIGH and self.price_high is not None:
            return self.price_high
        if self.price is not None:
            return self.price
        if self.price_low is None or self.price_high is None:
            raise TariffWithoutPrice(key=self.key)
        return (self.price_low + self.price_high) / 2

    def revised(self, by: "Revision") -> "Tariff":
        """The row with the price that holds by a revision; what it leaves open stays."""
        has_own_price = by.price is not None
        return replace(
            self,
            price=by.price if has_own_price else self.price,
            price_low=None if has_own_price else self.price_low,
            price_high=None if has_own_price else self.price_high,
            minimum_amount=self.minimum_amount if by.minimum_amount is None else by.minimum_amount,
            breaks=by.breaks or self.breaks,
            priced_on=by.valid_from,
            date_kind="valid_from",
            source=by.source,
            trust=by.trust,
        )

    @property
    def is_midpoint(self) -> bool:
        """Whether the likely price is the middle of a published range."""
        return self.price is None and self.price_low is not None

    def is_stale(self, on: date) -> bool:
        """Whether the row is older than 24 months on a day."""
        months = (on.year - self.priced_on.year) * 12 + on.month - self.priced_on.month
        return months > STALE_AFTER_MONTHS or (
            months == STALE_AFTER_MONTHS and on.day > self.priced_on.day
        )


@dataclass(frozen=True)
class Revision:
    """A price that the operator entered over a row, from a day on and before another."""

    key: str
    valid_from: date
    valid_before: date | None
    price: Decimal | None
    minimum_amount: Decimal | None
    breaks: tuple[tuple[Decimal, Decimal], ...]
    source: str
    trust: Trust

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= on and (self.valid_before is None or on < self.valid_before)


def in_force(rows: Mapping[str, Tariff], revisions: Iterable[Revision], on: date) -> "TariffBook":
    """The book of a day: of each row the revision that began last, else what was published.

    ``revisions`` stand in the order of entry; of two from one day the later holds.
    """
    found = dict(rows)
    held = [each for each in revisions if each.holds(on) and each.key in rows]
    for revision in sorted(held, key=lambda each: each.valid_from):
        found[revision.key] = rows[revision.key].revised(revision)
    return TariffBook(found)


@dataclass(frozen=True)
class RowUsed:
    """A tariff row behind a figure, as it is printed under the figure."""

    key: str
    priced_on: date
    date_kind: str
    source: str
    trust: Trust
    lane_fit: str
    is_stale: bool
    is_midpoint: bool


PROXY = "proxy"
"""Lane fit of a row that stands in for a lane without a price of its own; its trust is assumed."""


@dataclass(frozen=True)
class TariffBook:
    """Tariff rows by key."""

    rows: Mapping[str, Tariff]

    def __getitem__(self, key: str) -> Tariff:
        """A row.

        Raises:
            TariffMissing: the key is not in the book.
        """
        if key not in self.rows:
            raise TariffMissing(key=key)
        return self.rows[key]

    def used(self, keys: Iterable[str], *, on: date, proxies: frozenset[str]) -> list[RowUsed]:
        """Rows as printed under a figure, sorted by key; proxies count as assumed."""
        return [self._used(self[key], on, key in proxies) for key in sorted(set(keys))]

    def _used(self, row: Tariff, on: date, is_proxy: bool) -> RowUsed:
        return RowUsed(
            key=row.key,
            priced_on=row.priced_on,
            date_kind=row.date_kind,
            source=row.source,
            trust=Trust.ASSUMED if is_proxy else row.trust,
            lane_fit=PROXY if is_proxy else row.lane_fit,
            is_stale=row.is_stale(on),
            is_midpoint=row.is_midpoint,
        )


_PAIRED = frozenset({"step_total_kg", "rate_break_kg", "percent_by_value"})


def tariff_from_texts(texts: Mapping[str, str]) -> Tariff:
    """A tariff row from the columns of the tariff table, all texts; empty means not stated."""
    return Tariff(
        key=texts["key"],
        mode=texts["mode"],
        unit=texts["unit"],
        currency=texts["currency"],
        priced_on=date.fromisoformat(texts["date"]),
        date_kind=texts["date_kind"],
        source=texts["source"],
        trust=Trust(texts["trust"]),
        basis=texts["basis"],
        lane_fit=texts["lane_fit"],
        price=_decimal(texts["price"]),
        price_low=_decimal(texts["price_low"]),
        price_high=_decimal(texts["price_high"]),
        minimum_quantity=_decimal(texts["minimum_quantity"]) or Decimal(0),
        minimum_amount=_decimal(texts["minimum_amount"]) or Decimal(0),
        breaks=breaks_from_text(texts["breakpoints"]) if texts["basis"] in _PAIRED else (),
    )


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def breaks_from_text(text: str) -> tuple[tuple[Decimal, Decimal], ...]:
    """Breaks written as ``from or up to:price``, set off by bars."""
    pairs = (part.split(":") for part in text.split("|") if part)
    return tuple((Decimal(start), Decimal(price)) for start, price in pairs)
