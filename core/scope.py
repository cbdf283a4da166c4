"""In whose name work is done: one importer, or the whole pool for a stated reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from core.domain.errors import Refusal


@dataclass(frozen=True)
class Scope:
    """Who is in view: one importer, or (``importer_id`` None) the whole pool for a reason."""

    actor: str
    importer_id: int | None
    reason: str = ""


class HasId(Protocol):
    """Anything with a primary key, such as a party."""

    @property
    def pk(self) -> Any: ...


class NobodyInView(Refusal):
    """Raised when owned rows are read although nobody is in view."""

    code = "nobody-in-view"
    reason = "These records belong to importers, and nobody was named in whose name they are read."
    remedy = "Sign in, or run the step for an importer or as the operator."


_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current() -> Scope | None:
    """The scope in force, if any."""
    return _scope.get()


def actor() -> str:
    """Who acts, as written into facts and transfers: ``user:3``, or ``system``."""
    in_force = _scope.get()
    return in_force.actor if in_force else "system"


@contextmanager
def _within(new: Scope) -> Iterator[None]:
    token = _scope.set(new)
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def acting_for(importer: HasId | int, *, actor: str = "") -> Iterator[None]:
    """Run a block in which owned rows are those of one importer."""
    importer_id = importer if isinstance(importer, int) else importer.pk
    in_force = _scope.get()
    name = actor or (in_force.actor if in_force else "system")
    with _within(Scope(actor=name, importer_id=importer_id)):
        yield


@contextmanager
def as_operator(reason: str, *, actor: str = "") -> Iterator[None]:
    """Run a block that sees every importer's rows, for a stated reason."""
    in_force = _scope.get()
    name = actor or (in_force.actor if in_force else "system")
    with _within(Scope(actor=name, importer_id=None, reason=reason)):
        yield
