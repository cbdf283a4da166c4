"""Work in the background: each task calls one service."""

from core import jobs, tenancy
from core.jobs import JobContext
from core.models import Pool
from warehouse.keeping_notices import KEEP_BOOKS
from warehouse.notices import ADVANCE_RELEASES, CHECK_BOOK, PLAN_COUNTS
from warehouse.projections import DISPOSE_RECALLED, SETTLE_ARREARS
from warehouse.services import checking, counting, disposing, liens, papermaking, releasing
from warehouse.services.claiming import PRINT_CLAIM
from warehouse.services.closing import PRINT_CLOSE
from warehouse.services.keeping import keep_books


@jobs.task(PRINT_CLAIM)
def print_claim(job: JobContext) -> bool:
    """Draw a claim's paper."""
    job.attach(papermaking.draw_claim(job))
    return True


@jobs.task(ADVANCE_RELEASES)
def advance_releases(job: JobContext) -> bool:
    """Offer and close the releases whose day has come."""
    releasing.advance_all()
    return True


@jobs.task(PLAN_COUNTS)
def plan_counts(job: JobContext) -> bool:
    """Plan the counts that are due in every pool."""
    for pool in Pool.objects.order_by("pk"):
        counting.plan_counts(pool)
    return True


@jobs.task(KEEP_BOOKS)
def keep_all_books(job: JobContext) -> bool:
    """Accrue every pool's charges up to yesterday, and warn of goods that grow old."""
    for pool in Pool.objects.order_by("pk"):
        keep_books(pool)
    return True


@jobs.task(CHECK_BOOK)
def check_book(job: JobContext) -> bool:
    """Compare every account book with the shelves, and look at how long goods may stay."""
    for pool in Pool.objects.order_by("pk"):
        checking.check_book(pool)
        checking.warn_of_terms(pool)
    return True


@jobs.task(PRINT_CLOSE)
def print_close(job: JobContext) -> bool:
    """Draw the filing of an account book's close, and its workbook."""
    job.attach(papermaking.draw_close(job))
    return True


@jobs.task(DISPOSE_RECALLED)
def dispose_recalled(job: JobContext) -> bool:
    """Open disposal cases for what a recall put in quarantine."""
    disposing.open_for_recall(job.args["recall"], job.args["lots"])
    return True


@jobs.task(SETTLE_ARREARS)
def settle_arrears(job: JobContext) -> bool:
    """Hold units for late money, or let them go."""
    with tenancy.as_operator("units are held for late money"):
        liens.settle_arrears(job.args["importer"], job.args["pool"])
    return True
