"""Plays a year for a test and takes everything back afterwards."""

from collections.abc import Iterator

from django.db import transaction

from core import tenancy
from portal.demo.figures import Outcome
from portal.demo.journal import Journal
from portal.demo.state import YearPlan
from portal.demo.year import play

SMALL = YearPlan(
    year=2025,
    seed=11,
    scale=6,
    importers=4,
    products=20,
    lines_per_importer=6,
    orders=30,
    buyers=10,
)


def played(plan: YearPlan) -> Iterator[Outcome]:
    """A year, for as long as it is looked at; then the database is as it was."""
    with transaction.atomic():
        outcome, _ = play(plan, Journal())
        with tenancy.as_operator("stories of a year"):
            yield outcome
        transaction.set_rollback(True)
