"""The sign-in form."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Name and password; a failure says what to try, never which of the two was wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        declined = _("Name and password do not match. Check both and try again.")
        self.error_messages = {"invalid_login": declined, "inactive": declined}
        self.fields["username"].label = _("User name")
        self.fields["password"].label = _("Password")
        self.label_suffix = ""
