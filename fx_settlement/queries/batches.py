"""What the operator's pages show of batches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from core.models import Party
from fx_settlement.domain.conversion import converted_minor
from fx_settlement.models import Conversion, Obligation, Payment, Quote, SettlementBatch

HOME = "CNY"


@dataclass(frozen=True)
class BatchRow:
    """One batch in the list."""

    batch_id: int
    number: str
    pool: str
    month: date
    currency: str
    foreign_minor: int
    cny_minor: int | None
    state: str
    purpose: str
    payments: int


@dataclass(frozen=True)
class WaitingRow:
    """What is due in a pool and currency, and in no batch yet."""

    pool_id: int
    pool: str
    currency: str
    obligations: int
    amount_minor: int


@dataclass(frozen=True)
class PaymentRow:
    """One wire of a batch."""

    reference: str
    supplier: str
    amount_minor: int
    fee_minor: int | None
    state: str
    settled_on: date | None
    bank_status: str
    bank_reason: str


@dataclass(frozen=True)
class ShareRow:
    """What one importer owed in a batch and what it was charged, in fen.

    ``drift_minor`` is the cost at the mid of the conversion less at the mid of the order days:
    noise of the rate, never a saving or a loss of the pool's.
    """

    importer: str
    importer_code: str
    foreign_minor: int
    cny_minor: int | None
    margin_minor: int | None
    fee_minor: int | None
    drift_minor: int | None


@dataclass(frozen=True)
class Rate:
    """The rate that was dealt beside the mid."""

    provider: str
    is_simulated: bool
    mid: Decimal
    mid_on: date
    mid_source: str
    all_in: Decimal

    @property
    def margin(self) -> Decimal:
        """How far the dealt rate lies above the mid, as a share of it."""
        return self.all_in / self.mid - 1


def batches_of(operator: Party) -> "QuerySet[SettlementBatch]":
    """The batches of an operator's pools: nobody else's are found."""
    return SettlementBatch.objects.filter(pool__operator_id=operator.pk)


def batch_rows(operator: Party) -> list[BatchRow]:
    """An operator's batches, newest month first. One query."""
    rows = (
        batches_of(operator)
        .order_by("-month", "currency", "-pk")
        .values_list(
            "pk", "number", "pool__name", "month", "currency", "foreign_minor",
            "conversion__cny_minor", "state", "purpose",
        )
        .annotate(wires=Count("payments"))
    )  # fmt: skip
    return [BatchRow(*row) for row in rows]


def waiting_rows(operator: Party) -> list[WaitingRow]:
    """What is owed and in no batch yet, by pool and currency. One query."""
    rows = (
        Obligation.objects.filter(
            state=Obligation.State.OPEN, order__round__pool__operator_id=operator.pk
        )
        .values_list("order__round__pool_id", "order__round__pool__name", "currency")
        .annotate(count=Count("pk"), owed=Sum("amount_minor"))
        .order_by("order__round__pool_id", "currency")
    )
    return [WaitingRow(*row) for row in rows]


@dataclass(frozen=True)
class DepositRow:
    """What an importer has yet to pay in, in fen."""

    importer_id: int
    importer: str
    missing_minor: int


def deposit_rows(missing: Mapping[int, int]) -> list[DepositRow]:
    """Missing deposits with their importers' names. One query."""
    parties = Party.objects.filter(pk__in=missing).order_by("name")
    return [DepositRow(pk, name, missing[pk]) for pk, name in parties.values_list("pk", "name")]


def payment_rows(batch: SettlementBatch) -> list[PaymentRow]:
    """A batch's wires, by reference. One query."""
    rows = Payment.objects.filter(batch=batch).order_by("reference")
    return [
        PaymentRow(*row)
        for row in rows.values_list(
            "reference",
            "supplier__name",
            "amount_minor",
            "fee_minor",
            "state",
            "settled_on",
            "bank_status",
            "bank_reason",
        )
    ]


def share_rows(batch: SettlementBatch) -> list[ShareRow]:
    """What each importer in view owed and was charged, by name. Two queries."""
    drift = _drift(batch)
    rows = (
        _obligations(batch)
        .values_list("importer_id", "importer__name", "importer__code")
        .annotate(Sum("amount_minor"), Sum("cny_minor"), Sum("margin_minor"), Sum("fee_minor"))
        .order_by("importer__name")
    )
    return [
        ShareRow(name, code, owed, cost, margin, fee, drift.get(importer_id))
        for importer_id, name, code, owed, cost, margin, fee in rows
    ]


def _obligations(batch: SettlementBatch) -> "QuerySet[Obligation]":
    """What a batch pays; for one that only buys, what it bought."""
    if batch.purpose == SettlementBatch.Purpose.BUY and batch.state != "locked":
        return Obligation.objects.filter(Q(batch=batch) | Q(conversion__batch=batch))
    return Obligation.objects.filter(batch=batch)


def _drift(batch: SettlementBatch) -> dict[int, int]:
    """Cost at the mid less cost at the benchmark, by importer; empty before the conversion."""
    found: dict[int, int] = {}
    rows = _obligations(batch).filter(cny_minor__isnull=False)
    for importer, owed, currency, rate, at_mid in rows.values_list(
        "importer_id",
        "amount_minor",
        "currency",
        "benchmark_rate",
        F("cny_minor") - F("margin_minor"),
    ):
        at_benchmark = converted_minor(owed, base=currency, quote=HOME, rate=rate)
        found[importer] = found.get(importer, 0) + at_mid - at_benchmark
    return found


@dataclass(frozen=True)
class OfferRow:
    """One bank's offer for a batch."""

    quote_id: int
    provider: str
    is_simulated: bool
    all_in: Decimal
    markup_bps: Decimal
    quoted_at: datetime
    valid_before: datetime
    is_chosen: bool


def offer_rows(batch: SettlementBatch) -> list[OfferRow]:
    """All offers for a batch, as they came. One query."""
    return [
        OfferRow(
            row.pk,
            row.provider,
            row.is_simulated,
            row.all_in,
            row.markup_bps,
            row.quoted_at,
            row.valid_before,
            row.pk == batch.chosen_id,
        )
        for row in Quote.objects.filter(batch=batch).order_by("pk")
    ]


def rate_of(batch: SettlementBatch) -> Rate | None:
    """The rate of the offer that was chosen, or of the newest one. One query."""
    rows = Quote.objects.filter(batch=batch)
    row = (rows.filter(pk=batch.chosen_id) if batch.chosen_id else rows).order_by("-pk").first()
    if row is None:
        return None
    return Rate(row.provider, row.is_simulated, row.mid, row.mid_on, row.mid_source, row.all_in)


def conversion_of(batch: SettlementBatch) -> Conversion | None:
    """A batch's conversion, once it is dealt. One query."""
    return Conversion.objects.filter(batch=batch).first()
