"""Plays a simulated pool year into a database of its own, then serves it."""

import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.domain.errors import Refusal
from portal import serving
from portal.demo import database
from portal.demo.figures import Outcome, outcome_from, report
from portal.demo.journal import Journal
from portal.demo.state import YearPlan
from portal.demo.year import play


class Command(BaseCommand):
    help = (
        "Play a simulated pool year into var/demo.sqlite3 and serve it on 127.0.0.1:8000. "
        "A second start serves the year that is there."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fresh", action="store_true", help="play the year anew")
        parser.add_argument("--no-serve", action="store_true", help="stop after the year")
        parser.add_argument("--port", type=int, default=8000, help="serve on this port (8000)")
        parser.add_argument("--json", metavar="FILE", help="write the figures to a file")
        parser.add_argument("--year", type=int, default=2025, help="the pool year (2025)")
        parser.add_argument("--seed", type=int, default=1, help="same seed, same figures (1)")
        parser.add_argument("--scale", type=int, default=6, help="demand per sample unit (6)")

    def handle(self, *args: Any, **options: Any) -> None:
        place = database.Place(Path(settings.VAR_DIR).resolve())
        environment = place.environment(os.environ)
        if any(os.environ.get(name) != value for name, value in environment.items()):
            os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606
        address = serving.Address(port=options["port"])
        try:
            if not options["no_serve"]:
                serving.refuse_if_taken(address)
            outcome = self._outcome(place, options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        if options["json"]:
            text = json.dumps(outcome.figures.as_json(), indent=1)
            Path(options["json"]).write_text(text + "\n", encoding="utf-8")
        if outcome.figures.invariants_broken:
            raise CommandError("a law of the books is broken; nothing is served")
        if not options["no_serve"]:
            database.bring_up_to_date()
            lines = serving.commands(address)
            sys.exit(serving.serve(lines, ready=lambda: self._tell_ready(outcome, address)))

    def _outcome(self, place: database.Place, options: dict[str, Any]) -> Outcome:
        kept = None if options["fresh"] else database.made_summary(place)
        if kept is not None:
            outcome = outcome_from(kept)
            self._print(report(outcome, None, ()))
            self.stdout.write("\nSign-ins were shown when the year was played; --fresh makes new.")
            return outcome
        return self._play(place, options)

    def _play(self, place: database.Place, options: dict[str, Any]) -> Outcome:
        database.start_afresh(place)
        journal = Journal(tell=lambda line: self.stderr.write(line))
        with journal.stage("Database made", "tables"):
            database.write_fast()
            database.make_tables()
        plan = YearPlan(year=options["year"], seed=options["seed"], scale=options["scale"])
        outcome, sign_ins = play(plan, journal)
        outcome.stages = journal.table()
        database.keep_summary(place, outcome.as_json())
        self._print(report(outcome, journal, sign_ins))
        return outcome

    def _print(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.stdout.write(line)

    def _tell_ready(self, outcome: Outcome, address: serving.Address) -> None:
        self.stdout.write(f"\nServing {address} (Ctrl-C ends it)")
        if outcome.code:
            trace = f"{address}/t/{outcome.code}"
            self.stdout.write(f"Trace a unit that a simulated buyer received: {trace}")
            drawn = io.StringIO()
            segno.make(trace, micro=False).terminal(out=drawn, compact=True)
            self.stdout.write(drawn.getvalue())
