"""Work in the background: each task calls one service."""

from core import jobs
from core.jobs import JobContext
from fx_settlement.services.papers import PRINT_STATEMENT
from fx_settlement.services.printing import print_ordered_statement


@jobs.task(PRINT_STATEMENT)
def print_statement(job: JobContext) -> bool:
    """Draw one statement."""
    job.attach(print_ordered_statement(job))
    return True
