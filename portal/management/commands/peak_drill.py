"""Drill the busiest day before it comes: does the intake bear it, and on how many cores?"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.translation import gettext as _

from core.domain.errors import Refusal
from portal.demo.database import make_tables
from portal.drill.running import DatabaseNotEmpty, DrillReport, ScaleOutOfRange, run

MOST_IMPORTERS = 40


class Command(BaseCommand):
    """Takes a day of 600,000 orders at a scale, in a database of its own that is dropped after."""

    help = "Drill a day of 600,000 orders with a burst of 140 a second, in a scratch database"
    requires_system_checks: Any = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Scale, importers, cores, database, and how to report."""
        parser.add_argument("--scale", type=float, default=0.001, help="part of the day (0.001)")
        parser.add_argument("--importers", type=int, default=8, help="who sends the orders (8)")
        parser.add_argument(
            "--cores", type=int, default=os.cpu_count() or 1, help="cores that share the day"
        )
        parser.add_argument("--database", help="an empty database as a URL; else a SQLite file")
        parser.add_argument("--json", action="store_true", help="report as JSON")
        parser.add_argument("--inside", action="store_true", help="work in the database given")

    def handle(self, **options: Any) -> None:
        """Run the drill in a process of its own; exit 1 when an order was lost or doubled."""
        try:
            self._run(options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None

    def _run(self, options: dict[str, Any]) -> None:
        if not 0.0001 <= options["scale"] <= 1:
            raise ScaleOutOfRange(scale=options["scale"])
        if options["inside"]:
            self._inside(options)
        else:
            sys.exit(_apart(options))

    def _inside(self, options: dict[str, Any]) -> None:
        tables = connection.introspection.table_names()
        if tables:
            raise DatabaseNotEmpty(tables=len(tables))
        make_tables()
        report = run(
            scale=options["scale"],
            importers=min(max(options["importers"], 2), MOST_IMPORTERS),
            cores=max(options["cores"], 1),
        )
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lines(report)))
        if not report.holds:
            sys.exit(1)


def _apart(options: dict[str, Any]) -> int:
    """The drill in a process with a database, keys and documents that nothing else knows."""
    with tempfile.TemporaryDirectory(prefix="bondpool-drill-") as folder:
        environment = {
            **os.environ,
            "DATABASE_URL": options["database"] or f"sqlite:///{folder}/drill.sqlite3",
            "BONDPOOL_KEYS": f"{folder}/keys",
            "BONDPOOL_DOCUMENTS": f"{folder}/documents",
        }
        said = ["scale", "importers", "cores"]
        command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "peak_drill"]
        command += [f"--{name}={options[name]}" for name in said]
        command += ["--inside", *(["--json"] if options["json"] else [])]
        return subprocess.run(command, env=environment, check=False).returncode


def _lines(report: DrillReport) -> list[str]:
    """The report for people."""
    verdict = _("The day is borne.") if report.holds else _("The day is not borne.")
    figures = [
        (_("Orders"), f"{report.orders:,} ({report.scale:g}), {report.repeats} × 2"),
        (_("Lost, doubled"), f"{report.lost}, {report.doubled}"),
        (_("Orders a second and core"), f"{report.per_second_and_core:,} ({report.database})"),
        (_("Cores for the mean"), f"{report.cores_for_the_mean} ({report.mean_per_second}/s)"),
        (_("Cores for the burst"), f"{report.cores_for_the_burst} ({report.burst_per_second}/s)"),
        (_("Longest queue"), f"{report.longest_backlog:,} ({report.cores} CPU)"),
        (_("Burst absorbed after"), f"{report.emptied_after_burst_seconds:,.0f} s"),
        (_("Laws broken"), ", ".join(report.broken_laws) or "0"),
    ]
    waits = [
        f"  {row.code:<14} {row.orders:>8,}  {row.usual_wait:>8.1f} s  {row.longest_wait:>8.1f} s"
        for row in report.importers
    ]
    heading = _("Importer: orders, usual wait, longest wait")
    return [verdict, *(f"{name}: {value}" for name, value in figures), heading, *waits]
