"""Serves the installation: the web server and its worker, ending together."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from portal.demo import serving


class Command(BaseCommand):
    help = "Serve on 127.0.0.1:8000 with the embedded worker; Ctrl-C ends both."

    def handle(self, *args: Any, **options: Any) -> None:
        address = f"http://{serving.HOST}:{serving.PORT}"
        sys.exit(serving.serve(serving.commands(), ready=lambda: self.stdout.write(address)))
