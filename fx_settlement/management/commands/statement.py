"""``manage.py statement parse FILE``: what a bank's statement says, and whether it ties."""

from decimal import Decimal
from typing import Any

from django.core.management.base import CommandParser

from fx_settlement.domain import camt, mt940
from fx_settlement.domain import xml_tree as xml
from fx_settlement.domain.bank_statements import BankStatement, Entry
from fx_settlement.management.json_answer import JsonAnswerCommand, read_bytes


class Command(JsonAnswerCommand):
    help = "Read camt.053, camt.054 or MT940: balances, entries, ties."

    def add_arguments(self, parser: CommandParser) -> None:
        parse = parser.add_subparsers(dest="step", required=True).add_parser("parse")
        parse.add_argument("file")
        parse.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        self.say(lambda: (_answer(read_bytes(options["file"])), True))


def _answer(raw: bytes) -> dict[str, Any]:
    plain = raw.removeprefix(b"\xef\xbb\xbf").lstrip()
    is_xml = plain[:1] == b"<" or plain[:2] in {b"\xff\xfe", b"\xfe\xff"}
    found = camt.statements(xml.parse(raw)) if is_xml else mt940.statements(_text(plain))
    return {"statements": [_said(one) for one in found]}


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


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
