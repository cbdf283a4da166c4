"""What settlement tells: deposits that payments wait for, money that is late, tiers, appeals."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_noop as _noop

from core import notices
from core.domain.calendar import add_months
from core.domain.chart import AccountCode
from core.models import Account, Pool
from core.models.notice import Notice
from fx_settlement.models import (
    FundingRequest,
    LateCharge,
    SettlementBatch,
    TierAppeal,
    TierReview,
)

HOME = "CNY"
SHORT = "settlement.deposit.short"
DUE = "settlement.funding.due"
LATE = "settlement.funding.late"
REVIEWED = "settlement.tier.reviewed"
APPEALED = "settlement.appeal.made"
ANSWERED = "settlement.appeal.answered"
CHARGED_LATE = "settlement.late_charge.posted"
GIVEN_BACK = "settlement.late_charge.given_back"

notices.register(
    SHORT,
    notices.Kind(
        Notice.Level.DUE,
        _noop("Payments of {month} in {currency} wait for {missing} on your account."),
        _noop("Pay the amount in with the reference {batch}; suppliers are paid once it is there."),
        is_mailed=True,
    ),
)

notices.register(
    DUE,
    notices.Kind(
        Notice.Level.DUE,
        _noop("{missing} are due on {due} under {number}."),
        _noop("Pay in time: late money lowers your limit and holds units of yours."),
        is_mailed=True,
    ),
)
notices.register(
    LATE,
    notices.Kind(
        Notice.Level.ALARM,
        _noop("{missing} have been late since {due} under {number}."),
        _noop("Pay now: your limit is lowered and units are held until the money is there."),
        is_mailed=True,
    ),
)
notices.register(
    REVIEWED,
    notices.Kind(
        Notice.Level.NEWS,
        _noop("You stand in tier {tier} now; your limit is {limit}."),
        _noop("Read the reasons; you may appeal against the review."),
    ),
)
notices.register(
    APPEALED,
    notices.Kind(
        Notice.Level.DUE,
        _noop("{importer} appeals against the review of {on}."),
        _noop("Read the reasons and answer."),
    ),
)
notices.register(
    ANSWERED,
    notices.Kind(
        Notice.Level.NEWS,
        _noop("Your appeal against the review of {on} is answered."),
        _noop("Read the answer."),
    ),
)
notices.register(
    CHARGED_LATE,
    notices.Kind(
        Notice.Level.NEWS,
        _noop("Your share of bill {document}, which came late, is {share} ({number})."),
        _noop("Read on your account's page what stock carries of it, and what to pay in."),
        is_mailed=True,
    ),
)
notices.register(
    GIVEN_BACK,
    notices.Kind(
        Notice.Level.NEWS,
        _noop("{share} of bill {document} come back to your account ({number})."),
        _noop("Read on your account's page what it is for."),
    ),
)


def tell_late_charge(late: LateCharge, shares: Mapping[int, int]) -> None:
    """Tell each importer its share of a charge that came late, or what comes back to it."""
    for importer_id, minor in sorted(shares.items()):
        if not minor:
            continue
        kind = CHARGED_LATE if minor > 0 else GIVEN_BACK
        notices.tell(
            importer_id,
            kind,
            key=f"{kind}/{late.pk}/{importer_id}",
            params={
                "share": notices.money(abs(minor), HOME),
                "document": late.document,
                "number": late.number,
            },
            address=reverse("settlement:money"),
        )


def tell_shortfalls(
    batch: SettlementBatch,
    missing: Mapping[int, int],
    *,
    home: str,
    numbers: Mapping[int, str],
) -> None:
    """Tell importers what they must still pay in for a batch, in minor units of ``home``.

    ``numbers`` are the references under which each importer was asked.

    What was told before and is no longer missing, or is another amount now, is settled.
    """
    told = {f"{_about(batch)}{importer}/{minor}" for importer, minor in missing.items()}
    notices.settle_all(_about(batch), but=told)
    for importer_id, minor in sorted(missing.items()):
        notices.tell(
            importer_id,
            SHORT,
            key=f"{_about(batch)}{importer_id}/{minor}",
            params={
                "month": notices.month(batch.month),
                "currency": batch.currency,
                "missing": notices.money(minor, home),
                "batch": numbers.get(importer_id, batch.number),
            },
            address=reverse("settlement:money"),
            due_on=add_months(batch.month, 1),
        )


def settle_shortfall(batch_id: int, importer_id: int) -> None:
    """What one importer was asked for a batch has arrived."""
    notices.settle_all(f"{SHORT}/{batch_id}/{importer_id}/")


def settle_shortfalls(batch: SettlementBatch) -> None:
    """The batch is locked or given up: nothing is missing any more."""
    notices.settle_all(_about(batch))


def _about(batch: SettlementBatch) -> str:
    return f"{SHORT}/{batch.pk}/"


def remind(requests: Iterable[FundingRequest], today: date) -> None:
    """Remind importers of money that is due soon, once, and of late money every week."""
    for request in requests:
        weeks = (today - request.due_on).days // 7
        kind = LATE if request.late_since else DUE
        key = f"{kind}/{request.pk}/{weeks if request.late_since else 0}"
        if request.late_since:
            notices.settle_all(f"{DUE}/{request.pk}/")
            notices.settle_all(f"{LATE}/{request.pk}/", but=[key])
        notices.tell(
            request.importer_id,
            kind,
            key=key,
            params={
                "missing": notices.money(request.missing_minor, HOME),
                "due": notices.day(request.due_on),
                "number": request.number,
            },
            address=reverse("settlement:money"),
            due_on=request.due_on,
        )


def settle_reminders(requests: Iterable[FundingRequest]) -> None:
    """What was asked for has arrived, or is not asked for any more."""
    for request in requests:
        for kind in (DUE, LATE):
            notices.settle_all(f"{kind}/{request.pk}/")


def tell_review(made: TierReview, last: TierReview | None) -> None:
    """Tell an importer that its tier or its limit changed."""
    if last and (last.tier, last.limit_minor) == (made.tier, made.limit_minor):
        return
    notices.settle_all(f"{REVIEWED}/{made.importer_id}/")
    notices.tell(
        made.importer_id,
        REVIEWED,
        key=f"{REVIEWED}/{made.importer_id}/{made.pk}",
        params={"tier": made.tier, "limit": notices.money(made.limit_minor, HOME)},
        address=reverse("settlement:tier"),
    )


def tell_appeal(made: TierAppeal) -> None:
    """Tell the operators of an importer's pools that it appeals."""
    escrows = Account.objects.filter(code=AccountCode.ESCROW, owner_id=made.importer_id)
    pools = [subject.removeprefix("pool:") for subject in escrows.values_list("subject", flat=True)]
    for operator in sorted(
        set(Pool.objects.filter(pk__in=pools).values_list("operator", flat=True))
    ):
        notices.tell(
            operator,
            APPEALED,
            key=f"{APPEALED}/{made.pk}/{operator}",
            params={"importer": made.importer.name, "on": notices.day(made.review.on)},
            address=reverse("settlement:tiers"),
        )


def tell_answer(made: TierAppeal) -> None:
    """Tell an importer that its appeal is answered."""
    notices.settle_all(f"{APPEALED}/{made.pk}/")
    notices.tell(
        made.importer_id,
        ANSWERED,
        key=f"{ANSWERED}/{made.pk}",
        params={"on": notices.day(made.review.on)},
        address=reverse("settlement:tier"),
    )
