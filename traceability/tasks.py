"""Background work of the prove stage: each task calls one service."""

from core import clock, jobs
from core.jobs import JobContext
from traceability import complaints, labels


@jobs.task(labels.TASK)
def issue_labels(job: JobContext) -> bool:
    """Issue the next labels of a batch; whether all are issued."""
    return labels.issue_step(job)


@jobs.task(complaints.SWEEP)
def sweep_complaints(job: JobContext) -> bool:
    """Tell operators of complaints without an answer in time."""
    return complaints.sweep_overdue(clock.today()) == 0
