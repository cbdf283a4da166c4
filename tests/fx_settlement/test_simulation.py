"""The desk played from seeds, with deaths, repetitions and messages in any order."""

import os
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from core import invariants, rates
from core.models import Party
from fx_settlement import services
from fx_settlement.models import Conversion, SettlementBatch
from tests.conftest import party, user_of
from tests.fx_settlement.conftest import give_accounts
from tests.fx_settlement.simulation import CURRENCIES, Desk, Simulation
from tests.warehouse import goods
from warehouse import services as warehouse

SEED = int(os.environ.get("SIMULATION_SEED", "7"))
STEPS = int(os.environ.get("SIMULATION_STEPS", "10000"))
START = date(2025, 3, 10)


@pytest.fixture
def desk(as_operator, pool, importer, stranger, operator):
    services.load_fee_rows()
    days = [START + timedelta(days=n) for n in range(-70, 400, 5)]
    rates.load(("USD", day, Decimal(1)) for day in days)
    rates.load(("JPY", day, Decimal(150) + day.toordinal() % 5) for day in days)
    rates.load(("CNY", day, Decimal("7.2") + Decimal(day.toordinal() % 7) / 100) for day in days)
    suppliers = [
        party(Party.Kind.SUPPLIER, f"dairy-{n}", name=f"Dairy {n}", country="NZ") for n in "123"
    ]
    more = [party(Party.Kind.IMPORTER, f"seller-{n}") for n in "45"]
    for currency in CURRENCIES:
        give_accounts(pool, *suppliers, currency=currency)
    warehouse.open_book(
        pool=pool,
        number="T3105W000001",
        cycle_from=date(2025, 1, 1),
        cycle_before=date(2026, 1, 1),
    )
    people = [user_of(operator, "operator", f"clerk-{n}") for n in "123"]
    product = goods.product("9421902960017", "Whole milk powder")
    return Desk(pool, product, suppliers, [importer, stranger, *more], people)


def play(desk, steps, *, seed=SEED):
    game = Simulation(desk, seed=seed, start=START)
    for _ in range(steps):
        game.step()
    return game


def laws(only):
    return [finding.violations for finding in invariants.check_all(only) if not finding.holds]


def test_whatever_happens_in_whatever_order_the_books_hold(desk):
    game = play(desk, 600)

    assert laws("fx.") == []
    assert laws("core.totals") == []
    assert game.told["died"] >= 3, game.told
    assert game.told["step close"] >= 1, game.told
    bought = set(Conversion.objects.values_list("batch__currency", flat=True))
    assert bought == {"USD", "JPY"}


def test_a_seed_plays_the_same_game_again(desk):
    told = []
    for _ in range(2):
        with transaction.atomic():
            told.append(play(desk, 40, seed=11).told)
            transaction.set_rollback(True)

    assert told[0] == told[1]


@pytest.mark.deep
def test_ten_thousand_steps_leave_books_that_hold(desk):
    game = play(desk, STEPS)

    assert laws("fx.") + laws("core.") == []
    assert SettlementBatch.objects.filter(state="closed").count() > 20, game.told
    assert game.told["died"] > 100, game.told
