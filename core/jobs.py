"""Work in the background: ordered in the caller's transaction, done in short resumable steps.

The table is the truth. A worker process polls it; where a broker is configured, Celery only
tells a worker to look at once. Leases are measured by the database's clock.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.module_loading import autodiscover_modules, import_string

from core import clock, logs, tenancy
from core.domain.errors import Refusal
from core.domain.masking import mask_strays
from core.models.document import Document
from core.models.job import Job

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
PAUSE_AFTER_FAILURE = timedelta(seconds=5)
MOST_ATTEMPTS = 5

Step = Callable[["JobContext"], bool]


class UnknownTask(LookupError):
    """Raised when work was ordered that no app has registered."""


class LeaseLost(RuntimeError):
    """Raised when another worker has taken the job over; this one must stop."""


@dataclass
class JobContext:
    """What a step sees of its job; each call of ``progress`` renews the lease."""

    job: Job

    @property
    def args(self) -> dict[str, Any]:
        """The ids that the work was ordered with."""
        return dict(self.job.args)

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Say how far the work is, and keep the lease.

        Raises:
            LeaseLost: the job now belongs to another worker.
        """
        self._update(done=done, total=total, message=message[:200])

    def attach(self, document: Document) -> None:
        """Name the document that the work produced."""
        self._update(result=document)

    def _update(self, **fields: Any) -> None:
        mine = Job.objects.filter(
            pk=self.job.pk, state=Job.State.RUNNING, lease_token=self.job.lease_token
        )
        if not mine.update(lease_until=Now() + LEASE, **fields):
            raise LeaseLost(self.job.pk)


registry: dict[str, Step] = {}
daily: list[str] = []
"""Tasks that every day wants once."""

parked: list[Callable[[Job], None]] = []
"""Who is told that work was parked."""


def task(name: str) -> Callable[[Step], Step]:
    """Register a step under a stable name. A step returns True when all is done.

    Each call should take a second or two at most and may be repeated at any point.
    """

    def note(step: Step) -> Step:
        registry[name] = step
        return step

    return note


def order(name: str, *, key: str, **args: Any) -> Job:
    """Ask for work in the caller's transaction; the same key orders it once."""
    job, is_new = Job.objects.get_or_create(
        key=key,
        defaults={
            "task": name,
            "args": args,
            "ordered_by": tenancy.actor(),
            "ordered_at": clock.now(),
        },
    )
    if is_new and settings.JOB_BELL:
        ring = import_string(settings.JOB_BELL)
        transaction.on_commit(lambda: ring(job.pk), robust=True)
    return job


def order_daily() -> None:
    """Ask for the work that every day wants once; asking again on the same day changes nothing."""
    today = clock.today().isoformat()
    wanted = {f"{name}:{today}": name for name in daily}
    known = Job.objects.filter(key__in=wanted).values_list("key", flat=True)
    for key in sorted(wanted.keys() - set(known)):
        order(wanted[key], key=key)


def claim(job_id: int) -> Job | None:
    """Take a job that waits, or whose worker fell silent; one UPDATE decides between workers."""
    token = secrets.token_hex(16)
    ready = Q(state=Job.State.QUEUED) & (Q(run_after__isnull=True) | Q(run_after__lte=Now()))
    silent = Q(state=Job.State.RUNNING, lease_until__lt=Now())
    taken = Job.objects.filter(ready | silent, pk=job_id).update(
        state=Job.State.RUNNING,
        lease_until=Now() + LEASE,
        lease_token=token,
        attempts=F("attempts") + 1,
    )
    return Job.objects.get(pk=job_id) if taken else None


def due() -> list[int]:
    """Ids of the jobs that could be claimed now, oldest first."""
    ready = Q(state=Job.State.QUEUED) & (Q(run_after__isnull=True) | Q(run_after__lte=Now()))
    silent = Q(state=Job.State.RUNNING, lease_until__lt=Now())
    return list(Job.objects.filter(ready | silent).order_by("pk").values_list("pk", flat=True)[:50])


def run(job_id: int) -> bool:
    """Claim a job and work on it to its end; whether this call did so.

    A failure is written down and the job tried again later, or parked after ``MOST_ATTEMPTS``;
    so is a job that ended its worker as often.
    """
    job = claim(job_id)
    if job is None:
        return False
    with logs.about(job=job.pk):
        return _work_on(job)


def _work_on(job: Job) -> bool:
    if job.attempts > MOST_ATTEMPTS:
        _fail(job, f"its worker fell silent {MOST_ATTEMPTS} times", is_final=True)
        return True
    context = JobContext(job)
    try:
        with tenancy.as_operator(f"job {job.task}", actor=job.ordered_by or "system"):
            step = _step(job.task)
            while not step(context):
                context._update()  # noqa: SLF001
    except LeaseLost:
        log.warning("job %s was taken over", job.pk)
        return False
    except Refusal as refusal:
        _fail(job, f"{refusal.code}: {refusal}", is_final=True)
    except Exception as error:  # the one place that outlives any bug: the job keeps the record
        log.exception("job %s failed", job.pk)
        _fail(job, f"{type(error).__name__}: {error}", is_final=False)
    else:
        _finish(job)
    return True


def _step(name: str) -> Step:
    """The registered step; the apps' task modules, with their heavy libraries, load on demand."""
    if name not in registry:
        autodiscover_modules("tasks")
    if name not in registry:
        raise UnknownTask(name)
    return registry[name]


def _finish(job: Job) -> None:
    Job.objects.filter(pk=job.pk, lease_token=job.lease_token).update(
        state=Job.State.DONE, finished_at=clock.now(), failure="", lease_until=None
    )


def _fail(job: Job, failure: str, *, is_final: bool) -> None:
    is_parked = is_final or job.attempts >= MOST_ATTEMPTS
    kept = Job.objects.filter(pk=job.pk, lease_token=job.lease_token).update(
        state=Job.State.PARKED if is_parked else Job.State.QUEUED,
        failure=mask_strays(failure)[:300],
        run_after=Now() + PAUSE_AFTER_FAILURE * job.attempts,
        lease_until=None,
    )
    if kept and is_parked:
        for tell in parked:
            tell(job)


def retry(job_id: int) -> bool:
    """Put a parked job back into the queue; whether there was one."""
    parked = Job.objects.filter(pk=job_id, state=Job.State.PARKED)
    return bool(parked.update(state=Job.State.QUEUED, attempts=0, run_after=None))


def run_until_idle() -> int:
    """Work off everything that is due, in this process; the number of jobs run."""
    done = 0
    while ids := due():
        done += sum(run(job_id) for job_id in ids)
    return done
