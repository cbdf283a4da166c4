"""Loads the positive list, trade measures and words for goods."""

from typing import Any

from django.core.management.base import BaseCommand

from imports import services


class Command(BaseCommand):
    help = "Load what the authorities list, with edition, dates and source; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, rows in services.load_lists().items():
            self.stdout.write(f"{rows:>9,}  {name.replace('_', ' ')}")
