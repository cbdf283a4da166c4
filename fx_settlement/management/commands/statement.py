"""``manage.py statement parse FILE``: what a bank's statement says, and whether it ties."""

from decimal import Decimal
from typing import Any

from django.core.management.base import CommandParser

from fx_settlement.domain import bank_papers
from fx_settlement.domain.bank_statements import BankStatement, Entry
from fx_settlement.domain.pain002 import StatusReport
from fx_settlement.management.json_answer import JsonAnswerCommand, read_bytes


class Command(JsonAnswerCommand):
    help = "Read camt.053, camt.054, MT940 or pain.002: balances, entries, ties; answers."

    def add_arguments(self, parser: CommandParser) -> None:
        parse = parser.add_subparsers(dest="step", required=True).add_parser("parse")
        parse.add_argument("file")
        parse.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        self.say(lambda: (_answer(read_bytes(options["file"])), True))


def _answer(raw: bytes) -> dict[str, Any]:
    paper = bank_papers.read(raw)
    said: dict[str, Any] = {"statements": [_said(one) for one in paper.statements]}
    if paper.report is not None:
        said["report"] = _reported(paper.report)
    return said


def _reported(report: StatusReport) -> dict[str, Any]:
    payments = [
        {"status": one.status, "reason": one.reason, "references": one.references}
        for one in report.payments
    ]
    return {
        "id": report.message,
        "answers": report.original,
        "status": report.status,
        "payments": payments,
    }


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")


def _said(one: BankStatement) -> dict[str, Any]:
    return {
        "id": one.number,
        "account": one.account,
        "currency": one.currency,
        "opening": _plain(one.opening),
        "closing": _plain(one.closing),
        "entries": [_entry(entry) for entry in one.entries],
        "ties": one.ties(),
        "difference": _plain(one.difference()),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "amount": _plain(entry.amount),
        "currency": entry.currency,
        "credit_debit": "DBIT" if entry.amount < 0 else "CRDT",
        "booking_date": entry.booked,
        "value_date": entry.value_date,
        "status": entry.status,
        "references": entry.references,
        "text": entry.text,
    }
