"""What came from the bank, as the operator's pages show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from core.models import Party
from fx_settlement.models import (
    AccountStatement,
    BankEntry,
    BankMessage,
    FundingRequest,
    GrantedClaim,
    Payment,
    Refund,
)
from fx_settlement.queries.money import members_of

LATEST = 100


@dataclass(frozen=True)
class MessageRow:
    """A file from the bank."""

    kind: str
    filename: str
    received_at: datetime
    state: str
    fault_code: str
    fault: Mapping[str, str]


@dataclass(frozen=True)
class StatementRow:
    """A statement: believed, or set apart and why."""

    statement_id: int
    account: str
    currency: str
    number: str
    closed_on: date | None
    is_notification: bool
    opening_minor: int | None
    closing_minor: int | None
    state: str
    fault_code: str
    fault: Mapping[str, str]
    entries: int
    in_suspense: int


@dataclass(frozen=True)
class EntryRow:
    """A movement, and what it was matched with."""

    entry_id: int
    value_on: date
    amount_minor: int
    currency: str
    text: str
    references: Mapping[str, str]
    state: str
    rule: str
    doubt: str
    target: str
    resolved_because: str


def message_rows(operator: Party) -> list[MessageRow]:
    """The latest answers from an operator's bank. One query."""
    rows = BankMessage.objects.filter(operator=operator, kind="pain.002").order_by("-pk")
    return [
        MessageRow(*row)
        for row in rows.values_list(
            "kind", "document__filename", "received_at", "state", "fault_code", "fault"
        )[:LATEST]
    ]


def statements_of(operator: Party) -> "QuerySet[AccountStatement]":
    """The statements of an operator's bank: nobody else's are found."""
    return AccountStatement.objects.filter(message__operator=operator)


def statement_rows(operator: Party, *states: str) -> list[StatementRow]:
    """The latest statements in some states, newest first. One query."""
    suspense = Count("entries", filter=Q(entries__state=BankEntry.State.SUSPENSE))
    rows = statements_of(operator).filter(state__in=states).order_by("-pk")
    return [
        StatementRow(*row)
        for row in rows.annotate(count=Count("entries"), open=suspense).values_list(
            "pk",
            "account_number",
            "currency",
            "number",
            "closed_on",
            "is_notification",
            "opening_minor",
            "closing_minor",
            "state",
            "fault_code",
            "fault",
            "count",
            "open",
        )[:LATEST]
    ]


def entries_of(operator: Party) -> "QuerySet[BankEntry]":
    """The movements on an operator's accounts."""
    return BankEntry.objects.filter(statement__message__operator=operator)


def entry_rows(entries: "QuerySet[BankEntry]") -> list[EntryRow]:
    """Movements as they stand in their statements. One query."""
    return [
        EntryRow(*row)
        for row in entries.order_by("statement_id", "place").values_list(
            "pk",
            "value_on",
            "amount_minor",
            "currency",
            "text",
            "references",
            "state",
            "rule",
            "doubt",
            "target",
            "resolved_because",
        )[:1000]
    ]


def target_names(operator: Party, targets: list[str]) -> dict[str, str]:
    """What things that movements belong to are called, by their keys. Six queries at most."""
    ids: dict[str, list[int]] = {}
    for target in targets:
        kind, _, number = target.partition(":")
        ids.setdefault(kind, []).append(int(number or 0))
    wires = Payment.objects.in_bulk([*ids.get("payment", []), *ids.get("fee", [])])
    names = {f"payment:{pk}": wire.reference for pk, wire in wires.items()}
    names |= {f"fee:{pk}": wire.reference for pk, wire in wires.items()}
    for kind, model in (("funding", FundingRequest), ("refund", Refund)):
        rows = model.objects.filter(pk__in=ids.get(kind, [])).values_list("pk", "number")
        names |= {f"{kind}:{pk}": number for pk, number in rows}
    claims = GrantedClaim.objects.filter(pk__in=ids.get("claim", []))
    names |= {f"claim:{pk}": number for pk, number in claims.values_list("pk", "claim__number")}
    if "deposit" in ids:
        names |= {f"deposit:{pk}": name for pk, name in members_of(operator)}
    return names
