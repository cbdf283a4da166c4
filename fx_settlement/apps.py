"""The pay and charge app."""

from django.apps import AppConfig


class FxSettlementConfig(AppConfig):
    name = "fx_settlement"
    verbose_name = "Pay and charge"
    default_auto_field = "django.db.models.BigAutoField"
