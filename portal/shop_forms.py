"""Forms with which an importer connects its shop."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core import webhooks
from core.api_keys import Scope
from portal.account_forms import PlainForm

DAYS = (30, 90, 365)


class KeyForm(PlainForm):
    """A new key: its name, what it may do, and how long it lives."""

    name = forms.CharField(label=_("Name of the key"), max_length=60)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[(scope.value, scope.value) for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=_("Days that it lives"),
        choices=[(days, str(days)) for days in DAYS],
        initial=90,
        coerce=int,
    )


class WebhookForm(PlainForm):
    """A new webhook: where to call, and for which events."""

    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("An https address of your shop; it is never redirected."),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=lambda: [(name, name) for name in webhooks.names_to_choose()],
        widget=forms.CheckboxSelectMultiple,
    )
