"""The plan and buy app."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "imports"
    verbose_name = "Plan and buy"
    default_auto_field = "django.db.models.BigAutoField"
