"""Statements from the bank: judged one by one, booked in their order, or set apart and why."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from core import clock, documents, facts
from core.domain.errors import Refusal
from core.domain.trade import from_minor, to_minor
from core.models import Party
from fx_settlement.domain import bank_papers
from fx_settlement.domain.bank_statements import BankStatement, Entry
from fx_settlement.domain.matching import Line
from fx_settlement.domain.statement_gate import (
    GapBefore,
    Known,
    SeenBefore,
    fingerprint,
    judge,
)
from fx_settlement.models import AccountStatement, BankAccount, BankMessage
from fx_settlement.services.entries import book

State = AccountStatement.State


class NotSetApart(Refusal):
    """Raised when a statement is tried again or dismissed that is not set apart."""

    code = "statement-not-set-apart"
    reason = "Statement {number} is not set apart any more."
    remedy = "Open the page again and look at what became of it."


def take_statements(
    message: BankMessage, statements: Sequence[BankStatement], *, is_notification: bool
) -> list[AccountStatement]:
    """Judge a file's statements in turn; book those that are believed, set the others apart."""
    return [
        _take(message, place, statement, is_notification=is_notification)
        for place, statement in enumerate(statements)
    ]


def _take(
    message: BankMessage, place: int, statement: BankStatement, *, is_notification: bool
) -> AccountStatement:
    row = AccountStatement.objects.create(
        message=message,
        place=place,
        account_number=statement.account[:40],
        currency=statement.currency[:3],
        number=statement.number[:40],
        closed_on=_day(statement.on),
        is_notification=is_notification,
        fingerprint=fingerprint(statement),
        state=State.QUARANTINED,
    )
    _judge(row, statement)
    return row


@transaction.atomic
def try_again(row: AccountStatement) -> AccountStatement:
    """Judge a statement anew that was set apart, as its file says it.

    Raises:
        NotSetApart: it was booked or dismissed meanwhile.
    """
    row.refresh_from_db(from_queryset=AccountStatement.objects.select_for_update())
    if row.state != State.QUARANTINED:
        raise NotSetApart(number=row.number or "–")
    paper = bank_papers.read(documents.content(row.message.document))
    _judge(row, paper.statements[row.place])
    return row


@transaction.atomic
def dismiss(row: AccountStatement) -> AccountStatement:
    """Say that a statement that was set apart is of no use; nothing of it is booked.

    Raises:
        NotSetApart: it was booked meanwhile.
    """
    row.refresh_from_db(from_queryset=AccountStatement.objects.select_for_update())
    if row.state == State.DISMISSED:
        return row
    if row.state != State.QUARANTINED:
        raise NotSetApart(number=row.number or "–")
    row.state = State.DISMISSED
    row.save(update_fields=["state"])
    data = {"statement": row.pk}
    facts.append("fx.statement.dismissed", subject=f"statement:{row.pk}", data=data)
    return row


def _judge(row: AccountStatement, statement: BankStatement) -> None:
    row.account = _account(row.message.operator, statement)
    try:
        fault = _fault(row, statement)
        lines = [] if fault else list(_lines(statement, row))
    except Refusal as unreadable:
        fault, lines = unreadable, []
    if fault is not None:
        _set_apart(row, fault)
        return
    _accept(row, statement)
    book(row, lines)
    _let_follow(row)


def _fault(row: AccountStatement, statement: BankStatement) -> Refusal | None:
    if row.account is None:
        return judge(statement, None)
    known = _known(row, statement)
    if not row.is_notification:
        return judge(statement, known)
    is_seen = row.fingerprint in known.fingerprints
    return SeenBefore(number=row.number or "–", account=row.account_number) if is_seen else None


def _account(operator: Party, statement: BankStatement) -> BankAccount | None:
    """The newest account of an operator's pools with that number and currency."""
    number = statement.account.replace(" ", "").upper()
    found = BankAccount.objects.filter(
        pool__operator=operator, number=number, currency=statement.currency
    )
    return found.select_related("pool").order_by("-is_active", "-pk").first()


def _known(row: AccountStatement, statement: BankStatement) -> Known:
    booked = _booked(row)
    seen = booked.filter(fingerprint=row.fingerprint).values_list("fingerprint", flat=True)
    last = _last(row)
    closing = None
    if last is not None and last.closing_minor is not None:
        closing = from_minor(last.closing_minor, statement.currency)
    return Known(closing, frozenset(seen))


def _booked(row: AccountStatement) -> "QuerySet[AccountStatement]":
    return AccountStatement.objects.filter(
        message__operator=row.message.operator_id,
        account_number=row.account_number,
        currency=row.currency,
        state=State.ACCEPTED,
    )


def _last(row: AccountStatement) -> AccountStatement | None:
    """The statement of an account that none follows yet."""
    chain = _booked(row).filter(is_notification=False, followed_by__isnull=True)
    found: AccountStatement | None = chain.order_by("-pk").first()
    return found


def _accept(row: AccountStatement, statement: BankStatement) -> None:
    row.follows = None if row.is_notification else _last(row)
    row.opening_minor = _minor(statement.opening, statement.currency)
    row.closing_minor = _minor(statement.closing, statement.currency)
    row.state, row.fault_code, row.fault = State.ACCEPTED, "", {}
    row.save()
    data = {
        "statement": row.pk,
        "account": row.account_id,
        "currency": row.currency,
        "closing_minor": row.closing_minor,
    }
    facts.append("fx.statement.accepted", subject=f"statement:{row.pk}", data=data)


def _set_apart(row: AccountStatement, fault: Refusal) -> None:
    is_new = not row.fault_code
    row.fault_code, row.fault = fault.code, {name: str(v) for name, v in fault.params.items()}
    row.save()
    if is_new:
        data = {"statement": row.pk, "code": fault.code}
        facts.append("fx.statement.set_apart", subject=f"statement:{row.pk}", data=data)


def _let_follow(row: AccountStatement) -> None:
    """What waited only for this statement is judged again."""
    waiting = AccountStatement.objects.filter(
        message__operator=row.message.operator_id,
        account_number=row.account_number,
        currency=row.currency,
        state=State.QUARANTINED,
        fault_code=GapBefore.code,
    )
    for each in waiting.order_by("closed_on", "pk"):
        each.refresh_from_db()
        if each.state == State.QUARANTINED:
            try_again(each)


def _minor(amount: Decimal | None, currency: str) -> int | None:
    return None if amount is None else to_minor(amount, currency)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _lines(statement: BankStatement, row: AccountStatement) -> Iterator[Line]:
    """Booked movements in minor units, one for each payment that the bank names apart."""
    for entry in statement.entries:
        if entry.status == "BOOK":
            yield from _parts(entry, _day(entry.value_date) or _day(entry.booked) or _fallback(row))


def _fallback(row: AccountStatement) -> date:
    return row.closed_on or clock.today()


def _parts(entry: Entry, on: date) -> Iterable[Line]:
    parts = entry.parts or (entry,)
    for part in parts:
        minor = to_minor(part.amount, entry.currency)
        references = {**entry.references, **part.references} if entry.parts else entry.references
        text = f"{entry.text} {part.text}".strip() if entry.parts else entry.text
        if minor:
            yield Line(minor, entry.currency, on, references, text)
