"""Eight processes reserve single units of one product at the same moment."""

import multiprocessing
import time
from collections.abc import Callable
from itertools import count

from django.db import OperationalError, connection, connections, transaction
from django.db.models import F

from benchmarks.goods import ARRIVED, one_lot
from benchmarks.ways import Way, Ways
from core import clock, tenancy
from core.models import Party
from imports.models import Product
from warehouse import services
from warehouse.domain.counting import CountNotOpen
from warehouse.models import Holding

PROCESSES = 8
ROUNDS = 4
PATIENCE = 120
FORK = multiprocessing.get_context("fork")
Grab = Callable[[Party, Product, str], object]
_run = count(1)


def ours(importer: Party, product: Product, key: str) -> object:
    """The product's own reservation: first to expire first, a row for each request."""
    return services.reserve(importer, product, 1, key)


def plain(importer: Party, product: Product, key: str) -> object:
    """A locked row, a changed object, a save; SQLite locks the whole file instead."""
    with transaction.atomic():
        holding = Holding.objects.select_for_update().get(owner_id=importer.pk, place="bonded")
        holding.reserved_units += 1
        return holding.save(update_fields=["reserved_units"])


def bare(importer: Party, product: Product, key: str) -> object:
    """One conditional UPDATE, no record of who asked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE warehouse_holding SET reserved_units = reserved_units + 1 "
            "WHERE owner_id = %s AND place = 'bonded' AND units >= reserved_units + 1",
            [importer.pk],
        )
        return cursor.rowcount


class Racers:
    """Processes that wait at a gate, grab, and end."""

    def __init__(self, grab: Grab, importer: Party, product: Product, each: int) -> None:
        self.grab, self.importer, self.product, self.each = grab, importer, product, each
        self.running: list[multiprocessing.process.BaseProcess] = []

    def line_up(self) -> None:
        """Start the processes; each opens its own connection before the gate."""
        connections.close_all()
        run = next(_run)
        self.gate = FORK.Barrier(PROCESSES + 1)
        self.running = [
            FORK.Process(target=self._race, args=(f"{run}-{n}",)) for n in range(PROCESSES)
        ]
        for process in self.running:
            process.start()
        time.sleep(0.3)

    def _race(self, name: str) -> None:
        with clock.at(ARRIVED), tenancy.acting_for(self.importer):
            Holding.objects.count()
            self.gate.wait(timeout=PATIENCE)
            for number in range(self.each):
                _until_free(lambda key: self.grab(self.importer, self.product, key), name, number)

    def run(self) -> None:
        """Open the gate and wait until all have grabbed.

        Raises:
            RuntimeError: one of them ended otherwise.
        """
        self.gate.wait(timeout=PATIENCE)
        for process in self.running:
            process.join(timeout=PATIENCE)
        if any(process.exitcode for process in self.running):
            raise RuntimeError("a process did not get its units")


def _until_free(grab: Callable[[str], object], name: str, number: int) -> None:
    """Grab one unit; others may hold the database or the lot for longer than a call waits."""
    while True:
        try:
            grab(f"{name}-{number}")
        except (OperationalError, services.TakenMeanwhile, CountNotOpen):
            continue
        return


def ways(size: int) -> Ways:
    """``size`` grabs by eight processes, of units that suffice for every round."""
    each = max(1, size // PROCESSES)
    importer, product, _ = one_lot(each * PROCESSES * (3 * ROUNDS + 3))
    with tenancy.as_operator("benchmark"):
        free = Holding.objects.filter(place="bonded", units__gt=F("reserved_units"))
        assert free.exists()
    found = {}
    for name, grab in (("ours", ours), ("plain", plain), ("limit", bare)):
        racers = Racers(grab, importer, product, each)
        found[name] = Way(racers.run, each * PROCESSES, racers.line_up)
    return found
