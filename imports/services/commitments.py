"""Commitments: forecasts are submitted to a round, revised within a band, filled up and locked."""

from datetime import date

from django.db import transaction

from core import bulk, clock, facts
from core.domain.errors import Refusal
from core.ledger import Overdrawn
from core.models import Party
from imports import notices, queries
from imports.domain.commitments import Band, RoundIsLocked, topped_up
from imports.domain.consolidation import Ask
from imports.models import Commitment, PlanningTerms, Product, Round, RoundMember
from imports.queries import AskRow
from imports.services import exposure
from imports.services.filling import missing_units

Cause = Commitment.Cause


class NotSubmittedYet(Refusal):
    """Raised when a commitment is changed that does not exist yet."""

    code = "not-submitted-yet"
    reason = "Plans for round {round_code} are not submitted yet."
    remedy = "Change the forecast instead; it is submitted with the round."


class NotInRound(Refusal):
    """Raised when an importer that is not in a round changes something in it."""

    code = "not-in-round"
    reason = "You have no commitment for {sku} in round {round_code}."
    remedy = "Plan the product and join a later round."


class AlreadySubmitted(Refusal):
    """Raised when an importer joins a round in which it is already."""

    code = "already-in-round"
    reason = "You are in round {round_code} already."
    remedy = "Change its lines one by one."


class HasLeft(Refusal):
    """Raised when an importer that left the pool wants to take part again."""

    code = "has-left"
    reason = "{importer} has left this pool."
    remedy = "Ask the operator about the next year's pool."


@transaction.atomic
def submit_round(round_: Round) -> bool:
    """Turn what importers plan for a round into commitments; whether this call did so.

    Each is held against the importer's limit, where it has one; those above theirs stay out of
    the purchase until they are covered.
    """
    now = clock.now()
    if not Round.objects.filter(pk=round_.pk, submitted_at=None).update(submitted_at=now):
        return False
    asked = queries.asks_of(round_)
    round_.submitted_at = now
    _commit(round_, asked, Cause.SUBMITTED)
    members = _members(round_, {ask.importer_id for ask in asked})
    uncovered = _cover_all(round_, members, asked)
    data = {"round": round_.pk, "importers": len(members), "uncovered": len(uncovered)}
    facts.append("imports.round.submitted", subject=f"round:{round_.pk}", data=data)
    return True


def _commit(round_: Round, asked: list[AskRow], cause: str) -> None:
    now = clock.now()
    names = (
        "round_id", "importer_id", "product_id", "units", "tolerance_units", "submitted_units",
        "cause", "version_from",
    )  # fmt: skip
    rows = [
        (round_.pk, a.importer_id, a.product_id, a.units, a.tolerance_units, a.units, cause, now)
        for a in asked
    ]
    bulk.insert(Commitment, names, rows)


def _members(round_: Round, importers: set[int]) -> list[RoundMember]:
    names = ("round_id", "importer_id", "state")
    rows = [(round_.pk, each, RoundMember.State.COMMITTED.value) for each in sorted(importers)]
    return bulk.create(RoundMember, names, rows)


def _cover_all(round_: Round, members: list[RoundMember], asked: list[AskRow]) -> list[RoundMember]:
    """Hold everybody's value against its limit; those whose limit is too low."""
    accounts = exposure.limited(member.importer_id for member in members)
    limited = [ask for ask in asked if ask.importer_id in accounts]
    values = exposure.values_of(limited)
    uncovered = []
    for member in (each for each in members if each.importer_id in accounts):
        try:
            with transaction.atomic():
                exposure.cover(
                    member, accounts[member.importer_id], values.get(member.importer_id, 0)
                )
            member.state = RoundMember.State.COMMITTED
            notices.settle_uncovered(round_, member.importer_id)
        except Overdrawn:
            member.state = RoundMember.State.UNCOVERED
            member.value_cny_minor = 0
            notices.tell_uncovered(round_, member.importer_id)
            uncovered.append(member)
        member.save()
    return uncovered


@transaction.atomic
def cover_uncovered(round_: Round) -> int:
    """Take in those above their limit whose limit covers them now; how many.

    What they asked for when the round was submitted counts; once the round is locked it is too
    late.
    """
    if round_.state not in (Round.State.OPEN, Round.State.FILLING):
        return 0
    rows = RoundMember.objects.filter(round=round_, state=RoundMember.State.UNCOVERED)
    waiting = list(rows.order_by("pk"))
    if not waiting:
        return 0
    ids = {each.importer_id for each in waiting}
    asked = [
        AskRow(*row)
        for row in Commitment.objects.filter(
            round=round_, version_before=None, importer_id__in=ids
        ).values_list("importer_id", "product_id", "units", "tolerance_units")
    ]
    _cover_all(round_, waiting, asked)
    return sum(each.state == RoundMember.State.COMMITTED for each in waiting)


@transaction.atomic
def join_round(importer: Party, round_: Round) -> int:
    """Commit an importer that joined the pool after a round was submitted; lines committed.

    What it plans for the round's months counts as submitted, until the fill phase begins.

    Raises:
        RoundIsLocked: the fill phase has begun, or nothing changes any more.
        AlreadySubmitted: the importer is in the round.
        HasLeft: it has left the pool.
        Overdrawn: its limit is too low; nothing was committed.
    """
    if state_on(round_, clock.today()) != Round.State.OPEN:
        raise RoundIsLocked(round_code=round_.code, on=round_.filling_on or clock.today())
    if RoundMember.objects.filter(round=round_, importer_id=importer.pk).exists():
        raise AlreadySubmitted(round_code=round_.code)
    if importer.pk in queries.departed(round_.pool_id):
        raise HasLeft(importer=importer.name)
    asked = [
        ask
        for ask in queries.asks(round_.first_month, round_.last_month)
        if ask.importer_id == importer.pk
    ]
    _commit(round_, asked, Cause.JOINED)
    (member,) = _members(round_, {importer.pk})
    _cover_again(member, asked)
    _note(round_, importer, "joined", lines=len(asked))
    return len(asked)


@transaction.atomic
def revise(
    importer: Party, round_: Round, product_id: int, *, units: int, tolerance_units: int
) -> Commitment:
    """Change a submitted line within the pool's band; a new version of it.

    Raises:
        NotSubmittedYet, RoundIsLocked, NotInRound: the line cannot be changed now.
        OutsideBand: the units are below or above what is open.
        Overdrawn: the importer's limit is too low.
    """
    now = _line(importer, round_, product_id, while_in=Round.State.OPEN)
    band_of(round_).refuse_outside(units, now.submitted_units)
    return _replace(now, Ask(units, tolerance_units), Cause.REVISED)


@transaction.atomic
def top_up(importer: Party, round_: Round, product_id: int, *, more: int) -> Commitment:
    """Take units of the own tolerance for good, so that the pool misses fewer; a new version.

    Raises:
        NotSubmittedYet, RoundIsLocked, NotInRound: the line cannot be changed now.
        DoesNotReduceMissing: fewer units than one, or more than are missing.
        BeyondTolerance: more than the importer said that it would take.
        Overdrawn: the importer's limit is too low.
    """
    now = _line(importer, round_, product_id, while_in=Round.State.FILLING)
    sku = Product.objects.values_list("sku", flat=True).get(pk=product_id)
    missing = missing_units(round_, product_id)
    ask = topped_up(Ask(now.units, now.tolerance_units), more, missing=missing, sku=sku)
    return _replace(now, ask, Cause.TOPPED_UP)


def band_of(round_: Round) -> Band:
    """By how much the round's submitted lines may be changed now."""
    terms = PlanningTerms.objects.on(round_.pool, clock.today())
    return Band(terms.raise_percent, terms.cut_percent)


def state_on(round_: Round, day: date) -> str:
    """The state of a round on a day, also before the sweep of that day has moved it."""
    state = round_.state
    if state == Round.State.OPEN and round_.filling_on and day >= round_.filling_on:
        state = Round.State.FILLING
    if state == Round.State.FILLING and round_.lock_on and day >= round_.lock_on:
        state = Round.State.LOCKED
    return state


def _line(importer: Party, round_: Round, product_id: int, *, while_in: str) -> Commitment:
    """The current version of an importer's line, locked, if the round may be changed so."""
    Round.objects.select_for_update().get(pk=round_.pk)
    round_.refresh_from_db()
    if round_.submitted_at is None:
        raise NotSubmittedYet(round_code=round_.code)
    state = state_on(round_, clock.today())
    if state != while_in and not (state == Round.State.OPEN and while_in == Round.State.FILLING):
        since = round_.filling_on if state == Round.State.FILLING else round_.lock_on
        raise RoundIsLocked(round_code=round_.code, on=since or clock.today())
    rows = Commitment.objects.select_for_update().filter(round=round_, version_before=None)
    found: Commitment | None = rows.filter(importer_id=importer.pk, product=product_id).first()
    if found is None:
        sku = Product.objects.values_list("sku", flat=True).get(pk=product_id)
        raise NotInRound(sku=sku, round_code=round_.code)
    return found


def _replace(now: Commitment, ask: Ask, cause: str) -> Commitment:
    """End a version, start the next, and cover its value; of two at once one is refused."""
    at = clock.now()
    Commitment.objects.filter(pk=now.pk, version_before=None).update(version_before=at)
    made: Commitment = Commitment.objects.create(
        round_id=now.round_id,
        importer_id=now.importer_id,
        product_id=now.product_id,
        units=ask.units,
        tolerance_units=ask.tolerance_units,
        submitted_units=now.submitted_units,
        cause=cause,
        version_from=at,
    )
    member = RoundMember.objects.get(round_id=now.round_id, importer_id=now.importer_id)
    rows = Commitment.objects.filter(
        round_id=now.round_id, importer_id=now.importer_id, version_before=None
    ).values_list("importer_id", "product_id", "units", "tolerance_units")
    _cover_again(member, [AskRow(*row) for row in rows])
    _note(now.round, now.importer, cause, product=now.product_id, units=ask.units)
    return made


def _cover_again(member: RoundMember, asked: list[AskRow]) -> None:
    """Hold what an importer's lines are worth now."""
    account = exposure.limited([member.importer_id]).get(member.importer_id)
    if account is not None:
        values = exposure.values_of(asked)
        exposure.cover(member, account, values.get(member.importer_id, 0))
        member.state = RoundMember.State.COMMITTED
        member.save()
        notices.settle_uncovered(member.round, member.importer_id)


def _note(round_: Round, importer: Party, cause: str, **figures: int) -> None:
    data = {"round": round_.pk, "importer": importer.pk, "cause": str(cause), **figures}
    facts.append("imports.commitment.changed", subject=f"round:{round_.pk}", data=data)
