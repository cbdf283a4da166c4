"""Reviews of importers: what their records earn, the tier that follows, and the limit it gives."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from core import clock, facts, jobs
from core.domain.errors import Refusal
from core.models import Party, User
from fx_settlement import notices, queries
from fx_settlement.domain.tiers import (
    Event,
    Grade,
    NoTierTerms,
    earned,
    graded,
    limit,
    restored,
    score,
)
from fx_settlement.models import FundingRequest, TierAppeal, TierReview, TierTerms
from fx_settlement.services import limits

TABLE = Path(__file__).parents[1] / "data" / "tiers.json"
REVIEW_TIERS = "fx.review_tiers"
jobs.daily.append(REVIEW_TIERS)

Decide = Callable[[Grade | None, int], Grade]
"""The grade that follows from the one before and the tier that the score earns."""


class AppealedAlready(Refusal):
    """Raised when a review is appealed against a second time."""

    code = "appealed-already"
    reason = "You have appealed against this review already; its appeal is “{state}”."
    remedy = "Wait for the answer, or for the next review."


class NotTheNewestReview(Refusal):
    """Raised when a review is appealed against that another has followed."""

    code = "not-the-newest-review"
    reason = "The review of {on} was followed by a newer one."
    remedy = "Appeal against the newest review; it is what counts now."


class AppealAnswered(Refusal):
    """Raised when an appeal is answered a second time."""

    code = "appeal-answered"
    reason = "This appeal was answered before: it is “{state}”."
    remedy = "Read the answer; another change needs another review."


@transaction.atomic
def load_tier_terms(path: Path = TABLE) -> int:
    """Load weights and bounds of tiers; rows that are known stay as they are. Rows in the file."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    for row in rows:
        fields = {**row, "valid_from": date.fromisoformat(row["valid_from"])}
        fields["z"] = Decimal(fields["z"])
        TierTerms.objects.get_or_create(key=fields.pop("key"), defaults=fields)
    return len(rows)


def tier_terms(on: date) -> TierTerms:
    """The weights and bounds in force on a day; what ships is entered where nothing was.

    Raises:
        NoTierTerms: none has begun.
    """
    if not TierTerms.objects.exists():
        load_tier_terms()
    row = TierTerms.objects.filter(valid_from__lte=on).order_by("-valid_from").first()
    if row is None:
        raise NoTierTerms(on=on.isoformat())
    return row


def review(importer: Party, event: Event, about: str) -> TierReview:
    """Look at an importer's record: its tier from today on, and its limit; once per event.

    Raises:
        NoTierTerms: nothing was reviewed.
    """
    return _review(importer, event, about, lambda before, reached: graded(before, reached, event))


@transaction.atomic
def _review(importer: Party, event: Event, about: str, decide: Decide) -> TierReview:
    Party.objects.select_for_update(no_key=True).get(pk=importer.pk)
    mine = TierReview.objects.filter(importer_id=importer.pk)
    earlier: TierReview | None = mine.filter(event=event, about=about).first()
    if earlier is not None:
        return earlier
    today = clock.today()
    row, last = tier_terms(today), mine.order_by("-pk").first()
    terms, record = row.terms(), queries.record_of(importer, today)
    points = score(record, terms)
    before = Grade(last.tier, last.closes) if last else None
    grade = decide(before, earned(points.total, record.due, terms))
    bounded = limit(record, grade.tier, terms)
    made: TierReview = TierReview.objects.create(
        importer_id=importer.pk,
        event=event,
        about=about,
        on=today,
        terms=row,
        was=before.tier if before else None,
        **asdict(grade),
        **asdict(record),
        **{f"points_{name}": value for name, value in asdict(points).items()},
        limit_minor=bounded.minor,
        bound=bounded.bound,
    )
    limits.grant(importer, made.limit_minor, key=f"review:{made.pk}")
    _tell(made, last)
    return made


def _tell(made: TierReview, last: TierReview | None) -> None:
    data = {
        "review": made.pk,
        "importer": made.importer_id,
        "event": str(made.event),
        "tier": made.tier,
        "was": made.was,
        "limit_minor": made.limit_minor,
    }
    facts.append("fx.tier.reviewed", subject=f"importer:{made.importer_id}", data=data)
    notices.tell_review(made, last)


def review_late(late: Iterable[FundingRequest]) -> None:
    """Requests are late from today on: their importers fall at once."""
    for request in late:
        review(Party.objects.get(pk=request.importer_id), Event.MISSED, request.number)


def review_caught_up(request: FundingRequest) -> None:
    """Nothing of an importer is late any more: its limit is what its tier gives again."""
    review(Party.objects.get(pk=request.importer_id), Event.CAUGHT_UP, request.number)


def review_deposit(request: FundingRequest) -> None:
    """A deposit arrived, in part or whole: it covers more."""
    about = f"{request.number}/{request.paid_minor}"
    review(Party.objects.get(pk=request.importer_id), Event.DEPOSIT, about[:40])


def review_all() -> int:
    """Review who was never reviewed, and everybody at the close of a quarter; how many.

    What a limit could not be lowered by, because it was in use, is taken back as it comes free.
    """
    today = clock.today()
    start = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    closed = start - timedelta(days=1)
    about = f"{closed.year}-Q{(closed.month + 2) // 3}"
    done = 0
    reviews = queries.latest_reviews()
    firsts = dict(TierReview.objects.order_by("-pk").values_list("importer_id", "on"))
    known = set(
        TierReview.objects.filter(event=Event.QUARTER, about=about).values_list(
            "importer_id", flat=True
        )
    )
    members = Party.objects.filter(kind=Party.Kind.IMPORTER, is_active=True)
    for importer in members.order_by("pk"):
        if importer.pk not in reviews:
            review(importer, Event.JOINED, "")
        elif importer.pk not in known and firsts[importer.pk] < start:
            review(importer, Event.QUARTER, about)
        else:
            continue
        done += 1
    settle_down()
    return done


def settle_down() -> None:
    """Free what was paid, and take back what limits could not be lowered by before."""
    reviews = queries.latest_reviews()
    limits.give_back(reviews)
    granted = queries.exposures(reviews)
    for importer_id, newest in sorted(reviews.items()):
        row = granted.get(importer_id)
        if row is not None and row.limit_minor > newest.limit_minor and row.free_minor > 0:
            key = f"review:{newest.pk}/{clock.today()}/{row.limit_minor}"
            limits.grant(newest.importer, newest.limit_minor, key=key)


@transaction.atomic
def appeal(against: TierReview, *, because: str, by: User) -> TierAppeal:
    """Say what is wrong about the newest review; the operator answers.

    Raises:
        NotTheNewestReview, AppealedAlready: nothing was entered.
    """
    newest = queries.latest_reviews([against.importer_id])[against.importer_id]
    if newest.pk != against.pk:
        raise NotTheNewestReview(on=against.on.isoformat())
    made: TierAppeal
    made, is_new = TierAppeal.objects.get_or_create(
        review=against,
        defaults={
            "importer_id": against.importer_id,
            "because": because,
            "made_by": by,
            "made_at": clock.now(),
        },
    )
    if not is_new and made.because != because:
        raise AppealedAlready(state=made.state)
    if is_new:
        _note(made, "made")
        notices.tell_appeal(made)
    return made


@transaction.atomic
def answer_appeal(made: TierAppeal, *, grants: bool, answer: str, by: User) -> TierAppeal:
    """Grant an appeal, which gives the tier back that was taken, or decline it; for a reason.

    Raises:
        AppealAnswered: it was answered before, otherwise.
    """
    state = TierAppeal.State.GRANTED if grants else TierAppeal.State.DECLINED
    waiting = TierAppeal.objects.filter(pk=made.pk, state=TierAppeal.State.OPEN)
    is_first = waiting.update(state=state, answer=answer, answered_by=by, answered_at=clock.now())
    current: TierAppeal = TierAppeal.objects.select_related("review").get(pk=made.pk)
    if not is_first:
        if current.state == state and current.answer == answer:
            return current
        raise AppealAnswered(state=current.state)
    _note(current, "answered", state=str(state))
    notices.tell_answer(current)
    if grants:
        importer = Party.objects.get(pk=current.importer_id)
        tier = current.review.was or current.review.tier
        about = f"appeal:{current.pk}"
        _review(importer, Event.APPEAL, about, lambda before, _: restored(before or Grade(), tier))
    return current


def _note(made: TierAppeal, what: str, **more: Any) -> None:
    data = {"appeal": made.pk, "importer": made.importer_id, "review": made.review_id, **more}
    facts.append(f"fx.appeal.{what}", subject=f"importer:{made.importer_id}", data=data)
