"""What a goods record must hold before a broker is asked to confirm it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.domain.errors import Refusal
from core.domain.trade import gtin, hs_code

Element = tuple[str, str]
"""Name and value of a declaration element, such as (品种, 婴儿配方奶粉)."""

BRAND_TYPES = {
    "0": "无品牌",
    "1": "境内自主品牌",
    "2": "境内收购品牌",
    "3": "境外品牌(贴牌生产)",
    "4": "境外品牌(其他)",
}
"""Values of the first element, 品牌类型. Source: shape of declaration elements as filed."""

PREFERENCES = {"0": "出口不享惠", "1": "出口享惠", "2": "不能确定", "3": "不适用于进口"}
"""Values of the second element, 出口享惠情况; imports state 3."""

LEADING = ("品牌类型", "出口享惠情况")

_GRAMS_PER_UNIT = {"035": Decimal(1000), "036": Decimal(1)}
"""Customs units of weight: kilogram and gram."""


class ElementsIncomplete(Refusal):
    """Raised when declaration elements lack a value or cannot be joined."""

    code = "elements-incomplete"
    reason = "Declaration element “{name}” cannot be declared: {value}."
    remedy = "Give each element one value without “|”; brand type 0 to 4, preference 0 to 3."


class StatutoryWeightDiffers(Refusal):
    """Raised when the statutory quantity in a unit of weight is not the net weight."""

    code = "statutory-weight-differs"
    reason = "The statutory quantity is {stated} g a unit; the net weight is {net} g."
    remedy = "State the net weight in the statutory unit, or correct the product's net weight."


class GtinNotForTrade(Refusal):
    """Raised for a number that may not identify a product between companies."""

    code = "gtin-not-for-trade"
    reason = "GTIN {gtin} begins like {kind}; it identifies no product between companies."
    remedy = "Ask the brand owner for the product's own number."


class PackNeedsUnits(Refusal):
    """Raised when a pack holds one unit, or a consumer unit several."""

    code = "pack-needs-units"
    reason = "{units} units do not fit the level “{level}”."
    remedy = "A consumer unit is one unit; packs, cases and pallets hold two or more."


_RESERVED = {
    "02": "a number for use within a company",
    "04": "a number for use within a company",
    "05": "a coupon",
    **{str(n): "a number for use within a company" for n in range(20, 30)},
    "977": "a serial publication",
    "980": "a refund receipt",
    **{str(n): "a coupon" for n in (981, 982, 983, 984, *range(990, 1000))},
}
"""First digits of a GTIN-13. Source: GS1 General Specifications, table of GS1 prefixes."""


@dataclass(frozen=True)
class RecordDraft:
    """A goods record as it is to be submitted; quantities are for one consumer unit."""

    hs_code: str
    name_zh: str
    model_zh: str
    origin: str
    declared_unit: str
    statutory_unit: str
    statutory_qty_per_unit: Decimal
    second_unit: str
    second_qty_per_unit: Decimal | None
    elements: tuple[Element, ...]
    shelf_life_days: int | None


def refuse_incomplete(draft: RecordDraft, *, net_weight_g: int) -> None:
    """Decline a record that customs would send back for its form alone.

    Raises:
        BadHSCode, ElementsIncomplete, StatutoryWeightDiffers: the first thing that is wrong.
    """
    hs_code(draft.hs_code, digits=(10,))
    elements_text(draft.elements)
    quantities = (
        (draft.statutory_unit, draft.statutory_qty_per_unit),
        (draft.second_unit, draft.second_qty_per_unit),
    )
    for unit, quantity in quantities:
        if unit in _GRAMS_PER_UNIT and quantity is not None:
            stated = quantity * _GRAMS_PER_UNIT[unit]
            if stated != net_weight_g:
                raise StatutoryWeightDiffers(stated=f"{stated.normalize():f}", net=net_weight_g)


def elements_text(elements: Sequence[Element]) -> str:
    """Declaration elements as they are declared: values joined by ``|``.

    Raises:
        ElementsIncomplete: the first two are not brand type and preference, or a value is missing.
    """
    for name, allowed in zip(LEADING, (BRAND_TYPES, PREFERENCES), strict=True):
        given = dict(elements).get(name, "")
        if given not in allowed:
            raise ElementsIncomplete(name=name, value=given or "–")
    if tuple(name for name, _ in elements[:2]) != LEADING:
        raise ElementsIncomplete(name=LEADING[0], value=elements[0][0])
    for name, value in elements:
        if not name.strip() or not value.strip() or "|" in value:
            raise ElementsIncomplete(name=name, value=value or "–")
    return "|".join(value.strip() for _, value in elements)


def elements_from(text: str) -> tuple[Element, ...]:
    """Elements written one a line as ``name: value``; a line without colon has no value."""
    pairs = (line.replace("：", ":").partition(":") for line in text.splitlines() if line.strip())
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def trade_gtin(value: str, *, units: int, level: str) -> str:
    """A GTIN for trade between companies as 14 digits, on a level that fits its units.

    Raises:
        BadGTIN, GtinNotForTrade, PackNeedsUnits: the number, or what it stands on, is wrong.
    """
    digits = gtin(value)
    for length in (2, 3):
        kind = _RESERVED.get(digits[1 : 1 + length])
        if kind:
            raise GtinNotForTrade(gtin=digits, kind=kind)
    if (level == "unit") != (units == 1):
        raise PackNeedsUnits(units=units, level=level)
    return digits
