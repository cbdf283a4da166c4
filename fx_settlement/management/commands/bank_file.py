"""``manage.py bank_file check FILE``: what a bank would refuse in a payment file."""

from typing import Any

from django.core.management.base import CommandParser

from fx_settlement.domain import bank_file, value_dates
from fx_settlement.management.json_answer import JsonAnswerCommand, read_bytes


class Command(JsonAnswerCommand):
    help = "Check a pain.001 file; without --on no day is judged."

    def add_arguments(self, parser: CommandParser) -> None:
        check = parser.add_subparsers(dest="step", required=True).add_parser("check")
        check.add_argument("file")
        check.add_argument("--on", help="YYYY-MM-DD")
        check.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        self.say(lambda: _answer(options["file"], options["on"]))


def _answer(name: str, on: str | None) -> tuple[dict[str, Any], bool]:
    day = value_dates.parse_day(on) if on is not None else None
    issues = [
        {"code": i.code, "path": i.path, "value": i.value, "remedy": i.remedy}
        for i in bank_file.check(read_bytes(name), day)
    ]
    return {"ok": not issues, "issues": issues}, not issues
