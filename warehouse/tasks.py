"""Work in the background: each task calls one service."""

from core import jobs
from core.jobs import JobContext
from warehouse.services import papermaking
from warehouse.services.claiming import PRINT_CLAIM


@jobs.task(PRINT_CLAIM)
def print_claim(job: JobContext) -> bool:
    """Draw a claim's paper."""
    job.attach(papermaking.draw_claim(job))
    return True
