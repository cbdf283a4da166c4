"""The embedded worker: drains the job table, keeps the fact log in order and its readers fed."""

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import facts, jobs, webhooks

IDLE_SECONDS = 0.5
AT_ONCE = 5


class Command(BaseCommand):
    help = "Run background jobs and the sequencer until told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when nothing is left to do")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()

        def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, ask_to_stop)
            signal.signal(signal.SIGINT, ask_to_stop)
        while not stop.is_set():
            did = sum(jobs.run(job_id) for job_id in jobs.due())
            did += facts.sequence() + facts.catch_up() + webhooks.deliver_due(AT_ONCE)
            if options["once"] and not did:
                return
            if not did:
                stop.wait(IDLE_SECONDS)
