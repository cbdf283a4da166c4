"""Reads the whole fact log into the event repository again."""

from typing import Any

from django.core.management.base import BaseCommand

from traceability import projections


class Command(BaseCommand):
    help = "Drop the EPCIS events and rebuild them from the fact log, to the same bytes."

    def handle(self, *args: Any, **options: Any) -> None:
        read = projections.rebuild()
        self.stdout.write(f"{read} facts read")
