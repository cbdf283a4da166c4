"""Money in and out: an importer's account, what it is asked for, and what goes back to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from core.domain.chart import AccountCode
from core.models import Account, Party, Pool, Transfer
from fx_settlement.models import FeeInvoice, FundingRequest, GrantedClaim, Obligation, Refund

LATEST = 60
"""Movements, and requests that are open no more, that a page shows."""

MOST_OPEN = 500


@dataclass(frozen=True)
class EscrowMovement:
    """A movement on an importer's account, signed, with what was left after it, in fen."""

    on: date
    code: str
    amount_minor: int
    left_minor: int
    key: str
    transfer_id: int


@dataclass(frozen=True)
class Escrow:
    """An importer's account in a pool: what stands on it and what of it is set aside, in fen."""

    pool: str
    pool_zh: str
    balance_minor: int
    held_minor: int
    movements: tuple[EscrowMovement, ...]

    @property
    def free_minor(self) -> int:
        """What may be used now."""
        return self.balance_minor - self.held_minor


@dataclass(frozen=True)
class RequestRow:
    """What an importer was asked to pay in; ``about``: the batch or the late charge it is for."""

    request_id: int
    number: str
    importer: str
    kind: str
    amount_minor: int
    paid_minor: int
    missing_minor: int
    due_on: date
    state: str
    late_since: date | None
    about: str | None


@dataclass(frozen=True)
class RefundRow:
    """Money that goes back to an importer."""

    refund_id: int
    number: str
    importer: str
    amount_minor: int
    because: str
    state: str
    asked_by_id: int
    asked_by: str
    approved_by: str | None
    paid_on: date | None


def escrows_of(importer: Party, *, most: int | None = LATEST) -> list[Escrow]:
    """An importer's accounts, newest pool first, with their latest movements. 2 + pools queries.

    Without ``most``, with every movement.
    """
    accounts = Account.objects.filter(code=AccountCode.ESCROW, owner=importer)
    by_subject = {account.subject: account for account in accounts}
    pools = {f"pool:{pool.pk}": pool for pool in Pool.objects.order_by("-year", "pk")}
    return [
        _escrow(pool, by_subject[subject], most)
        for subject, pool in pools.items()
        if subject in by_subject
    ]


def _escrow(pool: Pool, account: Account, most: int | None) -> Escrow:
    balance = account.credits_posted - account.debits_posted
    return Escrow(
        pool.name,
        pool.name_zh,
        balance,
        account.debits_pending,
        tuple(_movements(account, balance, most)),
    )


def _movements(account: Account, balance: int, most: int | None) -> Iterable[EscrowMovement]:
    """The latest movements, newest first, each with the balance after it."""
    mine = Transfer.objects.filter(Q(debit=account) | Q(credit=account))
    done = mine.filter(kind__in=[Transfer.Kind.SINGLE, Transfer.Kind.POST])
    left = balance
    for row in done.order_by("-pk")[:most]:
        signed = row.amount_minor if row.credit_id == account.pk else -row.amount_minor
        yield EscrowMovement(row.on, row.code, signed, left, row.key, row.pk)
        left -= signed


def request_rows(requests: "QuerySet[FundingRequest]") -> list[RequestRow]:
    """Open requests, those that are due first on top, then the latest paid ones. Two queries."""
    waiting = requests.filter(state=FundingRequest.State.OPEN).order_by("due_on", "number")
    paid = requests.filter(state=FundingRequest.State.PAID).order_by("-pk")
    return [*_rows(waiting[:MOST_OPEN]), *_rows(paid[:LATEST])]


def still_to_arrive(operator: Party) -> tuple[int, int]:
    """What importers still owe of what they were asked for, and what of it is late. One query."""
    missing = Sum(F("amount_minor") - F("paid_minor"))
    late = Sum(F("amount_minor") - F("paid_minor"), filter=Q(late_since__isnull=False))
    waiting = requests_of(operator).filter(state=FundingRequest.State.OPEN)
    found = waiting.aggregate(all=missing, late=late)
    return found["all"] or 0, found["late"] or 0


def _rows(rows: "QuerySet[FundingRequest]") -> list[RequestRow]:
    missing = F("amount_minor") - F("paid_minor")
    about = Coalesce("batch__number", "late_charge__number")
    return [
        RequestRow(*row)
        for row in rows.annotate(missing=missing, about=about).values_list(
            "pk",
            "number",
            "importer__name",
            "kind",
            "amount_minor",
            "paid_minor",
            "missing",
            "due_on",
            "state",
            "late_since",
            "about",
        )
    ]


def open_requests_of(importer: Party) -> list[RequestRow]:
    """What an importer is asked for now. One query."""
    mine = FundingRequest.objects.filter(importer_id=importer.pk, state=FundingRequest.State.OPEN)
    return _rows(mine.order_by("due_on", "number")[:MOST_OPEN])


def requests_of(operator: Party) -> "QuerySet[FundingRequest]":
    """The requests of an operator's pools: nobody else's are found."""
    rows: QuerySet[FundingRequest] = FundingRequest.objects.filter(pool__operator=operator)
    return rows


def refunds_of(operator: Party) -> "QuerySet[Refund]":
    """The refunds of an operator's pools: nobody else's are found."""
    rows: QuerySet[Refund] = Refund.objects.filter(pool__operator=operator)
    return rows


def refund_rows(operator: Party) -> list[RefundRow]:
    """An operator's refunds, newest first. One query."""
    return [
        RefundRow(*row)
        for row in refunds_of(operator)
        .order_by("-pk")
        .values_list(
            "pk",
            "number",
            "importer__name",
            "amount_minor",
            "because",
            "state",
            "asked_by_id",
            "asked_by__username",
            "approved_by__username",
            "paid_on",
        )[:LATEST]
    ]


def members_of(operator: Party) -> list[tuple[int, str]]:
    """Importers that have an account, a debt or a request in an operator's pools. Three queries."""
    pools = list(Pool.objects.filter(operator=operator).values_list("pk", flat=True))
    escrows = Account.objects.filter(
        code=AccountCode.ESCROW, subject__in=[f"pool:{pk}" for pk in pools]
    )
    owing = Obligation.objects.filter(order__round__pool_id__in=pools)
    asked = FundingRequest.objects.filter(pool_id__in=pools)
    known = (
        Q(pk__in=escrows.values("owner_id"))
        | Q(pk__in=owing.values("importer_id"))
        | Q(pk__in=asked.values("importer_id"))
    )
    rows = Party.objects.filter(known, kind=Party.Kind.IMPORTER)
    return list(rows.order_by("name").values_list("pk", "name"))


@dataclass(frozen=True)
class GrantedRow:
    """What an insurer granted, and what of it arrived."""

    granted_id: int
    number: str
    insurer: str
    granted_on: date
    state: str
    expected_minor: int
    received_minor: int


def claims_of(operator: Party) -> "QuerySet[GrantedClaim]":
    """What insurers granted an operator's pools: nobody else's are found."""
    return GrantedClaim.objects.filter(pool__operator=operator)


def granted_claims(operator: Party) -> list[GrantedRow]:
    """What insurers granted, newest first. One query."""
    rows = claims_of(operator).order_by("-pk").values_list(
        "pk", "claim__number", "claim__party__name", "granted_on", "state", "expected_minor",
        "received_minor",
    )  # fmt: skip
    return [GrantedRow(*row) for row in rows[:LATEST]]


def fee_invoices_of(importer: Party) -> list[FeeInvoice]:
    """What operators billed an importer, newest first. One query."""
    rows = FeeInvoice.objects.filter(importer_id=importer.pk).select_related("pool")
    return list(rows.order_by("-pk")[:LATEST])


def fee_invoices_by(operator: Party) -> "QuerySet[FeeInvoice]":
    """The invoices of an operator's pools: nobody else's are found."""
    rows: QuerySet[FeeInvoice] = FeeInvoice.objects.filter(pool__operator=operator)
    return rows


def fee_invoices_sent(operator: Party) -> list[FeeInvoice]:
    """What an operator billed, newest first. One query."""
    rows = fee_invoices_by(operator).select_related("importer", "pool")
    return list(rows.order_by("-pk")[:LATEST])
