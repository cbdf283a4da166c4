"""The sign-in form."""

from typing import Any, ClassVar

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Name and password; a failure says what to try, never which of the two was wrong."""

    error_messages: ClassVar[dict[str, Any]] = {
        "invalid_login": _("Name and password do not match. Check both and try again."),
        "inactive": _("Name and password do not match. Check both and try again."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["password"].label = _("Password")
        self.label_suffix = ""
