"""Movements on a bank account: matched with what waited for them, or put in suspense."""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from core import facts, ledger
from core.domain.chart import AccountCode, TransferCode
from core.domain.errors import Refusal
from core.models import Account, Party, Pool, User
from fx_settlement.domain.matching import Candidate, Line, Match, Rule, match
from fx_settlement.models import (
    AccountStatement,
    BankEntry,
    FundingRequest,
    GrantedClaim,
    Payment,
    Refund,
)
from fx_settlement.queries import members_of
from fx_settlement.queries.waiting import notices_waiting, targets_waiting
from fx_settlement.services import books
from fx_settlement.services.claims import receive_claim
from fx_settlement.services.funding import fund
from fx_settlement.services.refunds import pay_refund
from fx_settlement.services.requests import receive
from fx_settlement.services.settling import OUTSTANDING, settle_payments

State = BankEntry.State


class ResolvedAlready(Refusal):
    """Raised when a movement is resolved that is not in suspense any more."""

    code = "entry-resolved-already"
    reason = "The movement of {on} is not in suspense any more."
    remedy = "Open the page again and look at what became of it."


class DoesNotFit(Refusal):
    """Raised when a movement is resolved with something that does not wait for such an amount."""

    code = "entry-does-not-fit"
    reason = "The movement of {on} does not fit what was chosen: amount or currency differ."
    remedy = "Choose what waits for exactly this amount, or credit it to whom it belongs."


def book(statement: AccountStatement, lines: Sequence[Line]) -> list[BankEntry]:
    """The movements of an accepted statement, each matched or in suspense.

    What waits is read once for all of them. What a notification told of is confirmed by the
    statement and booked once.
    """
    operator, is_proof = statement.message.operator, not statement.is_notification
    where = (operator, statement.account_number, statement.currency)
    notices = notices_waiting(*where) if is_proof else []
    targets = targets_waiting(*where, is_proof=is_proof)
    made = []
    for place, line in enumerate(lines):
        entry = _entry(statement, place, line, is_proof=is_proof)
        told, found = match(line, notices), match(line, targets)
        if told.candidate is not None:
            made.append(_confirm(entry, told))
            notices.remove(told.candidate)
            continue
        made.append(_decide(entry, found))
        if found.candidate is not None:
            targets = _left(targets, found.candidate, line)
    return made


def _left(targets: list[Candidate], taken: Candidate, line: Line) -> list[Candidate]:
    """What still waits once a movement has found its own; a request may wait for its rest."""
    others = [each for each in targets if each.key != taken.key]
    rest = taken.amount_minor - line.amount_minor
    if taken.takes_any_amount and rest > 0:
        others.append(replace(taken, amount_minor=rest))
    return others


def _entry(statement: AccountStatement, place: int, line: Line, *, is_proof: bool) -> BankEntry:
    return BankEntry(
        statement=statement,
        place=place,
        amount_minor=line.amount_minor,
        currency=line.currency,
        value_on=line.on,
        references=dict(line.references),
        text=line.text[:500],
        is_proof=is_proof,
        state=State.NOTED,
    )


def _confirm(entry: BankEntry, told: Match) -> BankEntry:
    notice = BankEntry.objects.get(pk=_number(told.candidate))
    entry.state, entry.rule = State.CONFIRMED, told.rule or ""
    entry.confirms, entry.target = notice, notice.target
    entry.save()
    return entry


def _number(candidate: Candidate | None) -> int:
    return int(candidate.key.partition(":")[2]) if candidate else 0


def _decide(entry: BankEntry, found: Match) -> BankEntry:
    entry.rule = found.rule or ""
    if found.candidate is not None:
        entry.state, entry.target = State.MATCHED, found.candidate.key
        entry.save()
        _apply(entry, found.candidate.key)
        return entry
    entry.doubt, entry.among = found.doubt or "", list(found.among)
    entry.state = State.SUSPENSE if entry.is_proof else State.NOTED
    entry.save()
    if entry.is_proof:
        _to_suspense(entry)
    return entry


def _apply(entry: BankEntry, target: str) -> None:
    """What follows from a movement; conversions and fees were booked when they were dealt."""
    kind, _, number = target.partition(":")
    reference = f"entry:{entry.pk}"
    if kind == "payment":
        _settle(Payment.objects.select_related("batch__pool").get(pk=number), entry)
    elif kind == "funding":
        request = FundingRequest.objects.get(pk=number)
        receive(request, entry.amount_minor, reference=reference, on=entry.value_on)
    elif kind == "refund":
        pay_refund(Refund.objects.get(pk=number), on=entry.value_on)
    elif kind == "claim":
        granted = GrantedClaim.objects.get(pk=number)
        receive_claim(granted, entry.amount_minor, reference=reference, on=entry.value_on)
    elif kind == "deposit":
        importer, pool = Party.objects.get(pk=number), _pool(entry)
        fund(importer, pool, entry.amount_minor, reference=reference, on=entry.value_on)
    elif kind == "income":
        _to_income(entry)


def _settle(payment: Payment, entry: BankEntry) -> None:
    own = entry.references.get(Rule.BANK_REFERENCE, "")[:35]
    if own and not payment.bank_reference:
        Payment.objects.filter(pk=payment.pk).update(bank_reference=own)
    if payment.state in OUTSTANDING:
        settle_payments(payment.batch, [payment.pk], on=entry.value_on)


def _pool(entry: BankEntry) -> Pool:
    account = entry.statement.account
    if account is None:
        raise DoesNotFit(on=entry.value_on)
    return account.pool


def suspense(entry: BankEntry) -> Account:
    """Where a movement stands that belongs to nothing yet."""
    account = entry.statement.account_id
    return ledger.account(AccountCode.SUSPENSE, entry.currency, None, f"account:{account}")


def _to_suspense(entry: BankEntry) -> None:
    bank = books.bank(entry.currency)
    _move(entry, "suspense", debit=bank, credit=suspense(entry))


def _to_income(entry: BankEntry) -> None:
    """A charge or interest that is the operator's own."""
    bank = books.bank(entry.currency)
    _move(entry, "income", debit=bank, credit=books.operator_income(_pool(entry)))


def _move(entry: BankEntry, what: str, *, debit: Account, credit: Account) -> None:
    key = f"fx.entry:{entry.pk}"
    specs = books.move(
        f"{key}/{what}",
        debit=debit,
        credit=credit,
        amount_minor=entry.amount_minor,
        code=TransferCode.SUSPENSE,
    )
    ledger.transfer_many(list(specs), group=key, on=entry.value_on)


@transaction.atomic
def resolve(entry: BankEntry, target: str, *, by: User, because: str = "") -> BankEntry:
    """Say by hand what a movement in suspense belongs to, such as ``payment:12``.

    Also ``deposit:7``: credited to an importer; ``income:0``: the operator's own, as a charge.

    Raises:
        ResolvedAlready: somebody was faster.
        DoesNotFit: what was chosen does not wait for this amount in this currency.
    """
    entry.refresh_from_db(from_queryset=BankEntry.objects.select_for_update())
    if entry.state != State.SUSPENSE:
        raise ResolvedAlready(on=entry.value_on)
    if target not in choices_for(entry):
        raise DoesNotFit(on=entry.value_on)
    _move(entry, "cleared", debit=suspense(entry), credit=books.bank(entry.currency))
    entry.state, entry.target, entry.rule = State.RESOLVED, target, Rule.BY_HAND
    entry.resolved_by, entry.resolved_because = by, because[:200]
    entry.save()
    _apply(entry, target)
    data = {"entry": entry.pk, "target": target}
    facts.append("fx.entry.resolved", subject=f"entry:{entry.pk}", data=data)
    return entry


def choices_for(entry: BankEntry) -> list[str]:
    """What a movement in suspense may be resolved with: all that waits for such an amount.

    Money in may be any member's deposit; either way it may be the operator's own.
    """
    statement = entry.statement
    line = line_of(entry)
    waiting = targets_waiting(
        statement.message.operator, statement.account_number, entry.currency, is_proof=True
    )
    found = [each.key for each in waiting if each.takes(line)]
    if entry.currency == books.HOME:
        if entry.amount_minor > 0:
            found += [f"deposit:{pk}" for pk, _ in members_of(statement.message.operator)]
        found.append("income:0")
    return found


def line_of(entry: BankEntry) -> Line:
    """A stored movement as the rules of matching read it."""
    return Line(entry.amount_minor, entry.currency, entry.value_on, entry.references, entry.text)
