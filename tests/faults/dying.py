"""Processes that die at a statement: ``python -m tests.faults.dying worker|web SEED TIMES``.

A small pool is built once in a database of its own. For each of TIMES seeded instants the database
is put back, a forked process begins the work and is killed with SIGKILL when it is about to send
its n-th statement, and another process takes the work up. ``told.json`` says how each try ended.
"""

import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402  Django stands first
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402

from core import clock, documents, invariants, jobs, tenancy  # noqa: E402
from core.models import Document, Fact, Job, Party, Pool, Role, User  # noqa: E402
from customs import services  # noqa: E402
from customs.models import Attempt, DeclarationBatch  # noqa: E402
from customs.services import batch_files  # noqa: E402
from portal.demo.database import make_tables  # noqa: E402
from tests.attacks.world import NOW  # noqa: E402
from tests.conftest import party, user_of  # noqa: E402
from tests.customs.shop import OTHER_BUYER, Shop, formula, stock_up  # noqa: E402

ORDERS, PRINTED_AT_A_TIME = 6, 2
FILE = Path(str(settings.DATABASES["default"]["NAME"]))
KEPT = FILE.parent / "kept"
DECLARE = "/customs/batches/declare/"


def build() -> None:
    """An importer with stock, a broker, and orders that wait to be declared."""
    make_tables()
    call_command("make_keys", verbosity=0)
    operator, importer = party(Party.Kind.OPERATOR, "operator"), party("importer", "kowhai")
    broker = party(Party.Kind.BROKER, "broker", customs_code="3105980001")
    user_of(broker, Role.BROKER)
    fields = {"operator": operator, "keeper": operator, "broker": broker, "port": "CNNGB"}
    pool = Pool.objects.create(code="dying", year=2025, customs_district="3105", **fields)
    product = formula()
    stock_up(pool, importer, [product])
    shop = Shop.open(pool, product)
    for number in range(ORDERS):
        services.take_order(importer, shop.order(1, number=f"D-{number}", buyer=OTHER_BUYER))


def submit() -> int:
    """What the broker's browser sends: declare what waits."""
    client = Client()
    client.force_login(User.objects.get(username="user-of-broker"))
    return client.post(DECLARE, {"pool": Pool.objects.get().pk}).status_code


def put_back() -> None:
    """The database and its documents as they were kept."""
    connections.close_all()
    for leftover in FILE.parent.glob(f"{FILE.name}*"):
        leftover.unlink()
    shutil.copy(KEPT / FILE.name, FILE)
    shutil.rmtree(settings.DOCUMENT_DIR, ignore_errors=True)
    if (KEPT / "documents").exists():
        shutil.copytree(KEPT / "documents", settings.DOCUMENT_DIR)


def keep() -> None:
    """Set the database and its documents aside."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections.close_all()
    KEPT.mkdir(exist_ok=True)
    shutil.copy(FILE, KEPT / FILE.name)
    if Path(settings.DOCUMENT_DIR).exists():
        shutil.copytree(settings.DOCUMENT_DIR, KEPT / "documents", dirs_exist_ok=True)


class Countdown:
    """Counts statements, and kills its process before the last of them is sent."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.sent = 0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        """Send a statement on, or die."""
        self.sent += 1
        if self.sent == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*args)


def statements(work: Callable[[], object]) -> int:
    """How many statements the work sends when nobody disturbs it."""
    count = Countdown(-1)
    with connection.execute_wrapper(count):
        work()
    return count.sent


def in_a_process(work: Callable[[], object], last: int = -1) -> bool:
    """Do the work in a process of its own; whether it was killed."""
    connections.close_all()
    child = os.fork()
    if not child:
        with connection.execute_wrapper(Countdown(last)):
            work()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def let_leases_run_out() -> None:
    """As if the minute had passed after which silent work is taken over."""
    Job.objects.filter(state="running").update(lease_until=NOW)


def outcome() -> dict[str, Any]:
    """What somebody finds afterwards: batches, files to the byte, facts, broken laws."""
    with tenancy.as_operator("look"):
        batches = DeclarationBatch.objects.order_by("pk")
        folder = Path(settings.DOCUMENT_DIR)
        return {
            "batches": [
                [row.number, row.state, row.job.state if row.job else None] for row in batches
            ],
            "attempts": list(Attempt.objects.order_by("cop_no").values_list("cop_no", flat=True)),
            "files": {
                row.key: [row.sha256, len(documents.content(row))]
                for row in Document.objects.order_by("key")
            },
            "facts": sorted(Fact.objects.values_list("name", flat=True)),
            "halves": [path.name for path in folder.rglob(".new-*")] if folder.exists() else [],
            "broken": [law.name for law in invariants.check_all(only="customs.") if not law.holds],
        }


def worker_dies(last: int) -> dict[str, Any]:
    """A worker is killed; another one finds the work when the lease has run out."""
    put_back()
    was_killed = in_a_process(jobs.run_until_idle, last)
    let_leases_run_out()
    in_a_process(jobs.run_until_idle)
    return {"killed": was_killed, "then": outcome()}


def web_dies(last: int) -> dict[str, Any]:
    """The web process is killed while a form is followed; the reader sends it again."""
    put_back()
    was_killed = in_a_process(submit, last)
    between = outcome()
    in_a_process(submit)
    return {"killed": was_killed, "between": between, "then": outcome()}


def main(what: str, seed: int, times: int) -> None:
    """Build, measure undisturbed, then try each instant."""
    batch_files.AT_A_TIME = PRINTED_AT_A_TIME
    with clock.at(NOW):
        build()
        if what == "worker":
            submit()
        keep()
        before = outcome()
        work, dies = (jobs.run_until_idle, worker_dies) if what == "worker" else (submit, web_dies)
        length = statements(work)
        undisturbed = outcome()
        dice = random.Random(seed)  # noqa: S311  an instant, not a secret
        instants = sorted(dice.sample(range(1, length + 1), min(times, length)))
        tries = [dies(instant) for instant in instants]
    told = {"before": before, "undisturbed": undisturbed, "instants": instants, "tries": tries}
    (FILE.parent / "told.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
