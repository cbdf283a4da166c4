"""Loads reference data that comes with the product."""

from typing import Any

from django.core.management.base import BaseCommand

from core import reference


class Command(BaseCommand):
    help = "Load countries, currencies, units, ports, HS 2022 and ECB rates; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, rows in reference.load_all().items():
            self.stdout.write(f"{rows:>9,}  {name}")
