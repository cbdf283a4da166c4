"""How rounds were planned: the record, the breaks tried, and where surplus went."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import F, Q, Sum

from imports.models import BuyUpTried, PurchaseOrderLine, Round, RoundPlan


@dataclass(frozen=True)
class PlanRecord:
    """A round's plan in fen: cost, what no purchase costs less than, plain way, and all alone."""

    planned_on: date
    cost_minor: int
    bound_minor: int
    greedy_minor: int | None
    alone_minor: int
    equal_price_percent: int
    milliseconds: int
    rates: dict[str, list[str]]

    @property
    def gap(self) -> Fraction:
        """What the cost may be above the cheapest purchase at most, as a part of the cost."""
        short = self.cost_minor - self.bound_minor
        return Fraction(short, self.cost_minor) if self.cost_minor else Fraction(0)

    @property
    def saving_minor(self) -> int:
        """What all save together against buying alone."""
        return self.alone_minor - self.cost_minor


@dataclass(frozen=True)
class BuyUpRow:
    """A price break that was tried; without a product it is a rebate on the supplier's total."""

    supplier: str
    sku: str | None
    name: str | None
    name_zh: str | None
    from_units: int
    more_units: int
    gain_minor: int
    is_taken: bool


@dataclass(frozen=True)
class SurplusRow:
    """A line of which more was bought than asked: why, and who holds the rest."""

    number: str
    sku: str
    name: str
    name_zh: str
    asked_units: int
    units: int
    surplus_cause: str
    buffer_units: int

    @property
    def tolerated_units(self) -> int:
        """Units that importers took within their tolerance."""
        return self.units - self.asked_units - self.buffer_units


def plan_record(round_: Round) -> PlanRecord | None:
    """How a round was planned; None before. One query."""
    row = RoundPlan.objects.filter(round=round_).first()
    if row is None:
        return None
    return PlanRecord(
        planned_on=row.planned_on,
        cost_minor=row.cost_cny_minor,
        bound_minor=row.bound_cny_minor,
        greedy_minor=row.greedy_cny_minor,
        alone_minor=row.alone_cny_minor,
        equal_price_percent=row.equal_price_percent,
        milliseconds=row.milliseconds,
        rates=row.rates,
    )


def buy_ups_tried(round_: Round) -> int:
    """How many price breaks were tried. One query."""
    return BuyUpTried.objects.filter(round=round_).count()


def buy_ups_of(round_: Round, *, limit: int = 12) -> list[BuyUpRow]:
    """The price breaks that came nearest to saving something, best first. One query."""
    rows = (
        BuyUpTried.objects.filter(round=round_)
        .order_by("-is_taken", "-gain_cny_minor", "pk")
        .values_list(
            "supplier__name", "product__sku", "product__name", "product__name_zh", "from_units",
            "more_units", "gain_cny_minor", "is_taken",
        )[:limit]
    )  # fmt: skip
    return [BuyUpRow(*row) for row in rows]


def surplus_of(round_: Round, *, limit: int = 20) -> list[SurplusRow]:
    """The lines with most surplus: why it was bought, and who holds it. One query."""
    operator = Q(shares__owner=F("order__round__pool__operator"))
    rows = (
        PurchaseOrderLine.objects.filter(order__round=round_, surplus_units__gt=0)
        .annotate(buffer=Sum("shares__units", filter=operator, default=0))
        .order_by("-surplus_units", "pk")
        .values_list(
            "order__number", "product__sku", "product__name", "product__name_zh", "asked_units",
            "units", "surplus_cause", "buffer",
        )[:limit]
    )  # fmt: skip
    return [SurplusRow(*row) for row in rows]
