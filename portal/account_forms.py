"""Forms around a user's own account, with the field attributes that browsers fill in."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.domain.errors import Refusal
from core.models import Right, Role
from core.web.refusals import render_refusal


class PlainForm(forms.Form):
    """Labels without a colon; refusals of services shown above the fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def refuse(self, refusal: Refusal) -> None:
        """Show what a service declined, with its remedy, in the reader's language."""
        said = render_refusal(refusal)
        self.add_error(None, f"{said.reason} {said.remedy}")


def _password(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class NewPasswordForm(PlainForm):
    """A new password, typed once; the browser may keep it."""

    password = _password(_("New password"))


class JoinForm(PlainForm):
    """User name and password of someone who was invited."""

    username = forms.CharField(
        label=_("User name"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = _password(_("Password"))


class ForgottenForm(PlainForm):
    """The mail address to which a reset link may go."""

    email = forms.EmailField(
        label=_("Mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class CodeForm(PlainForm):
    """Six digits of the authenticator, or a spare code."""

    code = forms.CharField(
        label=_("Six digits"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class AccountForm(PlainForm):
    """The language of pages and letters."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class InviteForm(PlainForm):
    """Whom to invite to one's own party, with which rights."""

    email = forms.EmailField(label=_("Mail address"))
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES)
    rights = forms.MultipleChoiceField(
        label=_("Rights"),
        choices=Right.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without any, the member sees the party's pages and changes nothing."),
    )


class NewMemberForm(PlainForm):
    """A new party that the operator brings into the pool, with its first user."""

    role = forms.ChoiceField(
        label=_("Joins as"),
        choices=[(Role.IMPORTER, _("Importer")), (Role.BROKER, _("Customs broker"))],
    )
    code = forms.SlugField(label=_("Short code"), max_length=32)
    name = forms.CharField(label=_("Name in English"), max_length=200)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200, required=False)
    country = forms.CharField(
        label=_("Country"), min_length=2, max_length=2, help_text=_("Two letters, such as NZ or CN")
    )
    uscc = forms.CharField(label=_("Unified social credit code"), max_length=18, required=False)
    customs_code = forms.CharField(label=_("Customs registration"), max_length=18, required=False)
    email = forms.EmailField(label=_("Mail address of its first user"))
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES)
