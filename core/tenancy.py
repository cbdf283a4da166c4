"""In whose name work is done, and the managers that keep one importer from another's rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import models

from core.domain.errors import Refusal
from core.models.party import Importer, Party


@dataclass(frozen=True)
class Scope:
    """Who is in view: one importer, or (``importer_id`` None) the whole pool for a reason."""

    actor: str
    importer_id: int | None
    reason: str = ""


class NobodyInView(Refusal):
    """Raised when owned rows are read although nobody is in view."""

    code = "nobody-in-view"
    reason = "These records belong to importers, and nobody was named in whose name they are read."
    remedy = "Sign in, or run the step for an importer or as the operator."


_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)


def scope() -> Scope | None:
    """The scope in force, if any."""
    return _scope.get()


def actor() -> str:
    """Who acts, as written into facts and transfers: ``user:3``, or ``system``."""
    current = _scope.get()
    return current.actor if current else "system"


@contextmanager
def _within(new: Scope) -> Iterator[None]:
    token = _scope.set(new)
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def acting_for(importer: Party | int, *, actor: str = "") -> Iterator[None]:
    """Run a block in which owned rows are those of one importer."""
    importer_id = importer if isinstance(importer, int) else importer.pk
    current = _scope.get()
    name = actor or (current.actor if current else "system")
    with _within(Scope(actor=name, importer_id=importer_id)):
        yield


@contextmanager
def as_operator(reason: str, *, actor: str = "") -> Iterator[None]:
    """Run a block that sees every importer's rows, for a stated reason."""
    current = _scope.get()
    name = actor or (current.actor if current else "system")
    with _within(Scope(actor=name, importer_id=None, reason=reason)):
        yield


class OwnedManager(models.Manager[Any]):
    """Rows of the importer in view; everybody's inside :func:`as_operator`; else a refusal."""

    def __init__(self, owner: str = "importer") -> None:
        super().__init__()
        self.owner = owner

    def get_queryset(self) -> models.QuerySet[Any]:
        """Raises:
        NobodyInView: outside of any scope.
        """
        current = _scope.get()
        if current is None:
            raise NobodyInView
        rows = super().get_queryset()
        if current.importer_id is None:
            return rows
        return rows.filter(**{f"{self.owner}_id": current.importer_id})


class Owned(models.Model):
    """A row that belongs to one importer."""

    importer = models.ForeignKey(Importer, models.PROTECT, related_name="+")

    objects = OwnedManager()

    class Meta:
        abstract = True
