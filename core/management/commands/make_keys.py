"""Makes the key ring of an installation."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core.keys import PURPOSES, KeyRing


class Command(BaseCommand):
    help = "Make the keys that are missing in KEY_DIR (files readable by their owner only)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        KeyRing.make(settings.KEY_DIR)
        self.stdout.write(f"{len(PURPOSES)} keys in {settings.KEY_DIR}; back them up apart.")
