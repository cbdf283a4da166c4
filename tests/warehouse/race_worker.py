"""Races for the same shelf, run by a process of its own on a database of its own.

``python -m tests.warehouse.race_worker grab TRIES NAME…`` migrates the database, sets the shelf,
forks one process per name, lets all of them grab units at the same moment, and prints how it
ended. ``… mixed SECONDS PROCESSES`` lets them reserve, give back, sell to each other and count
for so long, and prints what every process was told beside what the books hold.
"""

import json
import multiprocessing
import os
import random
import sys
import time
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
from warehouse.domain.counting import Reason  # noqa: E402
from warehouse.models import CountEntry, CountTask, Holding, Lot, Movement, Reservation  # noqa: E402
from warehouse.services import Sale, counting  # noqa: E402

ARRIVED = date(2025, 3, 10)
LOTS = (40, 35, 25)
FORK = multiprocessing.get_context("fork")


def set_the_shelf(*more: str) -> tuple[list[Party], Product]:
    """A hundred units of one product in three lots, shared by one importer or several."""
    operator = party(Party.Kind.OPERATOR, "operator")
    importers = [party(Party.Kind.IMPORTER, code) for code in ("kowhai", *more)]
    supplier = party(Party.Kind.SUPPLIER, "waikato")
    pool = Pool.objects.create(
        code="race", year=2025, operator=operator, keeper=operator, broker=operator
    )
    services.open_book(
        pool=pool, number="B1", cycle_from=date(2025, 1, 1), cycle_before=date(2026, 1, 1)
    )
    product = goods.product("9421902960017", "Whole milk powder")
    each = sum(LOTS) // len(importers)
    shares = dict.fromkeys(importers, each)
    shares[importers[0]] += sum(LOTS) - sum(shares.values())
    line = goods.ordered(pool, supplier, {product: shares})[0]
    counts = [
        goods.counted(line, good=units, lot_no=f"L-{units}", expires_on=date(2026, units // 5, 1))
        for units in LOTS
    ]
    receipt = goods.received(goods.consigned(pool, [line]), counts, on=ARRIVED)
    services.allocate(receipt)
    return importers, product


def grab(importer: Party, product: Product, name: str, tries: int, gate, outbox) -> None:
    """Reserve one unit per try; tell how often it was granted, refused and why, or failed."""
    outcomes: Counter[str] = Counter()
    gate.wait(timeout=60)
    for number in range(tries):
        with tenancy.acting_for(importer):
            told = _tried(services.reserve, importer, product, 1, f"{name}-{number}")
        outcomes[told] += 1
    outbox.put(outcomes)


def _tried(request, *args, **named) -> str:
    """How a request ended: granted, refused by its code, or failed in the database."""
    try:
        request(*args, **named)
    except Refusal as refusal:
        return refusal.code
    except DatabaseError as error:
        return f"failed: {error!r}"[:120]
    return "granted"


class Mixed:
    """One process that asks for everything at random and remembers what it was granted."""

    def __init__(
        self, name: str, importers: list[Party], product: Product, lots: list[Lot]
    ) -> None:
        self.dice = random.Random(name)  # noqa: S311  not a secret
        self.name, self.importers, self.product, self.lots = name, importers, product, lots
        self.outcomes: Counter[str] = Counter()
        self.number = 0

    def run(self, seconds: float) -> None:
        """Ask until the time is over."""
        until = time.monotonic() + seconds
        wishes = (self.reserve, self.reserve, self.sell, self.sell, self.give_back, self.count)
        with tenancy.as_operator("race", actor=self.name), clock.at(ARRIVED):
            while time.monotonic() < until:
                self.number += 1
                self.dice.choice(wishes)()

    def note(self, name: str, told: str) -> None:
        """Count an outcome under the request's name."""
        self.outcomes[f"{name}: {told}"] += 1

    def reserve(self) -> None:
        """Promise some units, mostly of several lots."""
        owner, units = self.dice.choice(self.importers), self.dice.randint(1, 30)
        key = f"{self.name}-{self.number}"
        self.note("reserve", _tried(services.reserve, owner, self.product, units, key))

    def give_back(self) -> None:
        """Release something that somebody holds."""
        held = list(Reservation.objects.filter(state="held").order_by("-pk")[:8])
        for row in self.dice.sample(held, min(len(held), 3)):
            self.note("give back", _tried(services.release_reservation, row))

    def sell(self) -> None:
        """Sell units of two lots crosswise, in an order of its own."""
        one, other = self.dice.sample(self.importers, 2)
        sales = [
            Sale(
                lot,
                seller.pk,
                buyer.pk,
                self.dice.randint(1, 4),
                0,
                f"{self.name}-{self.number}-{n}",
            )
            for n, (lot, seller, buyer) in enumerate(
                zip(self.dice.sample(self.lots, 2), (one, other), (other, one), strict=True)
            )
        ]
        self.note("sell", _tried(services.transfer_many, sales))

    def count(self) -> None:
        """Count a lot one unit wrong, or approve what two others found."""
        waiting = CountTask.objects.filter(state="counted").order_by("pk").first()
        if waiting is not None:
            self.note("approve", _tried(counting.approve_count, waiting, Reason.UNKNOWN))
            return
        task = counting.plan_count(self.dice.choice(self.lots))
        there = sum(
            Holding.objects.filter(lot=task.lot_id, place="bonded").values_list("units", flat=True)
        )
        key = f"{self.name}-{self.number}"
        found = max(0, there + self.dice.choice((-1, 0, 1)))
        self.note("count", _tried(counting.enter_count, task, found, request_key=key))


def mix(name: str, importers, product, lots, seconds: float, gate, outbox) -> None:
    """One process of the mixed race."""
    racer = Mixed(name, importers, product, lots)
    gate.wait(timeout=60)
    racer.run(seconds)
    outbox.put(racer.outcomes)


def race(work, names: list[str], *args: object) -> Counter[str]:
    """Outcomes of one process per name; none inherits the connection of another."""
    connections.close_all()
    gate, outbox = FORK.Barrier(len(names)), FORK.Queue()
    racers = [FORK.Process(target=work, args=(name, *args, gate, outbox)) for name in names]
    for racer in racers:
        racer.start()
    outcomes = sum((outbox.get(timeout=180) for _ in racers), Counter())
    for racer in racers:
        racer.join()
    return outcomes


def _grab(name: str, importer, product, tries: int, gate, outbox) -> None:
    grab(importer, product, name, tries, gate, outbox)


def grabbed(tries: int, names: list[str]) -> dict[str, object]:
    """All grab the last units."""
    (importer,), product = set_the_shelf()
    outcomes = race(_grab, names, importer, product, tries)
    return {"outcomes": outcomes, "promised": _total("reserved_units"), "broken": _broken()}


def mixed(seconds: float, processes: int) -> dict[str, object]:
    """All ask for everything; what they were told beside what the books hold."""
    importers, product = set_the_shelf("rata", "rimu")
    lots = list(Lot.objects.order_by("pk"))
    names = [f"user:{n}" for n in range(processes)]
    outcomes = race(mix, names, importers, product, lots, seconds)
    adjusted = sum(CountTask.objects.values_list("adjusted_units", flat=True))
    held = Reservation.objects.filter(state="held")
    return {
        "outcomes": outcomes,
        "seconds": seconds,
        "units": _total("units", place="bonded"),
        "expected_units": sum(LOTS) + adjusted,
        "promised": _total("reserved_units"),
        "held": sum(held.values_list("units", flat=True)),
        "requests": Reservation.objects.values("request_key").distinct().count(),
        "transfers": Movement.objects.filter(kind="transfer").count(),
        "entries": CountEntry.objects.count(),
        "negative": Holding.objects.filter(place="bonded", units__lt=0).count(),
        "broken": _broken(),
    }


def _total(field: str, **only: str) -> int:
    return sum(Holding.objects.filter(**only).values_list(field, flat=True))


def _broken() -> list[str]:
    laws = invariants.check_all(only="warehouse.")
    return [f"{law.name}: {law.violations}" for law in laws if not law.holds]


def main(kind: str, number: float, *more: str) -> None:
    """Run the race, check the books, and print the outcome as JSON."""
    make_tables()
    with clock.at(ARRIVED), tenancy.as_operator("race"):
        ending = grabbed(int(number), list(more)) if kind == "grab" else mixed(number, int(more[0]))
    sys.stdout.write(json.dumps(ending))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), *sys.argv[3:])
