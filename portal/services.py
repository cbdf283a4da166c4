"""What the portal sets in motion by itself: the check of the books."""

import hashlib
import json

from django.db import transaction

from core import clock, documents, invariants, jobs
from core.models import Job
from portal import notices
from portal.queries.books import CHECK_BOOKS


@transaction.atomic
def order_check() -> Job:
    """Ask for a check of every law of the books; one that still waits or runs is enough."""
    unfinished = Job.objects.filter(
        task=CHECK_BOOKS, state__in=[Job.State.QUEUED, Job.State.RUNNING]
    ).first()
    return unfinished or jobs.order(CHECK_BOOKS, key=f"{CHECK_BOOKS}:{clock.now().isoformat()}")


def check_books(job: jobs.JobContext) -> bool:
    """Check every law and keep the findings as a document of the job."""
    findings = invariants.check_all()
    content = json.dumps(invariants.as_json(findings), ensure_ascii=False).encode()
    digest = hashlib.sha256(content).hexdigest()
    document = documents.store(
        key=f"books-check:{job.job.pk}:{digest}",
        content=content,
        filename=f"books-check-{job.job.pk}.json",
        media_type="application/json",
        subject=f"job:{job.job.pk}",
    )
    job.attach(document)
    job.progress(len(findings), len(findings))
    return True


@transaction.atomic
def try_again(job_id: int) -> bool:
    """Put parked work back into the queue and take its notice off the list; whether it was."""
    if not jobs.retry(job_id):
        return False
    notices.settle_parked(job_id)
    return True
