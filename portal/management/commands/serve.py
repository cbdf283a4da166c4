"""Serves the installation: the web server and its worker, ending together."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.domain.errors import Refusal
from portal import serving


class Command(BaseCommand):
    help = "Serve on 127.0.0.1:8000 with the embedded worker; Ctrl-C ends both."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="where to listen (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="which port (8000)")
        parser.add_argument("--workers", type=int, default=1, help="web server processes (1)")

    def handle(self, *args: Any, **options: Any) -> None:
        address = serving.Address(options["host"], options["port"])
        try:
            serving.refuse_if_taken(address)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        lines = serving.commands(address, workers=options["workers"])
        sys.exit(serving.serve(lines, ready=lambda: self.stdout.write(str(address))))
