"""Work in the background: each task calls one service."""

from core import jobs
from core.jobs import JobContext
from imports import notices, services
from imports.services.certificate_printing import print_ordered_certificate
from imports.services.certificates import PRINT_CERTIFICATE


@jobs.task("imports.read_sheet")
def read_sheet(job: JobContext) -> bool:
    """Read a long forecast sheet; whether all of it is read."""
    return services.read_sheet(job, job.args["upload"])


@jobs.task("imports.move_rounds")
def move(_job: JobContext) -> bool:
    """Take every round to where its deadlines put it today."""
    services.move_rounds()
    return True


@jobs.task(notices.SCORE_PLANS)
def score_plans(job: JobContext) -> bool:
    """Score the plans of months that closed."""
    services.score_plans()
    return True


@jobs.task("imports.consolidate_round")
def consolidate(job: JobContext) -> bool:
    """Consolidate a large round."""
    return services.run_consolidation(job)


@jobs.task(PRINT_CERTIFICATE)
def print_certificate(job: JobContext) -> bool:
    """Draw one certificate."""
    job.attach(print_ordered_certificate(job))
    return True
