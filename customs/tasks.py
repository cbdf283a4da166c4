"""Work in the background: each task calls one service."""

from core import jobs, tenancy
from core.jobs import JobContext
from customs import correction_queries, guard_queries, services, simulation
from customs.domain.states import DECLARED
from customs.models import DeclarationBatch
from customs.services import batch_files, payment_desk, take_step, zone_prints

ANSWERED_AT_A_TIME = 10


@jobs.task("customs.build_batch")
def build_batch(job: JobContext) -> bool:
    """Make the next files of a batch; whether all are made."""
    return batch_files.build_step(job, job.args["batch"])


@jobs.task("customs.print_zone_paper")
def print_zone_paper(job: JobContext) -> bool:
    """Print a list or a gate pass as it is now."""
    job.attach(zone_prints.print_and_keep(job.args["paper"]))
    return True


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


CLOSE_LATE_RETURNS = "customs.close_late_returns"
jobs.daily.append(CLOSE_LATE_RETURNS)


@jobs.task(CLOSE_LATE_RETURNS)
def close_late_returns(job: JobContext) -> bool:
    """Close granted returns whose goods did not come back in time, so that taxes are paid."""
    with tenancy.as_operator("look for late returns"):
        waiting = correction_queries.waiting_returns()
    services.close_late_returns(waiting)
    return True


GUARD = "customs.guard"
jobs.daily.append(GUARD)


@jobs.task(GUARD)
def guard(job: JobContext) -> bool:
    """Look for orders that are not for personal use, pool by pool, and drop old traces."""
    for pool in guard_queries.pools_with_traces():
        services.look_for_patterns(pool)
    services.forget_traces()
    return True


@jobs.task("customs.send_payment")
def send_payment(job: JobContext) -> bool:
    """Hand a pushed payment to its company."""
    payment_desk.send(job.args["leg"])
    return True
