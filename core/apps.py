"""The kernel app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

from core import triggers


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Collect what each app declares; put the triggers back after every migrate."""
        autodiscover_modules("facts", "access", "invariants", "kernel_laws", "notices")
        post_migrate.connect(triggers.install, dispatch_uid="core.triggers")
