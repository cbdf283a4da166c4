"""Work in the background: each task calls one service."""

from core import jobs
from core.jobs import JobContext
from customs import simulation
from customs.domain.states import DECLARED
from customs.models import DeclarationBatch
from customs.services import batch_files, payment_desk, take_step

ANSWERED_AT_A_TIME = 10


@jobs.task("customs.build_batch")
def build_batch(job: JobContext) -> bool:
    """Make the next files of a batch; whether all are made."""
    return batch_files.build_step(job, job.args["batch"])


@jobs.task("customs.take_sheet")
def take_sheet(job: JobContext) -> bool:
    """Take the next orders of a sheet; whether all were tried."""
    return take_step(job, job.args["sheet"])


@jobs.task("customs.simulate_answers")
def simulate_answers(job: JobContext) -> bool:
    """Have the next declarations of a demonstration's batch answered; whether all are."""
    batch = DeclarationBatch.objects.select_related("pool").get(pk=job.args["batch"])
    reached = simulation.answer_batch(
        batch, seed=batch.pool.code, most=ANSWERED_AT_A_TIME, in_a_hurry=True
    )
    total = sum(reached.values())
    waiting = reached.get(DECLARED, 0)
    job.progress(total - waiting, total)
    return not waiting


@jobs.task("customs.send_payment")
def send_payment(job: JobContext) -> bool:
    """Hand a pushed payment to its company."""
    payment_desk.send(job.args["leg"])
    return True
