"""The declare app."""

from django.apps import AppConfig


class CustomsConfig(AppConfig):
    name = "customs"
    verbose_name = "Declare"
    default_auto_field = "django.db.models.BigAutoField"
