"""Composition root."""

import os

if os.environ.get("CELERY_BROKER_URL"):
    from config.celery import app

    __all__ = ["app"]
