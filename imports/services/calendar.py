"""Rounds move with the clock: plans are submitted, the fill phase begins, the round locks."""

from datetime import date

from django.db import transaction

from core import clock, facts, jobs
from imports.domain.steps import ROUND_STEPS
from imports.models import Round
from imports.services.commitments import cover_uncovered, submit_round

jobs.daily.append("imports.move_rounds")


def advance(round_: Round, action: str) -> None:
    """Take a round one step on; of two that try at once exactly one succeeds.

    Raises:
        StepNotAllowed: the round's state does not have the step.
    """
    state = ROUND_STEPS.next(round_.state, action)
    if not Round.objects.filter(pk=round_.pk, state=round_.state).update(state=state):
        round_.refresh_from_db()
        state = ROUND_STEPS.next(round_.state, action)
    round_.state = state


@transaction.atomic
def start_filling(round_: Round) -> Round:
    """Begin the fill phase: only edits that reduce what is missing are accepted from now on.

    Raises:
        StepNotAllowed: the phase began before, or is over.
    """
    submit_round(round_)
    advance(round_, "fill")
    _note(round_, "filling")
    return round_


@transaction.atomic
def lock_round(round_: Round) -> Round:
    """Lock a round: its commitments are bought as they stand.

    Raises:
        StepNotAllowed: it was locked before.
    """
    submit_round(round_)
    cover_uncovered(round_)
    advance(round_, "lock")
    _note(round_, "locked")
    return round_


def move_rounds(on: date | None = None) -> int:
    """Take every round to where its deadlines put it by a day; the number of steps taken.

    Calling again on the same day changes nothing; a day that nobody swept is made up for. Who was
    above its limit and is not any more is taken in, until the lock.
    """
    day, steps = on or clock.today(), 0
    for round_ in Round.objects.filter(state="open", submission_on__lte=day).order_by("pk"):
        steps += submit_round(round_)
        if round_.filling_on and round_.filling_on <= day:
            start_filling(round_)
            steps += 1
    submitted = Round.objects.filter(state__in=["open", "filling"], submitted_at__isnull=False)
    for round_ in submitted.order_by("pk"):
        cover_uncovered(round_)
    for round_ in Round.objects.filter(state="filling", lock_on__lte=day).order_by("pk"):
        lock_round(round_)
        steps += 1
    return steps


def _note(round_: Round, state: str) -> None:
    data = {"round": round_.pk, "state": state}
    facts.append("imports.round.moved", subject=f"round:{round_.pk}", data=data)
