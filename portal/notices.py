"""What the operator is told of the machine: work that was parked."""

from django.urls import reverse
from django.utils.translation import gettext_noop as _noop

from core import jobs, notices
from core.models import Job, Membership, Party
from core.models.notice import Notice

PARKED = "portal.job.parked"

notices.register(
    PARKED,
    notices.Kind(
        Notice.Level.ALARM,
        _noop("Background work “{task}” was parked after {attempts} attempts."),
        _noop("Read why on the page of background work, mend the cause and try it again."),
    ),
)


def tell_parked(job: Job) -> None:
    """Tell every operator that work stands still."""
    operators = Party.objects.filter(kind=Party.Kind.OPERATOR, is_active=True)
    for operator in operators.order_by("pk"):
        notices.tell(
            operator,
            PARKED,
            key=f"{PARKED}/{job.pk}/{operator.pk}/{job.ordered_at.isoformat()}",
            params={"task": job.task, "attempts": job.attempts},
            address=reverse("jobs"),
        )


def settle_parked(job_id: int) -> None:
    """Somebody tries the work again."""
    notices.settle_all(f"{PARKED}/{job_id}/")


def waiting(membership: Membership) -> int:
    """How many notices a member has not seen. One query."""
    return notices.unread(membership.user, [membership.party_id])


jobs.parked.append(tell_parked)
