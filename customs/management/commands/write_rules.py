"""Write the rules of every territory in use to ``docs/rules``."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from customs.rulebook import rulebook
from customs.territories import TERRITORIES


class Command(BaseCommand):
    """``manage.py write_rules``: one file per territory; the same rules give the same file."""

    help = "Write the rules of every customs territory to docs/rules."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files and name them."""
        folder = Path(settings.BASE_DIR) / "docs" / "rules"
        folder.mkdir(parents=True, exist_ok=True)
        for code, territory in TERRITORIES.items():
            path = folder / f"{code}.md"
            path.write_text(rulebook(territory), encoding="utf-8")
            self.stdout.write(str(path.relative_to(settings.BASE_DIR)))
