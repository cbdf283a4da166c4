"""What a bank's statement must be before it is believed: known, whole, tied, next in line, new."""

import hashlib
import json
from collections.abc import Set
from dataclasses import dataclass
from decimal import Decimal

from core.domain.errors import Refusal
from fx_settlement.domain.bank_statements import BankStatement


class AccountUnknown(Refusal):
    """Raised for a statement of an account that no pool has."""

    code = "statement-of-unknown-account"
    reason = "No pool of yours has the account {account} in {currency}."
    remedy = "Enter the account under Payments, Accounts, then try the statement again."


class BalancesMissing(Refusal):
    """Raised for a statement without opening and closing balance."""

    code = "statement-without-balances"
    reason = "Statement {number} gives no opening or no closing balance."
    remedy = "Ask the bank for the statement at the end of the day."


class DoesNotTie(Refusal):
    """Raised for a statement whose movements do not lead from its opening to its closing."""

    code = "statement-does-not-tie"
    reason = "Statement {number} is off by {difference} {currency} against its own balances."
    remedy = "Ask the bank for a complete statement; nothing of this one was booked."


class GapBefore(Refusal):
    """Raised for a statement that does not open where the last one closed."""

    code = "statement-after-a-gap"
    reason = "Statement {number} opens with {opening} {currency}, the last closed with {closing}."
    remedy = "Read in the statement that is missing between; this one follows by itself."


class SeenBefore(Refusal):
    """Raised for a statement that was read in before, perhaps in another file."""

    code = "statement-seen-before"
    reason = "Statement {number} of account {account} was booked already."
    remedy = "Nothing is to be done: it is booked once."


@dataclass(frozen=True)
class Known:
    """What is known of an account: where its last statement closed, and which are booked."""

    closing: Decimal | None
    fingerprints: Set[str]


def fingerprint(statement: BankStatement) -> str:
    """64 hexadecimal digits by which a statement is known again, whatever file it comes in."""
    content = [
        statement.account,
        statement.currency,
        statement.number,
        statement.on,
        str(statement.opening),
        str(statement.closing),
        [[str(e.amount), e.value_date, sorted(e.references.items())] for e in statement.entries],
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def judge(statement: BankStatement, known: Known | None) -> Refusal | None:
    """Why a statement is not believed, or nothing; ``known`` is None for an unknown account.

    A first statement opens an account's books with whatever balance it states.
    """
    number, currency = statement.number or "–", statement.currency
    if known is None:
        return AccountUnknown(account=statement.account or "–", currency=currency or "–")
    if fingerprint(statement) in known.fingerprints:
        return SeenBefore(number=number, account=statement.account)
    if statement.opening is None or statement.closing is None:
        return BalancesMissing(number=number)
    if not statement.ties():
        gap = str(statement.difference())
        return DoesNotTie(number=number, difference=gap, currency=currency)
    if known.closing is not None and statement.opening != known.closing:
        return GapBefore(
            number=number,
            opening=str(statement.opening),
            closing=str(known.closing),
            currency=currency,
        )
    return None
