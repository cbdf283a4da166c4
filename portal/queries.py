"""What the portal's pages show, as plain rows."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
