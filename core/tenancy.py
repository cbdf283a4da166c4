"""Tenancy in one place: whose rows are in view, and what is owned."""

from core.models.owned import Owned, OwnedManager
from core.scope import NobodyInView, Scope, acting_for, actor, as_operator, current
from core.scope import current as scope

__all__ = [
    "NobodyInView",
    "Owned",
    "OwnedManager",
    "Scope",
    "acting_for",
    "actor",
    "as_operator",
    "current",
    "scope",
]
