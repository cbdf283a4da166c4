"""Background work of the portal."""

from core import jobs
from portal import services


@jobs.task(services.CHECK_BOOKS)
def check_books(job: jobs.JobContext) -> bool:
    """Check every law of the books."""
    return services.check_books(job)
