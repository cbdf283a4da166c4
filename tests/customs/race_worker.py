"""The race for one person's year, run by a process of its own on a database of its own.

``python -m tests.customs.race_worker NAME…`` makes the tables, opens the shop, forks one
process per name, lets all of them send orders of one buyer at the same moment, and prints how it
ended. Processes of the same name send the same orders: one at a time, or with ``together:`` or
``backwards:`` before the name all at once, in their order or against it. Those of ``mixed`` are
of two buyers. With ``--listed`` first, a person may buy six tins in a year until the day of the
race, and eight from then on.
"""

import json
import multiprocessing
import os
import sys
from collections import Counter
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import DatabaseError, connections  # noqa: E402  Django stands first

from core import clock, invariants, tenancy  # noqa: E402
from core.domain.errors import Refusal  # noqa: E402
from core.models import Party, Pool  # noqa: E402
from customs import services  # noqa: E402
from customs.models import AnnualUse, ConsumerOrder, PersonQuantity  # noqa: E402
from imports.models import PositiveListLine  # noqa: E402
from portal.demo.database import make_tables  # noqa: E402
from tests.conftest import party  # noqa: E402
from tests.customs.shop import BUYER, ORDERED_AT, OTHER_BUYER, Shop, formula, stock_up  # noqa: E402

ORDERS, PRICE_MINOR = 3, 250_000
LISTED = "--listed"
CHANGED_ON = date(2025, 5, 1)
FORK = multiprocessing.get_context("fork")


def open_shop() -> tuple[Party, Shop]:
    """A hundred tins of one importer, and the shop that sells them."""
    operator = party(Party.Kind.OPERATOR, "operator")
    importer = party(Party.Kind.IMPORTER, "kowhai")
    pool = Pool.objects.create(
        code="race", year=2025, operator=operator, keeper=operator, broker=operator, port="CNNGB"
    )
    product = formula()
    stock_up(pool, importer, [product])
    return importer, Shop.open(pool, product)


def list_goods() -> None:
    """A limit of six tins that was raised to eight on the day of the race."""
    for tins, since, before in ((6, date(2022, 3, 1), CHANGED_ON), (8, CHANGED_ON, None)):
        PositiveListLine.objects.create(
            code="1901",
            name_zh="奶粉",
            remark=f"每人每年{tins}罐",
            edition=f"{since:%Y}",
            valid_from=since,
            valid_before=before,
            source="test",
            trust="high",
        )


def send(importer: Party, shop: Shop, name: str, gate, outbox) -> None:
    """Send orders of 5,000.00 CNY; tell how often one was taken, refused and why, or failed."""
    how, _, name = name.rpartition(":")
    buyers = [BUYER, OTHER_BUYER if name == "mixed" else BUYER]
    intakes = [
        shop.order(2, price_minor=PRICE_MINOR, number=f"{name}-{n}", buyer=buyers[n % 2])
        for n in range(ORDERS)
    ]
    if how == "backwards":
        intakes.reverse()
    gate.wait(timeout=60)
    try:
        outcomes = together(importer, intakes) if how else alone(importer, intakes)
    except DatabaseError as error:
        outcomes = Counter([repr(error)])
    outbox.put(outcomes)


def together(importer: Party, intakes) -> Counter[str]:
    """Codes of orders that are taken at once."""
    found = services.take_orders(importer, intakes)
    return Counter(row.refusal.code if row.refusal else "taken" for row in found)


def alone(importer: Party, intakes) -> Counter[str]:
    """Codes of orders that are taken one by one."""
    outcomes: Counter[str] = Counter()
    for intake in intakes:
        try:
            services.take_order(importer, intake)
        except Refusal as refusal:
            outcomes[refusal.code] += 1
        else:
            outcomes["taken"] += 1
    return outcomes


def race(importer: Party, shop: Shop, names: list[str]) -> Counter[str]:
    """Outcomes of one process per name; none inherits the connection of another."""
    connections.close_all()
    gate, outbox = FORK.Barrier(len(names)), FORK.Queue()
    racers = [
        FORK.Process(target=send, args=(importer, shop, name, gate, outbox)) for name in names
    ]
    for racer in racers:
        racer.start()
    outcomes = sum((outbox.get(timeout=180) for _ in racers), Counter())
    for racer in racers:
        racer.join()
    return outcomes


def main(names: list[str]) -> None:
    """Run the race, check the books, and print the outcome as JSON."""
    make_tables()
    with clock.at(ORDERED_AT), tenancy.as_operator("race"):
        if LISTED in names:
            names.remove(LISTED)
            list_goods()
        importer, shop = open_shop()
        outcomes = race(importer, shop, names)
        ending = {
            "outcomes": outcomes,
            "orders": ConsumerOrder.objects.count(),
            "used_minor": sorted(AnnualUse.objects.values_list("used_minor", flat=True)),
            "quantities": list(PersonQuantity.objects.values_list("used", "most")),
            "broken": [law.name for law in invariants.check_all(only="customs.") if not law.holds],
        }
    sys.stdout.write(json.dumps(ending))


if __name__ == "__main__":
    main(sys.argv[1:])
