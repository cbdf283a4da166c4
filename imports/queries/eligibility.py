"""The lists on record, and what they say of products."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from imports.domain.eligibility import Eligibility, Goods, Rules, TradeMeasure, assess
from imports.domain.positive_list import ListedLine, RemarkKind
from imports.models import GoodsRecord, PositiveListLine, Product, TradeMeasureLine

GOODS_COLUMNS = (
    "hs_code", "name_zh", "origin", "net_weight_g", "shelf_life_days", "danger_class",
    "is_trade_measure",
)  # fmt: skip


def eligibility_rules() -> Rules:
    """The positive list and the trade measures on record, every edition. Two queries."""
    lines = PositiveListLine.objects.order_by("valid_from", "code").values_list(
        "code", "name_zh", "remark", "edition", "valid_from", "valid_before", "source", "trust"
    )
    measures = TradeMeasureLine.objects.order_by("code").values_list(
        "code", "origin", "kind", "valid_from", "valid_before", "source"
    )
    return Rules(
        tuple(ListedLine(*row) for row in lines), tuple(TradeMeasure(*row) for row in measures)
    )


def person_year_lines() -> list[ListedLine]:
    """Lines of every day that say how much of their goods a person may buy in a year. One query."""
    rows = PositiveListLine.objects.filter(remark__contains="每人每年").order_by("code")
    lines = (
        ListedLine(*row)
        for row in rows.values_list(
            "code", "name_zh", "remark", "edition", "valid_from", "valid_before", "source", "trust"
        )
    )
    limiting = (RemarkKind.PERSON_YEAR,)
    return [line for line in lines if any(each.kind in limiting for each in line.remarks)]


def goods_from(row: Iterable[Any], *, lead_time_days: int, is_confirmed: bool = False) -> Goods:
    """Values of ``GOODS_COLUMNS`` as goods to be judged."""
    hs_code, name_zh, origin, weight, shelf_life, danger, is_measure = row
    return Goods(
        hs_code=hs_code,
        name_zh=name_zh,
        origin=origin,
        net_weight_g=weight,
        shelf_life_days=shelf_life,
        lead_time_days=lead_time_days,
        danger=danger,
        is_trade_measure=is_measure,
        is_confirmed=is_confirmed,
    )


def eligibility_of(product: Product, on: date) -> Eligibility:
    """The verdict on one product at the longest lead time of its offers. Four queries."""
    offers = product.offers.all()
    lead_times = (offer.lead_time_days for offer in offers if offer.is_in_force(on))
    goods = goods_from(
        (getattr(product, name) for name in GOODS_COLUMNS),
        lead_time_days=max(lead_times, default=0),
        is_confirmed=GoodsRecord.objects.filter(
            product=product, state=GoodsRecord.State.CONFIRMED, hs_code=product.hs_code
        ).exists(),
    )
    return assess(goods, eligibility_rules(), on)
