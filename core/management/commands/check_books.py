"""Checks every law of the books; exit 1 names the first that does not hold."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import invariants


class Command(BaseCommand):
    help = "Check every invariant of ledger, stock, customs book and fact log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")
        parser.add_argument("--only", default="", help="names that start with this")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = invariants.check_all(only=options["only"])
        broken = [finding for finding in findings if not finding.holds]
        if options["json"]:
            self.stdout.write(
                json.dumps(invariants.as_json(findings), ensure_ascii=False, indent=1)
            )
        else:
            for finding in findings:
                mark = "holds" if finding.holds else "BROKEN"
                self.stdout.write(f"{mark:6}  {finding.name}: {finding.sentence}")
        if broken:
            first = broken[0]
            self.stderr.write(f"{first.name} does not hold: {first.violations[0]}")
            raise SystemExit(1)
