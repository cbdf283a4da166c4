"""Rows that belong to an importer, and the manager that keeps others from them."""

from typing import Any

from django.db import models

from core import scope
from core.models.party import Importer
from core.scope import NobodyInView


class OwnedManager(models.Manager[Any]):
    """Rows of the importer in view; everybody's inside :func:`as_operator`; else a refusal."""

    def __init__(self, owner: str = "importer") -> None:
        super().__init__()
        self.owner = owner

    def get_queryset(self) -> models.QuerySet[Any]:
        """Raises:
        NobodyInView: outside of any scope.
        """
        current = scope.current()
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
