"""Background work of the portal."""

from core import jobs
from portal import services
from portal.queries.books import CHECK_BOOKS


@jobs.task(CHECK_BOOKS)
def check_books(job: jobs.JobContext) -> bool:
    """Check every law of the books."""
    return services.check_books(job)
