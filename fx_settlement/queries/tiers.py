"""What an importer's own records say about it, and its reviews as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.db.models import Count, F, Q, Sum

from core import ledger
from core.domain.chart import AccountCode
from core.models import Account, Party, Score
from fx_settlement.domain.conversion import converted_minor
from fx_settlement.domain.tiers import Record
from fx_settlement.models import (
    DeclarationCount,
    FundingRequest,
    Obligation,
    Refund,
    TierAppeal,
    TierReview,
)
from warehouse.domain.stock import Place
from warehouse.models import AllocationShare, Claim, Holding
from warehouse.services import pricing

HOME = "CNY"
TURNOVER_OF = timedelta(days=90)
FOUR = Decimal("0.0001")


@dataclass(frozen=True)
class ExposureRow:
    """An importer's limit as the ledger has it: granted, in use, and what is left, in fen."""

    limit_minor: int
    used_minor: int
    free_minor: int


@dataclass(frozen=True)
class TierRow:
    """An importer with its newest review, for its operator."""

    importer_id: int
    name: str
    name_zh: str
    review: TierReview | None
    exposure: ExposureRow | None


def record_of(importer: Party, on: date) -> Record:
    """Everything that a score and a limit follow from. Some twelve queries."""
    due, on_time, late = _punctuality(importer)
    return Record(
        due=due,
        on_time=on_time,
        accuracy=_accuracy(importer, on),
        loss_ratio=_loss_ratio(importer),
        refusal_ratio=_refusal_ratio(importer),
        settled_minor=settled_minor(importer, on - TURNOVER_OF, on),
        stock_minor=stock_minor(importer, on),
        deposit_minor=_deposit_minor(importer),
        late_minor=late,
    )


def _punctuality(importer: Party) -> tuple[int, int, int]:
    """Requests that fell due or were paid, those paid in time, and what is late now. One query."""
    paid, late = Q(state=FundingRequest.State.PAID), Q(late_since__isnull=False)
    overdue = Q(state=FundingRequest.State.OPEN) & late
    found = FundingRequest.objects.filter(importer_id=importer.pk).aggregate(
        due=Count("pk", filter=paid | overdue),
        on_time=Count("pk", filter=paid & ~late),
        missing=Sum(F("amount_minor") - F("paid_minor"), filter=overdue),
    )
    return found["due"], found["on_time"], found["missing"] or 0


def _accuracy(importer: Party, on: date) -> Decimal | None:
    """The newest score of its forecasts up to a day, which is over its last months. One query."""
    rows = Score.objects.filter(importer=importer.pk, kind=Score.Kind.FORECAST, on__lte=on)
    return rows.order_by("-on", "-pk").values_list("value", flat=True).first()


def _four(share: Fraction) -> Decimal:
    exact = Decimal(share.numerator) / share.denominator
    return exact.quantize(FOUR, rounding=ROUND_HALF_UP)


def _refusal_ratio(importer: Party) -> Decimal:
    row = DeclarationCount.objects.filter(importer=importer.pk).first()
    answered = row.released + row.refused if row else 0
    return _four(Fraction(row.refused, answered)) if row and answered else Decimal(0)


def _loss_ratio(importer: Party) -> Decimal:
    """What its part of answered claims brought less than claimed, of the goods it was billed for.

    Foreign amounts count at each order's benchmark. Three queries.
    """
    billed, rates = 0, {}
    owed = Obligation.objects.filter(importer_id=importer.pk, kind=Obligation.Kind.INVOICE)
    for order, currency, minor, rate in owed.values_list(
        "order_id", "currency", "amount_minor", "benchmark_rate"
    ):
        rates[order] = (currency, rate)
        billed += converted_minor(minor, base=currency, quote=HOME, rate=rate)
    if not billed:
        return Decimal(0)
    lost = sum(
        part * converted_minor(minor, base=rates[order][0], quote=HOME, rate=rates[order][1])
        for order, minor, part in _open_losses(importer)
        if order in rates
    )
    return min(_four(Fraction(lost) / billed), Decimal(1))


def _open_losses(importer: Party) -> Iterable[tuple[int, int, Fraction]]:
    """Order, claimed and not granted, and the importer's part of the loss. Two queries."""
    claims = Claim.objects.exclude(state=Claim.State.MADE).select_related(
        "receipt_line__order_line"
    )
    lines = AllocationShare.objects.filter(
        owner_id=importer.pk, asked_units__gt=F("granted_units")
    ).values("order_line_id")
    mine = list(claims.filter(receipt_line__order_line__in=lines))
    parts = lost_parts(claim.receipt_line.order_line_id for claim in mine)
    for claim in mine:
        line = claim.receipt_line.order_line
        missing = claim.amount_minor - (claim.accepted_minor or 0)
        part = parts.get(line.pk, {}).get(importer.pk)
        if missing and part:
            yield line.order_id, missing, part


def lost_parts(line_ids: Iterable[int]) -> dict[int, dict[int, Fraction]]:
    """Whose units were missing on order lines: the part of each owner, by line. One query."""
    lost: dict[int, dict[int, int]] = {}
    rows = AllocationShare.objects.filter(order_line__in=set(line_ids))
    for line, owner, units in rows.values_list(
        "order_line_id", "owner_id", F("asked_units") - F("granted_units")
    ):
        if units > 0:
            by_owner = lost.setdefault(line, {})
            by_owner[owner] = by_owner.get(owner, 0) + units
    return {
        line: {owner: Fraction(units, sum(own.values())) for owner, units in own.items()}
        for line, own in lost.items()
    }


def settled_minor(importer: Party, after: date, until: date) -> int:
    """What was paid to suppliers for an importer after a day and until another, in fen."""
    paid = Obligation.objects.filter(
        importer_id=importer.pk,
        payment__settled_on__gt=after,
        payment__settled_on__lte=until,
        state=Obligation.State.PAID,
    )
    return int(paid.aggregate(minor=Sum("cny_minor"))["minor"] or 0)


def stock_minor(importer: Party, on: date) -> int:
    """An importer's free units in the warehouse at what they cost it, in fen. Six queries."""
    held = Holding.objects.filter(
        owner_id=importer.pk, place=Place.BONDED, units__gt=F("reserved_units")
    ).select_related("lot__product", "lot__receipt_line__receipt")
    rows = list(held.order_by("pk"))
    if not rows:
        return 0
    basis = pricing.basis_of([row.lot for row in rows], on=on)
    return int(sum((row.units - row.reserved_units) * basis[row.lot_id].landed for row in rows))


def _deposit_minor(importer: Party) -> int:
    """What was paid in as a deposit, not paid back, and is still free on the account."""
    kind, mine = FundingRequest.Kind.DEPOSIT, {"importer_id": importer.pk}
    paid = FundingRequest.objects.filter(kind=kind, **mine).aggregate(m=Sum("paid_minor"))["m"]
    gone = Refund.objects.filter(**mine).exclude(state=Refund.State.DECLINED)
    back = gone.aggregate(m=Sum("amount_minor"))["m"]
    return max(0, min(free_on_account(importer), (paid or 0) - (back or 0)))


def free_on_account(importer: Party) -> int:
    """What an importer has on its accounts and nothing holds, in fen. One query."""
    rows = Account.objects.filter(code=AccountCode.ESCROW, owner_id=importer.pk)
    free = F("credits_posted") - F("debits_posted") - F("debits_pending")
    return int(rows.aggregate(m=Sum(free))["m"] or 0)


def latest_reviews(importer_ids: Iterable[int] | None = None) -> dict[int, TierReview]:
    """The newest review by importer, of those in view. One query."""
    rows = TierReview.objects.select_related("terms").order_by("pk")
    if importer_ids is not None:
        rows = rows.filter(importer__in=list(importer_ids))
    return {row.importer_id: row for row in rows}


def reviews_of(importer: Party) -> list[TierReview]:
    """An importer's reviews with their appeals, newest first. One query."""
    rows = TierReview.objects.filter(importer_id=importer.pk).select_related("appeal")
    return list(rows.order_by("-pk")[:40])


def exposures(importer_ids: Iterable[int]) -> dict[int, ExposureRow]:
    """What the ledger holds for importers' limits. Two queries."""
    rows = list(
        Account.objects.filter(
            code=AccountCode.EXPOSURE, currency=HOME, owner_id__in=list(importer_ids), subject=""
        )
    )
    granted = ledger.sums_by_code([row.pk for row in rows], ["limit"])
    return {row.owner_id: _exposure(row, granted.get(row.pk, 0)) for row in rows if row.owner_id}


def _exposure(row: Account, granted: int) -> ExposureRow:
    free = row.credits_posted - row.debits_posted - row.debits_pending
    return ExposureRow(granted, granted - free, free)


def tier_rows(members: Iterable[tuple[int, str]]) -> list[TierRow]:
    """Importers by name with their newest review and their limit. Four queries."""
    ids = [pk for pk, _ in members]
    reviews, limits = latest_reviews(ids), exposures(ids)
    parties = Party.objects.filter(pk__in=ids).order_by("name")
    return [
        TierRow(pk, name, name_zh, reviews.get(pk), limits.get(pk))
        for pk, name, name_zh in parties.values_list("pk", "name", "name_zh")
    ]


def appeals_of(members: Iterable[tuple[int, str]]) -> list[TierAppeal]:
    """Appeals of importers, those that wait first. One query."""
    rows = TierAppeal.objects.filter(importer__in=[pk for pk, _ in members])
    rows = rows.select_related("review", "importer", "answered_by")
    return sorted(rows.order_by("-pk")[:60], key=lambda row: row.state != "open")
