"""Which goods the pool declines to store, by HS code and by shelf life; never by name."""

from dataclasses import dataclass

from core.domain.errors import Refusal


class LiveGoods(Refusal):
    """Raised for live animals and live plants."""

    code = "live-goods"
    reason = "HS {prefix} is live animals or plants; the pool stores shelf-stable goods only."
    remedy = "Take the product out of the plan; import it outside the pool, or correct its HS code."


class FreshOrFrozenGoods(Refusal):
    """Raised for goods whose HS heading says fresh, chilled or frozen."""

    code = "fresh-or-frozen-goods"
    reason = "HS {prefix} is fresh, chilled or frozen; the pool stores shelf-stable goods only."
    remedy = "Take the product out of the plan; import it outside the pool, or correct its HS code."


class LiquidMilk(Refusal):
    """Raised for milk, cream and yogurt that are not powder."""

    code = "liquid-milk"
    reason = "HS {prefix} is liquid milk, cream or yogurt; the pool stores shelf-stable goods only."
    remedy = "Take the product out of the plan; milk powder and infant formula are eligible."


class ShelfLifeTooShort(Refusal):
    """Raised when goods would reach the consumer with too little life left."""

    code = "shelf-life-too-short"
    reason = (
        "The shelf life of {shelf_life} days is below the {needed} days needed: {lead_time} lead "
        "time, {dwell} in the warehouse and {remaining} left for the consumer."
    )
    remedy = "Choose a product with at least {needed} days of shelf life, or a faster supplier."


@dataclass(frozen=True)
class StorageTerms:
    """What a pool expects of stored goods, in days. Defaults are the pool's house rule."""

    expected_dwell_days: int = 60
    minimum_remaining_days: int = 90


_ELIGIBLE = None
_RULES: dict[str, type[Refusal] | None] = {
    "01": LiveGoods,
    "02": FreshOrFrozenGoods,
    "0210": _ELIGIBLE,  # salted, in brine, dried or smoked meat
    "0301": LiveGoods,
    "0302": FreshOrFrozenGoods,
    "0303": FreshOrFrozenGoods,
    "0304": FreshOrFrozenGoods,
    "0306": FreshOrFrozenGoods,
    "03069": _ELIGIBLE,  # dried, salted or smoked crustaceans
    "0307": FreshOrFrozenGoods,
    **dict.fromkeys(
        ("030719", "030729", "030739", "030749", "030759", "030779", "030787", "030788", "030799"),
        _ELIGIBLE,  # dried, salted or smoked molluscs
    ),
    "0308": FreshOrFrozenGoods,
    **dict.fromkeys(("030819", "030829", "030890"), _ELIGIBLE),
    "0401": LiquidMilk,
    "040291": LiquidMilk,
    "040299": LiquidMilk,
    "0403": LiquidMilk,
    "040510": FreshOrFrozenGoods,
    "040520": FreshOrFrozenGoods,
    "0406": FreshOrFrozenGoods,
    "0407": FreshOrFrozenGoods,
    "040819": FreshOrFrozenGoods,
    "040899": FreshOrFrozenGoods,
    "0601": LiveGoods,
    "0602": LiveGoods,
    "06031": FreshOrFrozenGoods,
    "060420": FreshOrFrozenGoods,
    **dict.fromkeys((f"07{n:02d}" for n in range(1, 11)), FreshOrFrozenGoods),
    "0714": FreshOrFrozenGoods,
    "080112": FreshOrFrozenGoods,
    "080119": FreshOrFrozenGoods,
    "0803": FreshOrFrozenGoods,
    "080430": FreshOrFrozenGoods,
    "080440": FreshOrFrozenGoods,
    "080450": FreshOrFrozenGoods,
    "0805": FreshOrFrozenGoods,
    "080610": FreshOrFrozenGoods,
    **dict.fromkeys((f"08{n:02d}" for n in range(7, 12)), FreshOrFrozenGoods),
    "2105": FreshOrFrozenGoods,  # ice cream
}
"""Refusal by HS prefix; the longest prefix decides.

Source: headings and subheadings of the Harmonized System 2022 (WCO), chapters 1 to 8 and 21.
Headings that mix fresh with dried goods and are traded dried (0802, 0804.10, 0804.20) are left
to the shelf-life rule.
"""


def refuse_perishable(hs_code: str) -> None:
    """Decline live, fresh, chilled and frozen goods and liquid milk by their HS code.

    Raises:
        LiveGoods, FreshOrFrozenGoods, LiquidMilk: the rule that declines, with its HS prefix.
    """
    for length in range(len(hs_code), 1, -1):
        prefix = hs_code[:length]
        if prefix in _RULES:
            rule = _RULES[prefix]
            if rule is not _ELIGIBLE:
                raise rule(prefix=prefix)
            return


def refuse_short_lived(
    *, shelf_life_days: int | None, lead_time_days: int, terms: StorageTerms
) -> None:
    """Decline goods that would have too little life left when the consumer receives them.

    Goods without an expiry (``None``) pass.

    Raises:
        ShelfLifeTooShort: shelf life is below lead time + dwell + minimum remaining life.
    """
    needed = lead_time_days + terms.expected_dwell_days + terms.minimum_remaining_days
    if shelf_life_days is not None and shelf_life_days < needed:
        raise ShelfLifeTooShort(
            shelf_life=shelf_life_days,
            needed=needed,
            lead_time=lead_time_days,
            dwell=terms.expected_dwell_days,
            remaining=terms.minimum_remaining_days,
        )


def refuse_unfit_for_pool(
    *,
    hs_code: str,
    shelf_life_days: int | None,
    lead_time_days: int,
    terms: StorageTerms,
) -> None:
    """Decline a product that the pool may not hold: perishable by HS code or by shelf life.

    Raises:
        LiveGoods, FreshOrFrozenGoods, LiquidMilk, ShelfLifeTooShort: the rule that declines.
    """
    refuse_perishable(hs_code)
    refuse_short_lived(shelf_life_days=shelf_life_days, lead_time_days=lead_time_days, terms=terms)
