"""One process of the race for the last units: sets the shelf, or grabs from it one by one.

``python -m tests.warehouse.race_worker seed`` prints the importer and the product;
``python -m tests.warehouse.race_worker grab IMPORTER PRODUCT NAME TRIES GO`` waits for the file GO
and prints how its tries ended.
"""

import json
import os
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from core import clock, tenancy  # noqa: E402  Django stands first
from core.domain.errors import Refusal  # noqa: E402
from core.models import Party, Pool  # noqa: E402
from imports.models import Product  # noqa: E402
from tests.conftest import party  # noqa: E402
from tests.warehouse import goods  # noqa: E402
from warehouse import services  # noqa: E402

ARRIVED = date(2025, 3, 10)
LOTS = (40, 35, 25)


def seed() -> dict[str, int]:
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
    return {"importer": importer.pk, "product": product.pk}


def grab(importer_id: int, product_id: int, name: str, tries: int, go: Path) -> Counter[str]:
    """Reserve one unit per try; outcomes by ``granted``, the refusal's code, or the error."""
    importer = Party.objects.get(pk=importer_id)
    product = Product.objects.get(pk=product_id)
    outcomes: Counter[str] = Counter()
    while not go.exists():
        time.sleep(0.005)
    for number in range(tries):
        try:
            with tenancy.acting_for(importer):
                services.reserve(importer, product, 1, f"{name}-{number}")
        except Refusal as refusal:
            outcomes[refusal.code] += 1
        else:
            outcomes["granted"] += 1
    return outcomes


def main(arguments: list[str]) -> None:
    """Do what the command line says and print the outcome as JSON."""
    with clock.at(ARRIVED):
        if arguments[0] == "seed":
            with tenancy.as_operator("race"):
                outcome: dict[str, int] = seed()
        else:
            importer, product, name, tries, go = arguments[1:]
            outcome = grab(int(importer), int(product), name, int(tries), Path(go))
    sys.stdout.write(json.dumps(outcome))


if __name__ == "__main__":
    main(sys.argv[1:])
