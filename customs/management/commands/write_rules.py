"""Write the rules of every territory in use, and their messages, to ``docs/rules``."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from customs.message_book import bonded_book, message_book
from customs.rulebook import rulebook
from customs.territories import TERRITORIES


class Command(BaseCommand):
    """``manage.py write_rules``: a file per territory, and one of messages; always the same."""

    help = "Write the rules of every customs territory to docs/rules."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files and name them."""
        folder = Path(settings.BASE_DIR) / "docs" / "rules"
        folder.mkdir(parents=True, exist_ok=True)
        texts = {code: rulebook(territory) for code, territory in TERRITORIES.items()}
        books = {"ceb-messages": message_book(), "bonded-messages": bonded_book()}
        for name, text in {**texts, **books}.items():
            path = folder / f"{name}.md"
            path.write_text(text, encoding="utf-8")
            self.stdout.write(str(path.relative_to(settings.BASE_DIR)))
