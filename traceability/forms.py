"""The form with which an importer sets up its trace page."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from traceability.branding import Look


class ColourInput(forms.TextInput):
    """The browser's own colour field."""

    input_type = "color"


class BrandForm(forms.Form):
    """Logo, colours and contact of an importer's trace page."""

    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG or JPEG, at most 200 kB; it is made small enough to load at once."),
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
    )
    accent_light = forms.CharField(
        label=_("Colour on light backgrounds"), max_length=20, widget=ColourInput
    )
    accent_dark = forms.CharField(
        label=_("Colour on dark backgrounds"), max_length=20, widget=ColourInput
    )
    contact_en = forms.CharField(label=_("Contact line in English"), max_length=120, required=False)
    contact_zh = forms.CharField(label=_("Contact line in Chinese"), max_length=120, required=False)
    web = forms.CharField(
        label=_("Web address"),
        max_length=200,
        required=False,
        validators=[URLValidator(schemes=["https"])],
        help_text=_("Begins with https://"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def look(self) -> Look:
        """What was entered, the logo aside."""
        return Look(**{name: value for name, value in self.cleaned_data.items() if name != "logo"})

    def logo_bytes(self) -> bytes | None:
        """The uploaded logo, if any."""
        file = self.cleaned_data["logo"]
        return bytes(file.read()) if file else None


class RecallForm(forms.Form):
    """What an operator calls back: a product, a lot of it, or single units by their codes."""

    gtin = forms.RegexField(r"^\d{14}$", label=_("GTIN"), help_text=_("14 digits"))
    lot = forms.CharField(label=_("Lot"), max_length=40, required=False)
    codes = forms.CharField(
        label=_("Trace codes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only for single units: one code on each line."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=400)
    number = forms.CharField(
        label=_("Number of the recall"),
        max_length=32,
        required=False,
        help_text=_("An authority's number or your own; left empty, one is given."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
