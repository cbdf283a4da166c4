"""The race for the last units, run by a process of its own on a database of its own.

``python -m tests.warehouse.race_worker TRIES NAME…`` makes the tables, sets the shelf, forks
one process per name, lets all of them grab units at the same moment, and prints how it ended.
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
from imports.models import Product  # noqa: E402
from portal.demo.database import make_tables  # noqa: E402
from tests.conftest import party  # noqa: E402
from tests.warehouse import goods  # noqa: E402
from warehouse import services  # noqa: E402
from warehouse.models import Holding  # noqa: E402

ARRIVED = date(2025, 3, 10)
LOTS = (40, 35, 25)
FORK = multiprocessing.get_context("fork")


def set_the_shelf() -> tuple[Party, Product]:
    """A hundred units of one product in three lots, all of one importer."""
    operator = party(Party.Kind.OPERATOR, "operator")
    importer = party(Party.Kind.IMPORTER, "kowhai")
    supplier = party(Party.Kind.SUPPLIER, "waikato")
    pool = Pool.objects.create(
        code="race", year=2025, operator=operator, keeper=operator, broker=operator
    )
    services.open_book(
        pool=pool, number="B1", cycle_from=date(2025, 1, 1), cycle_before=date(2026, 1, 1)
    )
    product = goods.product("9421902960017", "Whole milk powder")
    line = goods.ordered(pool, supplier, {product: {importer: sum(LOTS)}})[0]
    counts = [
        goods.counted(line, good=units, lot_no=f"L-{units}", expires_on=date(2026, units // 5, 1))
        for units in LOTS
    ]
    receipt = services.receive(goods.consigned(pool, [line]), counts, on=ARRIVED)
    services.allocate(receipt)
    return importer, product


def grab(importer: Party, product: Product, name: str, tries: int, gate, outbox) -> None:
    """Reserve one unit per try; tell how often it was granted, refused and why, or failed."""
    outcomes: Counter[str] = Counter()
    gate.wait(timeout=60)
    for number in range(tries):
        try:
            with tenancy.acting_for(importer):
                services.reserve(importer, product, 1, f"{name}-{number}")
        except Refusal as refusal:
            outcomes[refusal.code] += 1
        except DatabaseError as error:
            outcomes[repr(error)] += 1
        else:
            outcomes["granted"] += 1
    outbox.put(outcomes)


def race(importer: Party, product: Product, names: list[str], tries: int) -> Counter[str]:
    """Outcomes of one process per name; none inherits the connection of another."""
    connections.close_all()
    gate, outbox = FORK.Barrier(len(names)), FORK.Queue()
    racers = [
        FORK.Process(target=grab, args=(importer, product, name, tries, gate, outbox))
        for name in names
    ]
    for racer in racers:
        racer.start()
    outcomes = sum((outbox.get(timeout=180) for _ in racers), Counter())
    for racer in racers:
        racer.join()
    return outcomes


def main(tries: int, names: list[str]) -> None:
    """Run the race, check the books, and print the outcome as JSON."""
    make_tables()
    with clock.at(ARRIVED), tenancy.as_operator("race"):
        importer, product = set_the_shelf()
        outcomes = race(importer, product, names, tries)
        promised = sum(Holding.objects.values_list("reserved_units", flat=True))
        broken = [law.name for law in invariants.check_all(only="warehouse.") if not law.holds]
    ending = {"outcomes": outcomes, "promised": promised, "broken": broken}
    sys.stdout.write(json.dumps(ending))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
