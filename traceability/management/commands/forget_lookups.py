"""Removes what is known of single look-ups after their time."""

from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from traceability import services


class Command(BaseCommand):
    help = "Remove single look-ups older than 180 days; how often codes were looked up stays."

    def handle(self, *args: Any, **options: Any) -> None:
        removed = services.forget(clock.now() - services.KEPT)
        self.stdout.write(f"{removed} rows removed")
