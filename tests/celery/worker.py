"""A Celery worker that also knows the jobs of these tests; its arguments are Celery's.

``test.note`` writes its name to a file. ``test.walk`` writes a line a step and tells how far it is,
so that whoever takes it over goes on from there.
"""

import os
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config.celery import app  # noqa: E402  Django stands first
from core import jobs  # noqa: E402
from core.jobs import JobContext  # noqa: E402

STEP_SECONDS = 0.1


def write(path: str, line: object) -> None:
    """Add a line to a file in one write, so that processes do not mix theirs."""
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


@jobs.task("test.note")
def note(job: JobContext) -> bool:
    """One line, once."""
    write(job.args["file"], job.args["line"])
    return True


@jobs.task("test.walk")
def walk(job: JobContext) -> bool:
    """Step after step, each a tenth of a second."""
    row = jobs.Job.objects.get(pk=job.job.pk)
    time.sleep(STEP_SECONDS)
    write(job.args["file"], row.done + 1)
    job.progress(row.done + 1, job.args["steps"])
    return row.done + 1 == job.args["steps"]


if __name__ == "__main__":
    app.worker_main(["worker", *sys.argv[1:]])
