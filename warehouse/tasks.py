"""Work in the background: each task calls one service."""

from core import jobs
from core.jobs import JobContext
from warehouse.notices import ADVANCE_RELEASES
from warehouse.services import papermaking, releasing
from warehouse.services.claiming import PRINT_CLAIM


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
