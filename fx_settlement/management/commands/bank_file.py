"""``manage.py bank_file``: a payment file checked as a bank would, or made from a batch."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from core import tenancy
from fx_settlement import services
from fx_settlement.domain import bank_file, pain001, value_dates
from fx_settlement.management.json_answer import JsonAnswerCommand, read_bytes


class Command(JsonAnswerCommand):
    help = "Check a pain.001 file (without --on no day is judged), or build a batch's file."

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        check = steps.add_parser("check")
        check.add_argument("file")
        check.add_argument("--on", help="YYYY-MM-DD")
        check.add_argument("--json", action="store_true")
        build = steps.add_parser("build")
        build.add_argument("--batch", required=True, help="such as SB-2026-000001")
        build.add_argument("--version", default=pain001.DEFAULT_VERSION, help="03, 09 or 11")
        build.add_argument("--out", required=True)
        build.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["step"] == "check":
            self.say(lambda: _checked(options["file"], options["on"]))
        else:
            self.say(lambda: _built(options["batch"], options["version"], options["out"]))


def _checked(name: str, on: str | None) -> tuple[dict[str, Any], bool]:
    day = value_dates.parse_day(on) if on is not None else None
    issues = [
        {"code": i.code, "path": i.path, "value": i.value, "remedy": i.remedy}
        for i in bank_file.check(read_bytes(name), day)
    ]
    return {"ok": not issues, "issues": issues}, not issues


def _built(number: str, version: str, out: str) -> tuple[dict[str, Any], bool]:
    with tenancy.as_operator("bank_file build"):
        kept, content = services.payment_file_of(number, version)
    Path(out).write_bytes(content)
    return {"ok": True, "file": out, "sha256": kept.sha256, "bytes": kept.size}, True
