"""Facts get their places under a signed head, and trace events follow from them."""

from datetime import date, timedelta
from functools import partial

from core import facts
from core.domain.calendar import add_months
from imports import projections as demand
from imports.services import score_plans
from portal.demo.state import Year
from traceability import projections

MONTHS_BEFORE_THE_YEAR = 3


def enter(year: Year) -> None:
    """Enter the last day of every month as one on which the log is brought up to date."""
    first = date(year.plan.year, 1, 1)
    for months in range(1 - MONTHS_BEFORE_THE_YEAR, 12):
        last_day = add_months(first, months) - timedelta(days=1)
        year.schedule.on(last_day, partial(prove, year))


def prove(year: Year) -> None:
    """Sequence waiting facts, sign the head, and write what follows from them: events, demand."""
    with year.journal.stage("Facts sequenced, heads signed", "facts") as stage:
        stage.count += facts.sequence()
    with year.journal.stage("Trace events written", "events") as stage:
        stage.count += projections.project()
    with year.journal.stage("Drawn units counted, plans scored", "scores") as stage:
        demand.project()
        stage.count += score_plans(year.schedule.today + timedelta(days=1))
