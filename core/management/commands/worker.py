"""The embedded worker: drains the job table, keeps the fact log in order and its readers fed."""

import logging
import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from core import facts, jobs, keys, webhooks

IDLE_SECONDS = 0.5
AWAY_SECONDS = 5
AT_ONCE = 5

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run background jobs and the sequencer until told to stop; outlives its database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when nothing is left to do")

    def handle(self, *args: Any, **options: Any) -> None:
        keys.ring()
        stop = threading.Event()

        def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, ask_to_stop)
            signal.signal(signal.SIGINT, ask_to_stop)
        while not stop.is_set():
            try:
                did = _one_round()
            except (OperationalError, InterfaceError) as error:
                if options["once"]:
                    raise
                log.warning("the database is away: %s", type(error).__name__)
                connection.close()
                stop.wait(AWAY_SECONDS)
                continue
            if options["once"] and not did:
                return
            if not did:
                stop.wait(IDLE_SECONDS)


def _one_round() -> int:
    """Do what is due, once; how much there was."""
    if not connection.in_atomic_block:
        close_old_connections()
    jobs.order_daily()
    did = sum(jobs.run(job_id) for job_id in jobs.due())
    return did + facts.sequence() + facts.catch_up() + webhooks.deliver_due(AT_ONCE)
