"""``manage.py settle_scenario``: what other cycles of converting and paying would have cost."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.management.base import CommandParser

from core import tenancy
from core.models import Pool
from fx_settlement import services
from fx_settlement.domain import value_dates
from fx_settlement.domain.rate_files import EuroRates, read
from fx_settlement.domain.rate_history import Cycle
from fx_settlement.domain.scenario import CHOICES, Choice, Outcome, Scenario
from fx_settlement.management.json_answer import JsonAnswerCommand, read_bytes

CYCLES = [cycle.value for cycle in Cycle]


class Command(JsonAnswerCommand):
    help = (
        "Play a pool's own obligations again over a window of rate history: fees, margin, and "
        "drift with its spread, for each way of converting and paying."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pool", help="code; without it the pool that owed last")
        parser.add_argument("--from", dest="first", help="YYYY-MM-DD")
        parser.add_argument("--to", dest="last", help="YYYY-MM-DD")
        parser.add_argument("--rates", metavar="FILE", help="ECB history, CSV or ZIP")
        parser.add_argument("--convert", choices=CYCLES, help="one more choice beside the usual")
        parser.add_argument("--pay", choices=CYCLES, help="how often that choice pays")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"]:
            self.say(lambda: (as_json(*_played(options)), True))
        else:
            self.tell(lambda: as_text(*_played(options)))


def _played(options: dict[str, Any]) -> tuple[Pool, Scenario]:
    euro = read(read_bytes(options["rates"])) if options["rates"] else None
    first, last = _window(options, euro)
    with tenancy.as_operator("settle_scenario"):
        pool = services.pool_to_replay(options["pool"] or "")
        return pool, services.play_scenario(
            pool, first, last, euro=euro, choices=_choices(options["convert"], options["pay"])
        )


def _window(options: dict[str, Any], euro: EuroRates | None) -> tuple[date, date]:
    first, last = services.default_window(euro)
    if options["first"] is not None:
        first = value_dates.parse_day(options["first"])
    if options["last"] is not None:
        last = value_dates.parse_day(options["last"])
    return first, last


def _choices(convert: str | None, pay: str | None) -> Sequence[Choice]:
    if convert is None and pay is None:
        return CHOICES
    own = Choice(Cycle(convert or pay or ""), Cycle(pay or convert or ""))
    return CHOICES if own in CHOICES else (*CHOICES, own)


def as_json(pool: Pool, played: Scenario) -> dict[str, Any]:
    """A scenario as one object; amounts in fen, basis points as text."""
    return {
        "pool": pool.code,
        "from": played.first.isoformat(),
        "to": played.last.isoformat(),
        "orders": played.orders,
        "left_out": played.left_out,
        "choices": [_outcome(played, outcome) for outcome in played.outcomes],
    }


def _outcome(played: Scenario, outcome: Outcome) -> dict[str, Any]:
    return {
        "convert": outcome.choice.convert.value,
        "pay": outcome.choice.pay.value,
        "value_minor": outcome.value_minor,
        "conversions": outcome.conversions,
        "wires": outcome.wires,
        "fee_minor": outcome.fee_minor,
        "fee_bps": str(outcome.fee_bps),
        "margin_minor": outcome.margin_minor,
        "margin_bps": str(outcome.margin_bps),
        "saved_minor": played.saved_minor(outcome),
        "saved_bps": str(outcome.bps(played.saved_minor(outcome))),
        "drift_minor": outcome.drift_minor,
        "drift_bps": str(outcome.drift_bps),
        "drift_sd_bps": str(outcome.drift_sd_bps),
        "drift_p99_bps": str(outcome.drift_p99_bps),
        "importer_year_sd_bps": str(outcome.year_sd_bps),
        "wait_days": str(outcome.wait_days),
        "worst_month": outcome.worst.month.isoformat()[:7],
        "worst_month_drift_minor": outcome.worst.drift_minor,
        "worst_month_drift_bps": str(outcome.worst.drift_bps),
    }


HEAD = (
    f"{'convert':<10}{'pay':<10}{'wires':>8}{'fees':>8}{'margin':>8}{'saved':>8}  |"
    f"{'drift':>8}{'sd':>8}{'p99':>8}{'year sd':>9}{'wait':>7}  worst month"
)
FOOT = (
    "Saved: fees and margin beside every order by itself. Drift is what rates did meanwhile: "
    "above zero it cost, and it is in no saving."
)


def as_text(pool: Pool, played: Scenario) -> str:
    """A scenario as a table; what is certain stands left of the line, what is luck right of it."""
    title = (
        f"{pool.code}, {played.first} to {played.last}: {played.orders:,} orders replayed, "
        f"{played.left_out:,} left out; basis points of what was owed"
    )
    rows = (_line(played, outcome) for outcome in played.outcomes)
    return "\n".join([title, HEAD, *rows, FOOT])


def _line(played: Scenario, each: Outcome) -> str:
    saved = each.bps(played.saved_minor(each))
    return (
        f"{each.choice.convert.value:<10}{each.choice.pay.value:<10}{each.wires:>8,}"
        f"{each.fee_bps:>8}{each.margin_bps:>8}{saved:>8}  |{each.drift_bps:>8}"
        f"{each.drift_sd_bps:>8}{each.drift_p99_bps:>8}{each.year_sd_bps:>9}{each.wait_days:>7}  "
        f"{each.worst.month:%Y-%m} {each.worst.drift_bps:+}"
    )
