"""What the portal's pages show, as plain rows."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, When
from django.utils.translation import gettext

from core import documents, facts
from core.models import Fact, Job

CHECK_BOOKS = "portal.check_books"
"""The job that checks every law of the books."""


@dataclass(frozen=True)
class Law:
    """One law of the books as last checked."""

    name: str
    sentence: str
    holds: bool
    violations: tuple[str, ...]


@dataclass(frozen=True)
class BooksCheck:
    """The last finished check of the books."""

    checked_at: datetime | None
    laws: tuple[Law, ...]

    @property
    def broken(self) -> int:
        """How many laws did not hold."""
        return sum(not law.holds for law in self.laws)


@dataclass(frozen=True)
class SignedHead:
    """The newest signed head of the fact log."""

    size: int
    root: str
    signed_at: datetime
    note: str
    verifier_key: str
    waiting: int


@dataclass(frozen=True)
class WorkRow:
    """One piece of background work."""

    job_id: int
    task: str
    state: str
    done: int
    total: int
    message: str
    failure: str
    attempts: int
    ordered_at: datetime
    finished_at: datetime | None


def last_check() -> BooksCheck | None:
    """The findings of the last finished check; None before the first. Two queries."""
    job = (
        Job.objects.filter(task=CHECK_BOOKS, state=Job.State.DONE, result__isnull=False)
        .select_related("result")
        .order_by("-pk")
        .first()
    )
    if job is None or job.result is None:
        return None
    found: dict[str, Any] = json.loads(documents.content(job.result))
    laws = [_law(**finding) for finding in found["findings"]]
    return BooksCheck(job.finished_at, tuple(sorted(laws, key=lambda law: law.holds)))


def _law(*, name: str, sentence: str, holds: bool, violations: list[str]) -> Law:
    return Law(name, gettext(sentence), holds, tuple(violations))


def check_under_way() -> Job | None:
    """The check that waits, runs or was parked after the last finished one, if any."""
    newest = Job.objects.filter(task=CHECK_BOOKS).order_by("-pk").first()
    return newest if newest and newest.state != Job.State.DONE else None


def work(most: int = 100) -> list[WorkRow]:
    """The newest background work, unfinished first. One query."""
    finished = Case(When(state=Job.State.DONE, then=1), default=0, output_field=IntegerField())
    rows = Job.objects.order_by(finished, "-pk").values_list(
        "pk", "task", "state", "done", "total", "message", "failure", "attempts", "ordered_at",
        "finished_at",
    )  # fmt: skip
    return [WorkRow(*row) for row in rows[:most]]


def signed_head() -> SignedHead | None:
    """The newest signed head with what is needed to verify it; None before the first fact."""
    head = facts.head()
    if head is None:
        return None
    return SignedHead(
        size=head.size,
        root=bytes(head.root).hex(),
        signed_at=head.signed_at,
        note=head.note,
        verifier_key=facts.log_verifier_key(),
        waiting=Fact.objects.filter(entry__isnull=True).count(),
    )
