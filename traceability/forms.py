"""The form with which an importer sets up its trace page."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from traceability.branding import Look
from traceability.complaints import Wrong
from traceability.domain.resolving import Link
from traceability.models import Complaint
from traceability.resolver import RELATIONS
from warehouse.models import Lot


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
        help_text=_(
            "Only for single units: one code on each line, or labels of a batch as "
            "“LB-2025-000001 1-500”."
        ),
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


class LinkForm(forms.Form):
    """A link that the resolver keeps for an identifier."""

    anchor = forms.CharField(
        label=_("GS1 identifier"),
        max_length=200,
        help_text=_("A path or address: /414/… for a place, /00/… for a pallet, /01/… for goods."),
    )
    relation = forms.ChoiceField(
        label=_("Link type"), choices=[(each, f"gs1:{each}") for each in RELATIONS]
    )
    href = forms.URLField(
        label=_("Leads to"),
        max_length=400,
        assume_scheme="https",
        validators=[URLValidator(schemes=["https"])],
        help_text=_("Begins with https://"),
    )
    title = forms.CharField(label=_("Title"), max_length=120)
    hreflang = forms.RegexField(
        r"^[a-zA-Z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        label=_("Language"),
        required=False,
        help_text=_("As en or zh-Hans; the default link has none."),
    )
    is_default = forms.BooleanField(label=_("Default link"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def link(self) -> Link:
        """What was entered."""
        said = self.cleaned_data
        return Link(
            anchor=said["anchor"],
            relation=said["relation"],
            href=said["href"],
            title=said["title"],
            hreflang=(said["hreflang"],) if said["hreflang"] else (),
            is_default=said["is_default"],
        )


class LabelForm(forms.Form):
    """Labels to be printed for units of a lot."""

    lot_id = forms.TypedChoiceField(label=_("Lot"), coerce=int)
    units = forms.IntegerField(label=_("Labels"), min_value=1, max_value=100_000)
    has_pin = forms.BooleanField(
        label=_("With a scratch panel"),
        required=False,
        help_text=_("Six digits under a panel: they show whether a label was opened before."),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=80)

    def __init__(self, *args: Any, lots: Sequence[Lot], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self._lots = {lot.pk: lot for lot in lots}
        choices = [(lot.pk, f"{lot.number} · {lot.product.name}") for lot in lots]
        self.fields["lot_id"].choices = choices  # type: ignore[attr-defined]

    def lot(self) -> Lot:
        """The lot that was chosen."""
        return self._lots[self.cleaned_data["lot_id"]]


class LabelRangeForm(forms.Form):
    """Which labels of a batch stick on units now, or are void."""

    first = forms.IntegerField(label=_("First label"), min_value=1)
    last = forms.IntegerField(label=_("Last label"), min_value=1)
    step = forms.ChoiceField(
        label=_("What became of them"),
        choices=[("apply", _("Applied to units")), ("void", _("Spoilt or left over: void"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class SampleForm(forms.Form):
    """Units to be drawn of a lot and examined."""

    lot_id = forms.TypedChoiceField(label=_("Lot"), coerce=int)
    units = forms.IntegerField(label=_("Units"), min_value=1, max_value=10_000)

    def __init__(self, *args: Any, lots: Sequence[Lot], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self._lots = {lot.pk: lot for lot in lots}
        choices = [(lot.pk, f"{lot.number} · {lot.product.name}") for lot in lots]
        self.fields["lot_id"].choices = choices  # type: ignore[attr-defined]

    def lot(self) -> Lot:
        """The lot that was chosen."""
        return self._lots[self.cleaned_data["lot_id"]]


class GraphForm(forms.Form):
    """Whose way is drawn, and in which direction."""

    lot = forms.TypedChoiceField(label=_("Lot"), coerce=int)
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=[
            ("both", _("Both ways")),
            ("upstream", _("Where it came from")),
            ("downstream", _("Where it went")),
        ],
    )

    def __init__(self, *args: Any, lots: Sequence[Lot], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self._lots = {lot.pk: lot for lot in lots}
        choices = [(lot.pk, f"{lot.number} · {lot.product.name}") for lot in lots]
        self.fields["lot"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> Lot:
        """The lot that was chosen."""
        return self._lots[self.cleaned_data["lot"]]


class FindingForm(forms.Form):
    """What the examination of a sample found."""

    verdict = forms.ChoiceField(
        label=_("Result"),
        choices=[("passed", _("Meets the requirements")), ("failed", _("Does not meet them"))],
    )
    report = forms.CharField(
        label=_("Number of the report"),
        max_length=60,
        help_text=_("Public: it stands on the page of the lot."),
    )
    finding = forms.CharField(label=_("Remarks"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def said(self) -> dict[str, Any]:
        """What was entered."""
        given = self.cleaned_data
        return {
            "has_passed": given["verdict"] == "passed",
            "report": given["report"],
            "finding": given["finding"],
        }


COMPLAINTS: dict[str, Any] = {
    Complaint.Kind.COPY: _("It seems to be a copy"),
    Complaint.Kind.DAMAGED: _("It is damaged or was opened"),
    Complaint.Kind.QUALITY: _("It smells, tastes or looks wrong"),
    Complaint.Kind.HEALTH: _("Somebody fell ill"),
    Complaint.Kind.OTHER: _("Something else"),
}


class ComplaintForm(forms.Form):
    """What a consumer says is wrong with a unit."""

    kind = forms.ChoiceField(label=_("What is wrong"), choices=list(COMPLAINTS.items()))
    text = forms.CharField(
        label=_("In a few words"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Kept encrypted; only who answers for the goods reads it."),
    )
    contact = forms.CharField(
        label=_("Mail address or phone"),
        max_length=100,
        required=False,
        help_text=_("Not needed: the next page has a link to the answer."),
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def wrong(self) -> Wrong:
        """What was entered."""
        said = self.cleaned_data
        photo = said["photo"].read() if said["photo"] else b""
        return Wrong(said["kind"], said["text"], said["contact"], photo)


class AnswerForm(forms.Form):
    """The public answer to a complaint."""

    answer = forms.CharField(
        label=_("Answer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody can read it; name no person."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
