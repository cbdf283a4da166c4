"""Celery, where a broker is configured: it tells a worker to look at the job table at once."""

import logging
import os

from celery import Celery
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

log = logging.getLogger(__name__)

app = Celery("bondpool")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def ring(job_id: int) -> None:
    """Wake a worker for a job. When the broker is away the job waits for a worker's sweep."""
    try:
        app.send_task("core.run_job", kwargs={"job_id": job_id}, retry=False)
    except OperationalError:
        log.warning("the broker is away; job %s waits for the sweep", job_id)
