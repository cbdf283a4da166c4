"""The kernel app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import autodiscover_modules

from core import triggers


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Collect what each app declares; triggers make way for a migrate and come back after."""
        autodiscover_modules("facts", "access", "invariants", "kernel_laws", "notices", "letters")
        pre_migrate.connect(triggers.make_way, dispatch_uid="core.triggers.make_way")
        post_migrate.connect(triggers.install, dispatch_uid="core.triggers")
        autodiscover_modules("older_salts")
