"""What Celery workers do: run jobs, and sweep up what nobody rang for."""

from celery import shared_task

from core import facts, jobs


@shared_task(name="core.run_job", acks_late=True)
def run_job(*, job_id: int, **_: object) -> bool:
    """Run one job; a second delivery finds it taken and does nothing."""
    return jobs.run(job_id)


@shared_task(name="core.sweep", acks_late=True)
def sweep(**_: object) -> int:
    """Run what is due, place waiting facts, feed the readers; for a beat every few seconds."""
    return jobs.run_until_idle() + facts.sequence() + facts.catch_up()
