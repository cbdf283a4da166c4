"""What Celery workers do: run jobs, and sweep up what nobody rang for."""

from celery import shared_task
from django.conf import settings

from core import clock, facts, jobs, onboarding, webhooks

CALLS_AT_ONCE = 5


@shared_task(name="core.run_job")
def run_job(*, job_id: int, **_: object) -> bool:
    """Run one job; a second delivery finds it taken and does nothing."""
    return jobs.run(job_id)


@shared_task(name="core.sweep")
def sweep(**_: object) -> int:
    """Place waiting facts, feed the readers, ring again for every job that is due.

    A bell that nobody hears before the next sweep is forgotten, so that none pile up.
    """
    jobs.order_daily()
    due = jobs.due()
    for job_id in due:
        run_job.apply_async(kwargs={"job_id": job_id}, expires=settings.SWEEP_SECONDS)
    placed = facts.sequence() + facts.catch_up() + webhooks.deliver_due(CALLS_AT_ONCE)
    return len(due) + placed


@jobs.task("core.look_at_papers")
def look_at_papers(job: jobs.JobContext) -> bool:
    """Tell members whose papers expire soon."""
    onboarding.tell_expiring(clock.today())
    return True
