"""Background work of the prove stage: each task calls one service."""

from core import jobs
from core.jobs import JobContext
from traceability import labels


@jobs.task(labels.TASK)
def issue_labels(job: JobContext) -> bool:
    """Issue the next labels of a batch; whether all are issued."""
    return labels.issue_step(job)
