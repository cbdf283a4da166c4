"""A shop whose processes send orders at the same moment, on a database of its own.

``python -m tests.portal.api.race_worker NUMBER…`` forks one process per order number; all send
their order under one request key, and the answers are printed with their counts.
"""

import json
import os
import sys
from collections import Counter
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connections  # noqa: E402  Django stands first
from django.test import Client  # noqa: E402

from core import api_keys, clock, tenancy  # noqa: E402
from core.api_keys import Scope  # noqa: E402
from core.models import Role  # noqa: E402
from customs.models import ConsumerOrder  # noqa: E402
from portal.demo.database import make_tables  # noqa: E402
from tests.conftest import user_of  # noqa: E402
from tests.customs.race_worker import FORK, open_shop  # noqa: E402
from tests.customs.shop import ORDERED_AT  # noqa: E402
from tests.portal.api.bodies import an_order  # noqa: E402


def send(clear: str, body: dict, gate, outbox) -> None:
    """Send one order and tell how it was answered."""
    gate.wait(timeout=60)
    answer = Client(raise_request_exception=False).post(
        "/api/v1/orders",
        data=json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {clear}", "Idempotency-Key": "one"},
    )
    told = answer.json()
    outbox.put(f"{answer.status_code} {told.get('order_no', told.get('code'))}")


def main(numbers: list[str]) -> None:
    """Run the race and print how it ended."""
    make_tables()
    with clock.at(ORDERED_AT + timedelta(minutes=5)), tenancy.as_operator("race"):
        importer, shop = open_shop()
        user = user_of(importer, Role.IMPORTER)
        _, clear = api_keys.make(
            importer, name="shop", scopes=list(Scope), lasts=timedelta(days=1), by=user
        )
        bodies = [an_order("race", shop.product.sku, number) for number in numbers]
        connections.close_all()
        gate, outbox = FORK.Barrier(len(bodies)), FORK.Queue()
        senders = [FORK.Process(target=send, args=(clear, each, gate, outbox)) for each in bodies]
        for sender in senders:
            sender.start()
        answers = Counter(outbox.get(timeout=180) for _ in senders)
        for sender in senders:
            sender.join()
        ending = {"answers": answers, "orders": ConsumerOrder.objects.count()}
    sys.stdout.write(json.dumps(ending))


if __name__ == "__main__":
    main(sys.argv[1:])
