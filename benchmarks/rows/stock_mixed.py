"""Eight processes reserve, sell to each other and count the same lot at the same moment."""

from benchmarks.goods import one_lot
from benchmarks.rows.stock_reservation import PROCESSES, ROUNDS, Racers, bare, plain
from benchmarks.ways import Way, Ways
from core import tenancy
from core.models import Party
from imports.models import Product
from tests.conftest import party
from warehouse import services
from warehouse.models import Lot
from warehouse.services import Sale, counting

BUYER = "rata"


def ours(importer: Party, product: Product, key: str) -> object:
    """Of ten requests six reserve a unit, three sell one, and one counts the lot."""
    number = int(key.rsplit("-", 1)[1]) % 10
    if number < 6:
        return services.reserve(importer, product, 1, key)
    lot = Lot.objects.select_related("receipt_line__receipt__consignment__pool").get()
    if number < 9:
        buyer = Party.objects.get(code=BUYER)
        return services.transfer_ownership(Sale(lot, importer.pk, buyer.pk, 1, 0, key))
    with tenancy.as_operator("benchmark"):
        task = counting.plan_count(lot)
        return counting.enter_count(task, counting.on_the_shelf(lot), request_key=key)


def ways(size: int) -> Ways:
    """``size`` requests by eight processes, of units that suffice for every round."""
    each = max(1, size // PROCESSES)
    importer, product, _ = one_lot(each * PROCESSES * (3 * ROUNDS + 3))
    party(Party.Kind.IMPORTER, BUYER)
    found = {}
    for name, ask in (("ours", ours), ("plain", plain), ("limit", bare)):
        racers = Racers(ask, importer, product, each)
        found[name] = Way(racers.run, each * PROCESSES, racers.line_up)
    return found
