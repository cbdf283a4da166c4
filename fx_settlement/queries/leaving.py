"""What is between an importer and a pool: the figures of an exit statement."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Sum

from core import clock, rates
from core.domain.chart import AccountCode
from core.models import Account, Party, Pool
from fx_settlement.models import FundingRequest, GrantedClaim, Obligation
from fx_settlement.queries.tiers import HOME, exposures
from imports.models import Departure
from warehouse.domain.stock import INSIDE
from warehouse.models import Holding
from warehouse.queries.liens import in_force


@dataclass(frozen=True)
class Owed:
    """What is owed to suppliers and not yet bought, in one currency, with the fen at the mid."""

    currency: str
    amount_minor: int
    cny_minor: int
    mid_on: date


@dataclass(frozen=True)
class LeftStock:
    """Units of a product that are still inside the warehouse."""

    product: str
    product_zh: str
    units: int
    reserved_units: int


@dataclass(frozen=True)
class ExitStatement:
    """An importer's account with a pool as it stands on a day; amounts in fen."""

    pool: str
    pool_zh: str
    as_of: date
    left_on: date | None
    cause: str | None
    balance_minor: int
    held_minor: int
    owed: tuple[Owed, ...]
    asked_minor: int
    expected_minor: int
    committed_minor: int
    stock: tuple[LeftStock, ...]
    liened_units: int

    @property
    def owed_minor(self) -> int:
        """Everything owed to suppliers, at the mid of the day."""
        return sum(each.cny_minor for each in self.owed)

    @property
    def left_minor(self) -> int:
        """What would come back, or below zero what is missing, once all that is owed is paid."""
        return self.balance_minor - self.owed_minor

    @property
    def is_even(self) -> bool:
        """Whether nothing is between the two any more but the money on the account."""
        return not (self.owed or self.asked_minor or self.stock or self.committed_minor)


def exit_statements(importer: Party) -> list[ExitStatement]:
    """An importer's account with each pool it has one in, newest first. Some ten queries each."""
    accounts = Account.objects.filter(code=AccountCode.ESCROW, owner_id=importer.pk)
    by_subject = {row.subject: row for row in accounts}
    pools = Pool.objects.order_by("-year", "pk")
    return [
        _statement(importer, pool, by_subject[f"pool:{pool.pk}"])
        for pool in pools
        if f"pool:{pool.pk}" in by_subject
    ]


def _statement(importer: Party, pool: Pool, account: Account) -> ExitStatement:
    gone = Departure.objects.filter(importer_id=importer.pk, pool=pool).first()
    asked = FundingRequest.objects.filter(importer_id=importer.pk, pool=pool, state="open")
    missing = asked.aggregate(m=Sum(F("amount_minor") - F("paid_minor")))["m"]
    exposure = exposures([importer.pk]).get(importer.pk)
    liens = [row for row in in_force(importer) if row.pool_id == pool.pk]
    return ExitStatement(
        pool=pool.name,
        pool_zh=pool.name_zh,
        as_of=clock.today(),
        left_on=gone.on if gone else None,
        cause=gone.cause if gone else None,
        balance_minor=account.credits_posted - account.debits_posted,
        held_minor=account.debits_pending,
        owed=tuple(_owed(importer, pool)),
        asked_minor=missing or 0,
        expected_minor=_expected(importer, pool),
        committed_minor=max(0, exposure.used_minor) if exposure else 0,
        stock=tuple(_stock(importer, pool)),
        liened_units=sum(row.units for row in liens),
    )


def _owed(importer: Party, pool: Pool) -> list[Owed]:
    rows = Obligation.objects.filter(
        importer_id=importer.pk, order__round__pool=pool, conversion__isnull=True
    ).exclude(state=Obligation.State.CANCELLED)
    sums = rows.order_by("currency").values_list("currency").annotate(Sum("amount_minor"))
    found = []
    for currency, minor in sums:
        mid = rates.mid(currency, HOME, clock.today())
        found.append(Owed(currency, minor, rates.convert_minor(minor, mid), mid.on))
    return [each for each in found if each.amount_minor]


def _expected(importer: Party, pool: Pool) -> int:
    """The importer's part of what insurers granted and has not arrived, rounded down."""
    waiting = GrantedClaim.objects.filter(pool=pool, state=GrantedClaim.State.EXPECTED)
    total = 0
    for row in waiting:
        shares = dict(row.shares)
        left = max(0, row.expected_minor - row.received_minor)
        total += left * shares.get(importer.pk, 0) // sum(shares.values())
    return total


def _stock(importer: Party, pool: Pool) -> list[LeftStock]:
    held = Holding.objects.filter(
        owner_id=importer.pk,
        place__in=sorted(INSIDE),
        lot__receipt_line__receipt__consignment__pool=pool,
    ).order_by("lot__product__name")
    sums = held.values_list("lot__product__name", "lot__product__name_zh").annotate(
        Sum("units"), Sum("reserved_units")
    )
    return [LeftStock(*row) for row in sums if row[2]]
