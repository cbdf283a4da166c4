"""What is still open between a pool and an importer that left it, stage by stage."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Sum

from core.models import Party
from fx_settlement import queries as settlement_queries
from fx_settlement.models import Obligation
from imports.models import (
    Commitment,
    Departure,
    OrderShare,
    PurchaseOrder,
    Round,
    RoundMember,
)
from portal.queries.importer import OpenOrder, open_orders
from warehouse import queries as warehouse_queries
from warehouse.domain.stock import INSIDE
from warehouse.models import Holding

UNPAID = (Obligation.State.OPEN, Obligation.State.HELD, Obligation.State.LOCKED)


@dataclass(frozen=True)
class StockLeft:
    """A product that the importer still owns units of."""

    name: str
    name_zh: str
    gtin: str
    owned_units: int
    free_units: int


@dataclass(frozen=True)
class ExitStatement:
    """An exit, and what remains: to be bought, to arrive, to be sold, to be paid, to go back."""

    departure: Departure
    rounds: list[tuple[str, int]]
    """Locked rounds that will still buy for it, with the units."""
    orders: list[OpenOrder]
    stock: list[StockLeft]
    owed: list[tuple[str, int]]
    """Unpaid amounts by currency, in minor units."""
    asked: list[settlement_queries.RequestRow]
    balance_minor: int
    held_minor: int
    limit_used_minor: int

    @property
    def free_minor(self) -> int:
        """Money on account that could go back, once nothing is owed."""
        return self.balance_minor - self.held_minor

    @property
    def is_settled(self) -> bool:
        """Whether nothing remains but money that could go back."""
        remains = (self.rounds, self.orders, self.stock, self.owed, self.asked)
        return not any(remains) and self.held_minor == 0


def departure_of(importer_id: int, *, seen_by: Party) -> Departure | None:
    """The latest exit of an importer that its operator or itself may see. One query."""
    rows = Departure.objects.filter(importer_id=importer_id).select_related("pool", "importer")
    if seen_by.pk != importer_id:
        rows = rows.filter(pool__operator_id=seen_by.pk)
    found: Departure | None = rows.order_by("-on", "-pk").first()
    return found


def unsettled(operator: Party) -> list[Departure]:
    """Exits from an operator's pools after which goods or debts remain. Four queries at most."""
    rows = Departure.objects.filter(pool__operator_id=operator.pk).select_related("importer")
    gone = list(rows.order_by("on", "pk"))
    if not gone:
        return []
    ids = [each.importer_id for each in gone]
    owing = Obligation.objects.filter(importer__in=ids, state__in=UNPAID)
    coming = OrderShare.objects.filter(owner__in=ids, units__gt=0).exclude(
        line__order__state=PurchaseOrder.State.ARRIVED
    )
    owning = Holding.objects.filter(owner__in=ids, place__in=sorted(INSIDE), units__gt=0)
    open_ = {
        *owing.values_list("importer_id", flat=True),
        *coming.values_list("owner_id", flat=True),
        *owning.values_list("owner_id", flat=True),
    }
    return [each for each in gone if each.importer_id in open_]


def exit_statement(departure: Departure) -> ExitStatement:
    """What remains open after an exit. Some ten queries, whatever the size."""
    importer = departure.importer
    escrows = settlement_queries.escrows_of(importer)
    exposure = settlement_queries.exposures([importer.pk]).get(importer.pk)
    return ExitStatement(
        departure=departure,
        rounds=_rounds(importer, departure.pool_id),
        orders=open_orders(importer),
        stock=_stock(importer),
        owed=_owed(importer),
        asked=settlement_queries.open_requests_of(importer),
        balance_minor=sum(each.balance_minor for each in escrows),
        held_minor=sum(each.held_minor for each in escrows),
        limit_used_minor=exposure.used_minor if exposure else 0,
    )


def _rounds(importer: Party, pool_id: int) -> list[tuple[str, int]]:
    members = RoundMember.objects.filter(
        importer_id=importer.pk,
        state=RoundMember.State.COMMITTED,
        round__pool=pool_id,
        round__state=Round.State.LOCKED,
    )
    rows = Commitment.objects.filter(
        importer_id=importer.pk, version_before=None, round__in=members.values("round")
    )
    sums = rows.order_by("round__first_month").values_list("round__code")
    return [(code, units) for code, units in sums.annotate(Sum("units")) if units]


def _stock(importer: Party) -> list[StockLeft]:
    owned: Counter[tuple[str, str, str]] = Counter()
    free: Counter[tuple[str, str, str]] = Counter()
    for row in warehouse_queries.positions(importer):
        key = (row.name, row.name_zh, row.gtin)
        owned[key] += row.owned_units
        free[key] += row.free_units
    return [StockLeft(*key, units, free[key]) for key, units in sorted(owned.items()) if units]


def _owed(importer: Party) -> list[tuple[str, int]]:
    rows = Obligation.objects.filter(importer_id=importer.pk, state__in=UNPAID)
    sums = rows.order_by("currency").values_list("currency").annotate(Sum("amount_minor"))
    return [(currency, minor) for currency, minor in sums if minor]
