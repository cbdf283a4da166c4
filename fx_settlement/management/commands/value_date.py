"""``manage.py value_date``: the day on which a currency bought today arrives."""

from typing import Any

from django.core.management.base import CommandParser

from fx_settlement.domain import value_dates
from fx_settlement.management.json_answer import JsonAnswerCommand


class Command(JsonAnswerCommand):
    help = "The value date of a trade, on days that all banks concerned are open."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--currency", required=True)
        parser.add_argument("--trade", required=True, help="YYYY-MM-DD")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        self.say(lambda: (_answer(options["currency"], options["trade"]), True))


def _answer(currency: str, trade: str) -> dict[str, Any]:
    found = value_dates.value_date(currency.strip().upper(), value_dates.parse_day(trade.strip()))
    return {
        "currency": found.currency,
        "trade": found.trade.isoformat(),
        "value_date": found.on.isoformat(),
        "calendars": list(found.calendars),
        "skipped": [{"date": s.on.isoformat(), "why": list(s.why)} for s in found.skipped],
        "warnings": [_warning(year) for year in found.unannounced],
    }


def _warning(year: int) -> dict[str, Any]:
    text = f"China's days off in {year} are not announced yet: only statutory days are known."
    return {"code": "calendar-not-announced", "year": year, "text": text}
