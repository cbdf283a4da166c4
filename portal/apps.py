"""The home pages app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Home pages"
    default_auto_field = "django.db.models.BigAutoField"
