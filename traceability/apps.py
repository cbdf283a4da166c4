"""The prove app."""

from django.apps import AppConfig


class TraceabilityConfig(AppConfig):
    name = "traceability"
    verbose_name = "Prove"
    default_auto_field = "django.db.models.BigAutoField"
