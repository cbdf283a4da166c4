"""Loads the schedules of fees and the weights of tiers that come with the product."""

from typing import Any

from django.core.management.base import BaseCommand

from fx_settlement import services


class Command(BaseCommand):
    help = "Load dated rows of fees, deposits and tolerances, and of tiers; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{services.load_fee_rows():>9,}  rows of fees")
        self.stdout.write(f"{services.load_tier_terms():>9,}  rows of tier terms")
