"""Tells whether this installation can work now; exit 1 when it cannot."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from core import health


class Command(BaseCommand):
    help = "Print as JSON what /health/ answers; exit 1 when something fails."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        found = health.look()
        self.stdout.write(json.dumps(found.as_json(), indent=1))
        if not found.is_working:
            raise SystemExit(1)
