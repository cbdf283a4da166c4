"""Work in the background: each task calls one service."""

from core import jobs
from core.jobs import JobContext
from customs.services import batch_files


@jobs.task("customs.build_batch")
def build_batch(job: JobContext) -> bool:
    """Make the next files of a batch; whether all are made."""
    return batch_files.build_step(job, job.args["batch"])
