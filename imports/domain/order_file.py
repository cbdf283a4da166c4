"""The file of ``plan_round``: a round's suppliers and demands, read into whole numbers."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from core.domain.errors import Refusal
from core.domain.trade import MINOR_UNITS
from imports.domain.order_plan import Box, PlanItem, PlanSupplier, PlanTier, Problem, Wish
from imports.domain.tool_files import (
    distinct,
    entries,
    exact,
    mapping,
    refuse,
    text,
    whole,
)


class FactorRises(Refusal):
    """Raised when buying more would raise the price."""

    code = "price-factor-rises"
    reason = "{place} has the price factor {value}, above the one of fewer units."
    remedy = "Let price factors fall, or stay equal, as units rise."


class TwoCurrencies(Refusal):
    """Raised when the suppliers of a file do not share one currency."""

    code = "two-currencies"
    reason = "{place} is {value}; the suppliers before it are paid in {other}."
    remedy = "Write one file for each currency."


Raw = Mapping[str, Any]


def read_problem(content: Any) -> Problem:
    """The round that a file describes.

    Below the first tier the list price holds. Without a container, carriage costs nothing.

    Raises:
        BadValue, NamedTwice, FactorRises, TwoCurrencies, NobodySells: with the place.
    """
    head = mapping(content, "$")
    raws = entries(head.get("suppliers"), "$.suppliers")
    if not raws:
        refuse("$.suppliers", [], "a list of at least one supplier")
    distinct((f"{place}.id", text(raw, "id", place)) for place, raw in raws)
    currency = _currency(raws)
    terms = [_Terms(place, raw) for place, raw in raws]
    scales = _Scales(terms, MINOR_UNITS[currency])
    suppliers = tuple(each.supplier(scales) for each in terms)
    wishes = _wishes(head.get("demands"), {sku for each in suppliers for sku in each.items})
    return Problem(currency, scales.price + scales.factor, suppliers, wishes)


def _currency(raws: list[tuple[str, Raw]]) -> str:
    found = ""
    for place, raw in raws:
        currency = text(raw, "currency", place)
        if currency not in MINOR_UNITS:
            refuse(f"{place}.currency", currency, "a currency of the pool: CNY, USD, EUR, JPY …")
        if found and currency != found:
            raise TwoCurrencies(place=f"{place}.currency", value=currency, other=found)
        found = currency
    return found


class _Terms:
    """One supplier's numbers as decimals, each checked in its place."""

    def __init__(self, place: str, raw: Raw) -> None:
        self.key = text(raw, "id", place)
        self.tiers = _tiers(raw.get("tiers", []), f"{place}.tiers")
        self.items = _items(raw.get("items"), f"{place}.items")
        self.box = _box(raw.get("container"), f"{place}.container")

    def supplier(self, scales: "_Scales") -> PlanSupplier:
        """The terms in whole numbers."""
        items = {
            sku: PlanItem(
                sku,
                scales.whole(price, scales.price),
                pack,
                moq,
                scales.whole(volume, scales.volume),
                scales.whole(weight, scales.weight),
            )
            for sku, price, pack, moq, volume, weight in self.items
        }
        tiers = tuple(PlanTier(n, scales.whole(f, scales.factor)) for n, f in self.tiers)
        return PlanSupplier(self.key, items, tiers, self._whole_box(scales))

    def _whole_box(self, scales: "_Scales") -> Box | None:
        if self.box is None:
            return None
        volume, weight, cost = self.box
        return Box(
            scales.whole(volume, scales.volume),
            scales.whole(weight, scales.weight),
            scales.whole(cost, scales.price + scales.factor),
        )


class _Scales:
    """Decimals that make every number of a file whole."""

    def __init__(self, terms: list[_Terms], minor: int) -> None:
        items = [item for each in terms for item in each.items]
        boxes = [each.box for each in terms if each.box]
        self.price = max(minor, _decimals([i[1] for i in items]), _decimals([b[2] for b in boxes]))
        self.factor = _decimals([factor for each in terms for _, factor in each.tiers])
        self.volume = _decimals([i[4] for i in items] + [b[0] for b in boxes])
        self.weight = _decimals([i[5] for i in items] + [b[1] for b in boxes])

    @staticmethod
    def whole(number: Decimal, decimals: int) -> int:
        """The number times ten to the decimals."""
        _, digits, exponent = number.as_tuple()
        shift = decimals + int(exponent)
        written = int("".join(map(str, digits)))
        scaled: int = written * 10**shift if shift >= 0 else written // 10**-shift
        return scaled


def _decimals(numbers: list[Decimal]) -> int:
    return max((max(0, -int(n.as_tuple().exponent)) for n in numbers), default=0)


def _tiers(value: Any, place: str) -> list[tuple[int, Decimal]]:
    """Tiers by their start; the list price, factor 1, holds below the first."""
    found = [
        (
            whole(raw, "from_units", at),
            exact(raw.get("price_factor"), f"{at}.price_factor", is_positive=True),
            at,
        )
        for at, raw in entries(value, place)
    ]
    found.sort(key=lambda tier: tier[0])
    distinct((f"{at}.from_units", str(start)) for start, _, at in found)
    for (_, before, _), (_, factor, at) in pairwise(found):
        if factor > before:
            raise FactorRises(place=f"{at}.price_factor", value=factor)
    tiers = [(start, factor) for start, factor, _ in found]
    if tiers and tiers[0][0] <= 1:
        return [(0, tiers[0][1]), *tiers[1:]]
    if tiers and tiers[0][1] > 1:
        raise FactorRises(place=f"{found[0][2]}.price_factor", value=tiers[0][1])
    return [(0, Decimal(1)), *tiers]


_Item = tuple[str, Decimal, int, int, Decimal, Decimal]


def _items(value: Any, place: str) -> list[_Item]:
    raws = entries(value, place)
    distinct((f"{at}.sku", text(raw, "sku", at)) for at, raw in raws)
    return [
        (
            text(raw, "sku", at),
            exact(raw.get("price"), f"{at}.price"),
            whole(raw, "pack", at, least=1),
            whole(raw, "moq", at),
            exact(raw.get("volume_m3"), f"{at}.volume_m3", is_measure=True),
            exact(raw.get("weight_kg"), f"{at}.weight_kg", is_measure=True),
        )
        for at, raw in raws
    ]


def _box(value: Any, place: str) -> tuple[Decimal, Decimal, Decimal] | None:
    if value is None:
        return None
    raw = mapping(value, place)
    volume, weight = (
        exact(raw.get(name), f"{place}.{name}", is_measure=True, is_positive=True)
        for name in ("volume_m3", "weight_kg")
    )
    return volume, weight, exact(raw.get("cost"), f"{place}.cost")


def _wishes(value: Any, sold: set[str]) -> tuple[Wish, ...]:
    raws = entries(value, "$.demands")
    if not raws:
        refuse("$.demands", [], "a list of at least one demand")
    found = []
    for at, raw in raws:
        importer, sku = text(raw, "importer", at), text(raw, "sku", at)
        if sku not in sold:
            refuse(f"{at}.sku", sku, "a SKU that a supplier sells")
        units = whole(raw, "units", at)
        found.append(Wish(importer, sku, units, whole(raw, "tolerance", at, default=0)))
    distinct(
        (at, f"{wish.importer} / {wish.sku}") for (at, _), wish in zip(raws, found, strict=True)
    )
    return tuple(found)
