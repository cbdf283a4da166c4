"""A round is consolidated at once where it is small, and by a worker where its program is large."""

from collections.abc import Callable

from core import clock, jobs
from core.jobs import JobContext
from core.models import Job
from imports import queries
from imports.domain.purchase import largest_part
from imports.models import PlanningTerms, Round
from imports.services.planning import by_product, problem_of
from imports.services.rounds import consolidate_round, refuse_unready

TASK = "imports.consolidate_round"
BUDGET_SECONDS = 20.0
"""What a worker may take: no page waits for it, and the bound comes nearer."""

MOST_ASKS = 5_000
MOST_OFFERS_TOGETHER = 60
"""Beyond either a purchase may take longer than a page should."""


def is_large(round_: Round) -> bool:
    """Whether a round is too large to be consolidated while its operator waits.

    Raises:
        NoOfferInForce: a product that is planned has no supplier.
    """
    asked, day = queries.asks_of(round_), clock.today()
    if len(asked) > MOST_ASKS:
        return True
    terms = PlanningTerms.objects.on(round_.pool, day)
    _, problem = problem_of(by_product(asked), day, has_containers=terms.plans_containers)
    return largest_part(problem) > MOST_OFFERS_TOGETHER


def order_consolidation(round_: Round) -> Job:
    """Ask for a round's consolidation by a worker; asked again it is tried once more.

    Raises:
        StepNotAllowed, NotLockedYet: the round cannot be consolidated now.
    """
    refuse_unready(round_)
    job = jobs.order(TASK, key=f"{TASK}:{round_.pk}", round=round_.pk)
    if jobs.retry(job.pk):
        job.refresh_from_db()
    return job


def consolidation_job(round_: Round) -> Job | None:
    """The order to consolidate a round in the background, if there is one. One query."""
    return Job.objects.filter(key=f"{TASK}:{round_.pk}").first()


def run_consolidation(job: JobContext) -> bool:
    """Consolidate the round that a job names; one that was consolidated meanwhile stays so."""
    round_ = Round.objects.select_related("pool").get(pk=job.args["round"])
    if round_.state not in (Round.State.CONSOLIDATED, Round.State.ORDERED):
        consolidate_round(round_, seconds=BUDGET_SECONDS, told=_every_step(job))
    return True


def _every_step(job: JobContext) -> Callable[[int, int], None]:
    """Say how many groups of products are planned, some twenty times in all."""

    def told(done: int, total: int) -> None:
        if done % max(1, total // 20) == 0 or done == total:
            job.progress(done, total)

    return told
