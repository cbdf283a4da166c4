"""What plan and buy tells importers: sheets that need mending, rounds that wait for plans."""

from django.urls import reverse
from django.utils.translation import gettext_noop as _noop

from core import jobs, notices
from core.models import Party
from core.models.notice import Notice
from imports.models import ForecastUpload, Round

SCORE_PLANS = "imports.score_plans"
jobs.daily.append(SCORE_PLANS)

REFUSED = "imports.forecast.refused"
WANTED = "imports.forecast.wanted"
UNCOVERED = "imports.commitment.uncovered"

notices.register(
    REFUSED,
    notices.Kind(
        Notice.Level.DUE,
        _noop("Your forecast sheet for {year} has {faults} faults; nothing was published."),
        _noop("Correct the cells that the page names and upload the sheet again."),
    ),
)
notices.register(
    WANTED,
    notices.Kind(
        Notice.Level.DUE,
        _noop("Round {round} buys for {first} to {last}."),
        _noop("Send your forecast, or bring it up to date, before the operator consolidates it."),
        is_mailed=True,
    ),
)
notices.register(
    UNCOVERED,
    notices.Kind(
        Notice.Level.ALARM,
        _noop("Your plan for round {round} is above your limit; nothing is bought for you yet."),
        _noop("Ask the operator for a higher limit, or plan less, before the round is locked."),
        is_mailed=True,
    ),
)


def tell_refused(upload: ForecastUpload) -> None:
    """Tell an importer that a sheet has faults; this replaces what was told of earlier sheets."""
    settle_refused(upload)
    notices.tell(
        upload.importer_id,
        REFUSED,
        key=f"{_about(upload)}{upload.pk}",
        params={"year": str(upload.year), "faults": upload.fault_count},
        address=reverse("imports:uploaded", args=[upload.pk]),
    )


def settle_refused(upload: ForecastUpload) -> None:
    """A later sheet is in order, or has faults of its own."""
    notices.settle_all(_about(upload))


def _about(upload: ForecastUpload) -> str:
    return f"{REFUSED}/{upload.importer_id}/{upload.year}/"


def tell_wanted(round_: Round) -> None:
    """Ask every importer for its plan of a round's months."""
    importers = Party.objects.filter(kind=Party.Kind.IMPORTER, is_active=True)
    for importer in importers.order_by("pk"):
        notices.tell(
            importer,
            WANTED,
            key=f"{WANTED}/{round_.pk}/{importer.pk}",
            params={
                "round": round_.code,
                "first": notices.month(round_.first_month),
                "last": notices.month(round_.last_month),
            },
            address=reverse("imports:plan"),
        )


def settle_wanted(round_: Round) -> None:
    """The round is consolidated: plans for it come too late."""
    notices.settle_all(f"{WANTED}/{round_.pk}/")


def tell_uncovered(round_: Round, importer_id: int) -> None:
    """Tell an importer that its limit does not cover what it committed to."""
    notices.tell(
        importer_id,
        UNCOVERED,
        key=f"{UNCOVERED}/{round_.pk}/{importer_id}",
        params={"round": round_.code},
        address=reverse("imports:own_round", args=[round_.pk]),
        due_on=round_.lock_on,
    )


def settle_uncovered(round_: Round, importer_id: int) -> None:
    """Its limit covers what it committed to now."""
    notices.settle(f"{UNCOVERED}/{round_.pk}/{importer_id}")
