"""The ledger: money, limits and guarantees moved by balanced, append-only transfers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, Sum

from core import bulk, clock, tenancy
from core.domain.chart import AccountCode, TransferCode, flags_of
from core.domain.errors import Refusal
from core.models.ledger import CLOSED_MESSAGE, Account, ClosedMonth, Transfer
from core.models.party import Party

_OWN = ("key", "debit_id", "credit_id", "currency", "amount_minor", "code", "memo")
_SHARED = ("group", "kind", "on", "actor", "made_at")
_OVERDRAFT = ("nothing_goes_out_that_did_not_come_in", "nothing_is_taken_back_that_was_not_given")


class Overdrawn(Refusal):
    """Raised when an account that must not be overdrawn would be; holds count."""

    code = "overdrawn"
    reason = "{account} holds too little for {amount_minor} minor units of {currency}."
    remedy = "Pay in, free a hold, or move less."


class SameKeyOtherBody(Refusal):
    """Raised when a key was used before for something else."""

    code = "same-key-other-body"
    reason = "The key “{key}” was already used for something else."
    remedy = "Use a new key for a new request."


class NotHeld(Refusal):
    """Raised when a hold is taken or freed that is not, or no longer, open."""

    code = "not-held"
    reason = "The hold “{key}” is not open for {amount_minor} minor units."
    remedy = "Look up what became of the hold before trying again."


class MonthClosed(Refusal):
    """Raised when something would be posted on a day whose month is closed."""

    code = "month-closed"
    reason = "Nothing is posted on {on} any more: the books are closed until {open_from}."
    remedy = "Post it on a day that is open; set the clock right if it is behind."


@dataclass(frozen=True)
class TransferSpec:
    """A transfer to be made; ``key`` makes it happen once."""

    key: str
    debit: Account
    credit: Account
    amount_minor: int
    code: TransferCode
    memo: str = ""


def account(
    code: AccountCode, currency: str, owner: Party | None = None, subject: str = ""
) -> Account:
    """The account of a code, currency, owner and subject; opened with its flags if new."""
    flags = flags_of(code)
    found, _ = Account.objects.get_or_create(
        code=code,
        currency=currency,
        owner_id=owner.pk if owner else None,
        subject=subject,
        defaults={
            "debits_within_credits": flags.debits_within_credits,
            "credits_within_debits": flags.credits_within_debits,
        },
    )
    return found


def accounts_of(
    code: AccountCode, currency: str, owner_ids: Iterable[int], subject: str = ""
) -> dict[int, Account]:
    """The accounts of many owners, by owner; opened where new. One query where none is."""
    wanted = set(owner_ids)
    rows = Account.objects.filter(
        code=code, currency=currency, owner_id__in=wanted, subject=subject
    )
    found: dict[int, Account] = {row.owner_id: row for row in rows if row.owner_id}
    for owner in Party.objects.filter(pk__in=wanted - found.keys()).order_by("pk"):
        found[owner.pk] = account(code, currency, owner, subject)
    return found


def open_from() -> date | None:
    """The first day on which something may be posted; None while no month is closed."""
    day: date | None = ClosedMonth.objects.aggregate(day=Max("open_from"))["day"]
    return day


def open_day(on: date) -> date:
    """The day on which something of ``on`` is posted: that day, or the first that is open.

    What comes late never changes a month that was told.
    """
    first = open_from()
    return on if first is None else max(on, first)


def transfer(
    *,
    key: str,
    debit: Account,
    credit: Account,
    amount_minor: int,
    code: TransferCode,
    group: str = "",
    memo: str = "",
    on: date | None = None,
) -> Transfer:
    """Move a whole amount from one account to another, once per key.

    Raises:
        Overdrawn: a flagged account would be overdrawn; nothing moved.
        SameKeyOtherBody: the key stands for another transfer.
    """
    spec = TransferSpec(key, debit, credit, amount_minor, code, memo)
    return transfer_many([spec], group=group, on=on)[0]


def transfer_many(
    specs: Sequence[TransferSpec],
    *,
    group: str = "",
    on: date | None = None,
    kind: str = Transfer.Kind.SINGLE,
) -> list[Transfer]:
    """Move many amounts, all or none; a repeated call returns the first call's transfers.

    Of a day whose month is closed it counts on the first open one. A fixed number of queries.

    Raises:
        Overdrawn, SameKeyOtherBody: nothing moved.
        MonthClosed: today itself is closed; the clock is behind.
    """
    known = {row.key: row for row in Transfer.objects.filter(key__in=[s.key for s in specs])}
    for spec in specs:
        if spec.key in known:
            _refuse_if_different(known[spec.key], spec)
    fresh = [spec for spec in specs if spec.key not in known]
    day = clock.today() if on is None else open_day(on)
    shared = (group, kind, day, tenancy.actor(), clock.now())
    known.update((row.key, row) for row in _insert(fresh, shared))
    return [known[spec.key] for spec in specs]


def _insert(specs: Sequence[TransferSpec], shared: tuple[Any, ...]) -> list[Transfer]:
    """Write transfers; ``shared`` are the values of ``_SHARED`` for all of them."""
    rows = [
        (
            spec.key,
            spec.debit.pk,
            spec.credit.pk,
            spec.debit.currency,
            spec.amount_minor,
            str(spec.code),
            spec.memo,
            *shared,
        )
        for spec in specs
    ]
    try:
        with transaction.atomic():
            return bulk.create(Transfer, _OWN + _SHARED, rows)
    except IntegrityError as error:
        if any(name in str(error) for name in _OVERDRAFT):
            raise _overdrawn(specs) from error
        if CLOSED_MESSAGE in str(error):
            raise MonthClosed(on=shared[2].isoformat(), open_from=_iso(open_from())) from error
        raise


def _iso(day: date | None) -> str:
    return day.isoformat() if day else "–"


def _overdrawn(specs: Sequence[TransferSpec]) -> Overdrawn:
    flagged = Q(debits_within_credits=True) | Q(credits_within_debits=True)
    sides = [side.pk for spec in specs for side in (spec.debit, spec.credit)]
    at_risk = Account.objects.filter(flagged, pk__in=sides).order_by("pk").first()
    name = str(at_risk) if at_risk else "An account"
    first = specs[0]
    return Overdrawn(account=name, amount_minor=first.amount_minor, currency=first.debit.currency)


def _refuse_if_different(earlier: Transfer, spec: TransferSpec) -> None:
    same = (
        earlier.debit_id == spec.debit.pk
        and earlier.credit_id == spec.credit.pk
        and earlier.amount_minor == spec.amount_minor
        and earlier.code == spec.code
    )
    if not same:
        raise SameKeyOtherBody(key=spec.key)


def hold(
    *,
    key: str,
    debit: Account,
    credit: Account,
    amount_minor: int,
    code: TransferCode,
    group: str = "",
    memo: str = "",
    on: date | None = None,
) -> Transfer:
    """Set an amount aside; it counts against flags until it is posted or freed.

    Raises:
        Overdrawn: there is not that much to set aside.
    """
    spec = TransferSpec(key, debit, credit, amount_minor, code, memo)
    return transfer_many([spec], group=group, on=on, kind=Transfer.Kind.PENDING)[0]


def post(held: Transfer, *, amount_minor: int | None = None, on: date | None = None) -> Transfer:
    """Take up to what was held; the rest is free again.

    Raises:
        NotHeld: the hold was already freed, or is smaller.
    """
    return _resolve(held, Transfer.Kind.POST, amount_minor or held.amount_minor, on)


def void(held: Transfer, *, on: date | None = None) -> Transfer:
    """Free the whole hold.

    Raises:
        NotHeld: the hold was already posted.
    """
    return _resolve(held, Transfer.Kind.VOID, held.amount_minor, on)


def _resolve(held: Transfer, kind: Transfer.Kind, amount_minor: int, on: date | None) -> Transfer:
    earlier = Transfer.objects.filter(pending=held).first()
    if earlier is not None:
        if earlier.kind == kind and earlier.amount_minor == amount_minor:
            return earlier
        raise NotHeld(key=held.key, amount_minor=amount_minor)
    if held.kind != Transfer.Kind.PENDING or amount_minor > held.amount_minor:
        raise NotHeld(key=held.key, amount_minor=amount_minor)
    resolution = _resolution(held, kind, amount_minor, on)
    resolution.save(force_insert=True)
    return resolution


def _resolution(
    held: Transfer, kind: Transfer.Kind, amount_minor: int, on: date | None
) -> Transfer:
    return Transfer(
        key=f"{held.key}/{kind}",
        group=held.group,
        debit_id=held.debit_id,
        credit_id=held.credit_id,
        currency=held.currency,
        amount_minor=amount_minor,
        kind=kind,
        pending=held,
        code=held.code,
        memo=held.memo,
        on=clock.today() if on is None else open_day(on),
        actor=tenancy.actor(),
        made_at=clock.now(),
    )


def void_group(group: str, *, on: date | None = None) -> int:
    """Free every hold of a group that is still open; how many. Two queries, whatever the number."""
    held = Transfer.objects.filter(
        group=group, kind=Transfer.Kind.PENDING, resolution__isnull=True
    ).order_by("pk")
    freed = [_resolution(each, Transfer.Kind.VOID, each.amount_minor, on) for each in held]
    return len(Transfer.objects.bulk_create(freed))


def balance(of: Account) -> int:
    """What is left on an account in minor units: posted credits less posted debits."""
    row = Account.objects.values_list("credits_posted", "debits_posted").get(pk=of.pk)
    return row[0] - row[1]


def available(of: Account) -> int:
    """The balance less what is held against it."""
    fresh = Account.objects.get(pk=of.pk)
    return fresh.credits_posted - fresh.debits_posted - fresh.debits_pending


def sums_by_code(accounts: Iterable[int], codes: Iterable[str]) -> dict[int, int]:
    """Posted credits less debits of accounts for some reasons only, by account. Two queries."""
    ids, wanted = list(accounts), list(codes)
    done = Transfer.objects.filter(
        code__in=wanted, kind__in=[Transfer.Kind.SINGLE, Transfer.Kind.POST]
    )
    found: dict[int, int] = {}
    for side, sign in (("credit_id", 1), ("debit_id", -1)):
        rows = done.filter(**{f"{side}__in": ids}).order_by().values_list(side)
        for account_id, minor in rows.annotate(Sum("amount_minor")):
            found[account_id] = found.get(account_id, 0) + sign * minor
    return found
