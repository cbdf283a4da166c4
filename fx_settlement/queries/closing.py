"""Closed months, and what rates did to whom in them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, QuerySet, Sum

from core.domain.chart import AccountCode
from core.models import Account, ClosedMonth, Party
from fx_settlement.models import AccountStatement, BankEntry, ExchangeDifference

SHOWN = 36


@dataclass(frozen=True)
class MonthRow:
    """A closed month with what was posted at its end, in fen; a loss is above zero."""

    month: date
    closed_at: datetime
    closed_by: str | None
    importers: int
    unrealised_minor: int
    realised_minor: int


@dataclass(frozen=True)
class DifferenceRow:
    """What rates did to an importer's payables in one currency by a month's end."""

    importer: str
    importer_code: str
    month: date
    currency: str
    open_minor: int
    booked_minor: int
    closing_minor: int
    realised_minor: int
    rate: Decimal
    rate_on: date

    @property
    def unrealised_minor(self) -> int:
        """What the open payables cost more at the closing rate than as booked."""
        return self.closing_minor - self.booked_minor


@dataclass(frozen=True)
class StillOpen:
    """What should be looked at before a month is closed."""

    suspense: int
    set_apart: int
    unshared_fees_minor: int

    def __bool__(self) -> bool:
        return bool(self.suspense or self.set_apart or self.unshared_fees_minor)


def closed_months() -> list[MonthRow]:
    """The closed months, newest first. One query."""
    unrealised = F("differences__closing_minor") - F("differences__booked_minor")
    rows = ClosedMonth.objects.order_by("-month").annotate(
        importers=Count("differences__importer", distinct=True),
        unrealised=Sum(unrealised),
        realised=Sum("differences__realised_minor"),
    )
    found = rows.values_list(
        "month", "closed_at", "closed_by__username", "importers", "unrealised", "realised"
    )
    return [MonthRow(*row[:4], row[4] or 0, row[5] or 0) for row in found[:SHOWN]]


def differences_in(month: date, operator: Party) -> list[DifferenceRow]:
    """What a closed month tells of an operator's pools. One query."""
    rows = ExchangeDifference.objects.filter(month__month=month, pool__operator=operator)
    return _rows(rows.order_by("importer__code", "currency"))


def differences_of(importer: Party) -> list[DifferenceRow]:
    """What closed months tell of an importer, newest first. One query."""
    rows = ExchangeDifference.objects.filter(importer_id=importer.pk)
    return _rows(rows.order_by("-month__month", "currency")[:SHOWN])


def _rows(rows: "QuerySet[ExchangeDifference]") -> list[DifferenceRow]:
    return [
        DifferenceRow(*row)
        for row in rows.values_list(
            "importer__name",
            "importer__code",
            "month__month",
            "currency",
            "open_minor",
            "booked_minor",
            "closing_minor",
            "realised_minor",
            "rate",
            "rate_on",
        )
    ]


def still_open(operator: Party) -> StillOpen:
    """What waits in suspense or apart, and fees that no batch has shared yet. Three queries."""
    entries = BankEntry.objects.filter(
        state=BankEntry.State.SUSPENSE, statement__message__operator=operator
    )
    apart = AccountStatement.objects.filter(
        state=AccountStatement.State.QUARANTINED, message__operator=operator
    )
    fees = Account.objects.filter(code=AccountCode.BANK_FEES).aggregate(
        minor=Sum(F("debits_posted") - F("credits_posted"))
    )
    return StillOpen(entries.count(), apart.count(), fees["minor"] or 0)
