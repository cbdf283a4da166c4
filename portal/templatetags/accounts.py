"""Words for rights and onboarding checks."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

RIGHTS = {
    "plan": _("forecasts and offers"),
    "trade": _("consumer orders and dispatch"),
    "money": _("payments and approvals"),
    "manage": _("members and settings"),
}

CHECKS = {
    "customs_code": _("customs registration"),
    "credit_code": _("social credit code"),
    "wrong": _("wrong"),
    "licence": _("business licence"),
    "overseas_registration": _("registration outside China"),
    "customs_registration": _("registration certificate"),
    "domestic_agent": _("domestic agent"),
    "ok": _("in order"),
    "missing": _("missing"),
    "expired": _("expired"),
    "expiring": _("expires soon"),
}


@register.filter
def right_label(right: str) -> str | Promise:
    """``{{ right|right_label }}``: what a right covers."""
    return RIGHTS.get(right, right)


@register.filter
def check_label(word: str) -> str | Promise:
    """``{{ check.what|check_label }}``: a check, or its outcome, in words."""
    return CHECKS.get(word, word)
