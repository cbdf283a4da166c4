"""A pool with two importers, one order of 100 units, and the day on which it is received."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from core import clock, rates, tenancy
from core.models import Party, Pool, User
from fx_settlement import services
from fx_settlement.models import SettlementBatch
from imports.models import (
    Consignment,
    ConsignmentCharge,
    OrderShare,
    PriceTier,
    PurchaseOrderLine,
    TariffRow,
)
from tests.conftest import party, user_of
from tests.fx_settlement.tariffs import ROWS
from tests.warehouse import goods
from warehouse import services as warehouse
from warehouse.models import Receipt

RECEIVED = date(2025, 3, 10)
RATE_DAYS = (date(2025, 1, 2), date(2025, 1, 20), RECEIVED)


@dataclass
class Trade:
    """One order by two importers: A (the importer) of 60 units, B (the stranger) of 30."""

    pool: Pool
    supplier: Party
    a: Party
    b: Party
    line: PurchaseOrderLine
    consignment: Consignment
    receipt: Receipt


@pytest.fixture(autouse=True)
def day_of_receipt():
    with clock.at(RECEIVED):
        yield


@pytest.fixture
def dated_tables(db):
    """Fee rows, tariff rows, and 1 USD = 7.2 CNY on every day that matters."""
    services.load_fee_rows()
    TariffRow.objects.bulk_create(TariffRow(**row) for row in ROWS)
    for day in RATE_DAYS:
        rates.load([("USD", day, Decimal(1)), ("CNY", day, Decimal("7.2"))])
        rates.load([("JPY", day, Decimal(150))])


@pytest.fixture
def maker(operator) -> User:
    return user_of(operator, "operator", "maker")


@pytest.fixture
def checker(operator) -> User:
    return user_of(operator, "operator", "checker")


@pytest.fixture
def as_operator():
    with tenancy.as_operator("test"):
        yield


@pytest.fixture
def trade(as_operator, dated_tables, pool, importer, stranger, operator) -> Trade:
    """100 units at USD 12.50, 10 of them surplus; 2 arrive damaged and 4 are missing."""
    supplier = party(Party.Kind.SUPPLIER, "waikato", name="Waikato Dairy", country="NZ")
    give_accounts(pool, supplier)
    warehouse.open_book(
        pool=pool,
        number="T3105W000001",
        cycle_from=date(2025, 1, 1),
        cycle_before=date(2026, 1, 1),
    )
    product = goods.product("9421902960017", "Whole milk powder")
    shares = {product: {importer: 60, stranger: 30, operator: 10}}
    line = goods.ordered(pool, supplier, shares)[0]
    for owner, cost in ((importer, 83_333), (stranger, 41_667)):
        OrderShare.objects.filter(line=line, owner=owner).update(cost_minor=cost)
    PriceTier.objects.create(offer=line.offer, from_units=1, price=Decimal("14.00"))
    PriceTier.objects.create(offer=line.offer, from_units=90, price=Decimal("12.50"))
    consignment = goods.consigned(pool, [line])
    charge(consignment, "freight", "LCL_LAX_SHA_2015B", 1_000_01, at_rate=300_00)
    charge(consignment, "handling", "KCN_DOC", 500_00, is_fixed=True)
    charge(consignment, "agency", "AGENT_MIN", 800_00, at_rate=127_50, basis="value")
    counted = goods.counted(line, good=94, damaged=2, short=4)
    receipt = goods.received(consignment, [counted], on=RECEIVED)
    warehouse.allocate(receipt)
    return Trade(pool, supplier, importer, stranger, line, consignment, receipt)


def give_accounts(pool, *suppliers, currency="USD"):
    """The pool's account and each supplier's, confirmed by a second person."""
    Party.objects.filter(pk=pool.operator_id).update(town="Ningbo")
    services.add_bank_account(
        pool,
        currency,
        number="4000023029200000000",
        bic="BKCHCNBJ92B",
        bank_name="Bank of Beilun",
        report_to="SAFE",
        report_code="121010",
    )
    entered, confirmed = (
        User.objects.get_or_create(username=name)[0] for name in ("enters", "confirms")
    )
    for number, supplier in enumerate(suppliers, 1):
        Party.objects.filter(pk=supplier.pk, town="").update(town="Hamilton")
        account = services.add_supplier_account(
            pool.operator,
            supplier,
            currency,
            number=f"0201234567{number:02}",
            bic="ANZBNZ22XXX",
            by=entered,
        )
        services.confirm_supplier_account(account, by=confirmed)


def charge(consignment, kind, key, minor, *, at_rate=None, basis="volume", is_fixed=False):
    return ConsignmentCharge.objects.create(
        consignment=consignment,
        kind=kind,
        tariff_key=key,
        basis=basis,
        currency="CNY",
        amount_minor=minor,
        amount_cny_minor=minor,
        at_rate_cny_minor=minor if at_rate is None else at_rate,
        is_fixed=is_fixed,
    )


@pytest.fixture
def owed(trade) -> Trade:
    """The trade, its obligations raised."""
    services.raise_obligations(trade.receipt)
    return trade


@pytest.fixture
def batch(owed) -> SettlementBatch:
    """The draft that will pay the order, every deposit paid in."""
    draft = services.open_batch(owed.pool, "USD", RECEIVED)
    services.fund_shortfalls(owed.pool, services.deposits_needed(draft), reference=draft.number)
    return draft


@pytest.fixture
def approved(batch, maker, checker) -> SettlementBatch:
    services.lock(batch, by=maker)
    services.quote(batch)
    return services.approve(batch, by=checker)


@pytest.fixture
def closed(approved) -> SettlementBatch:
    services.convert(approved)
    services.instruct(approved)
    services.settle(approved)
    services.allocate(approved)
    return services.close(approved)
