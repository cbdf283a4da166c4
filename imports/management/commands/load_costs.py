"""Loads the tariff table."""

from typing import Any

from django.core.management.base import BaseCommand

from imports import services


class Command(BaseCommand):
    help = "Load the tariffs behind landed costs, with date, source and trust; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{services.load_tariffs():>9,}  tariffs")
