"""A charge that came after its costs were shared: whose it is, and which units carry it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.domain.shares import lot_drawn, split_in_proportion
from core.domain.transitions import StateTable
from imports.domain.charge_bases import Measure, split_charge
from warehouse.domain.pricing import goods_weight
from warehouse.domain.stock import INSIDE

LATE_STEPS = StateTable(
    {"entered": {"post": "posted", "drop": "dropped"}, "posted": {"reverse": "reversed"}}
)
"""What is posted stays posted: it is put right by a charge of its own that goes the other way."""


@dataclass(frozen=True)
class Move:
    """Units of a lot that went from an owner at a place to an owner at a place, summed."""

    lot_id: int
    from_owner: int
    from_place: str
    to_owner: int
    to_place: str
    units: int


@dataclass(frozen=True)
class Stock:
    """An owner's units of one lot: those still inside the warehouse, and those it had and has not.

    ``unit`` is one unit of the lot by every measure on which charges are shared.
    """

    lot_id: int
    on_hand: int
    gone: int
    unit: Measure


@dataclass(frozen=True)
class Part:
    """What an importer's units of one lot bear of a late charge; no lot where it never had any."""

    importer_id: int
    lot_id: int | None
    on_hand_units: int
    gone_units: int
    on_hand_minor: int
    gone_minor: int

    def mirrored(self) -> "Part":
        """The same part given back."""
        return Part(
            self.importer_id,
            self.lot_id,
            self.on_hand_units,
            self.gone_units,
            -self.on_hand_minor,
            -self.gone_minor,
        )


@dataclass(frozen=True)
class Split:
    """A late charge by importer, by part, and by lot: what is carried, and by how many units.

    Shares add up to the charge, an importer's parts to its share, and what lots carry to the parts
    on hand; all to the fen.
    """

    shares: dict[int, int]
    parts: tuple[Part, ...]
    rises: dict[int, tuple[int, int]]

    @property
    def on_hand_minor(self) -> int:
        """What stock on hand carries from now on."""
        return sum(part.on_hand_minor for part in self.parts)

    @property
    def gone_minor(self) -> int:
        """What falls on units that are gone."""
        return sum(part.gone_minor for part in self.parts)


@dataclass(frozen=True)
class Rule:
    """How the charge that a late one follows was shared, and what settles equal remainders."""

    basis: str
    manual: Mapping[int, int]
    cm3_per_kg: int
    about: str


def units_of(moves: Iterable[Move]) -> dict[tuple[int, int], tuple[int, int]]:
    """Units on hand and units gone, by lot and owner, of everything that ever moved.

    Gone is what came to an owner from another one and is inside no more, or another's now.
    """
    came: dict[tuple[int, int], int] = defaultdict(int)
    inside: dict[tuple[int, int], int] = defaultdict(int)
    for move in moves:
        giver, taker = (move.lot_id, move.from_owner), (move.lot_id, move.to_owner)
        if giver != taker:
            came[taker] += move.units
        inside[taker] += move.units * (move.to_place in INSIDE)
        inside[giver] -= move.units * (move.from_place in INSIDE)
    owners = came.keys() | inside.keys()
    return {key: (inside[key], max(0, came[key] - inside[key])) for key in sorted(owners)}


def split_late(
    amount_minor: int,
    rule: Rule,
    measures: Mapping[int, Measure],
    stock: Mapping[int, Sequence[Stock]],
    on_hand: Mapping[int, int],
) -> Split:
    """A late charge shared as the charge was that it follows, then over units on hand and gone.

    ``measures`` is what each importer had in the goods, ``stock`` its units by lot, ``on_hand`` the
    units of each lot inside, whoever owns them. An importer's units weigh as the charge's basis
    weighs goods. The order of the input never matters.

    Raises:
        NoManualParts, NothingToShareBy: nobody has a part by this measure.
    """
    shares = split_charge(
        amount_minor,
        rule.basis,
        measures,
        manual=rule.manual,
        cm3_per_kg=rule.cm3_per_kg,
        tie_break=lambda importer: lot_drawn(rule.about, importer),
    )
    parts = tuple(
        part
        for importer, minor in sorted(shares.items())
        for part in _parts(importer, minor, stock.get(importer, ()), rule)
    )
    carried: dict[int, int] = defaultdict(int)
    for part in parts:
        if part.lot_id is not None:
            carried[part.lot_id] += part.on_hand_minor
    rises = {lot: (minor, on_hand[lot]) for lot, minor in sorted(carried.items()) if minor}
    return Split(shares, parts, rises)


def _parts(importer: int, minor: int, stock: Sequence[Stock], rule: Rule) -> list[Part]:
    held = sorted((each for each in stock if each.on_hand + each.gone), key=lambda x: x.lot_id)
    if not held:
        return [Part(importer, None, 0, 0, 0, minor)] if minor else []
    weights = {
        (each.lot_id, is_on_hand): units
        * Fraction(goods_weight(each.unit, rule.basis, cm3_per_kg=rule.cm3_per_kg))
        for each in held
        for is_on_hand, units in ((True, each.on_hand), (False, each.gone))
    }
    if not any(weights.values()):
        weights = {
            (each.lot_id, is_on_hand): Fraction(units)
            for each in held
            for is_on_hand, units in ((True, each.on_hand), (False, each.gone))
        }
    split = split_in_proportion(
        minor, weights, tie_break=lambda key: lot_drawn(f"{rule.about}/{importer}", key)
    )
    return [
        Part(
            importer,
            each.lot_id,
            each.on_hand,
            each.gone,
            split[each.lot_id, True],
            split[each.lot_id, False],
        )
        for each in held
    ]
