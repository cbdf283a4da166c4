"""Forms of the warehouse: the count at the door, and the scans of a parcel."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from warehouse.domain.stock import INSIDE
from warehouse.words import BASES, CHARGE_KINDS, KINDS, PLACES

MOST_UNITS = 10_000_000


class DayInput(forms.DateInput):
    """A date as the browser's own date field shows it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _units(label: Any, *, is_required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_UNITS, required=is_required)


class ReceivedOnForm(forms.Form):
    """The day of the count."""

    received_on = forms.DateField(label=_("Counted on"), widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class CountForm(forms.Form):
    """One order line of a consignment as counted, in one lot."""

    order_line = forms.IntegerField(widget=forms.HiddenInput)
    good = _units(_("Good"))
    damaged = _units(_("Damaged"))
    quarantined = _units(_("Held back"), is_required=False)
    short = _units(_("Short"))
    over = _units(_("Over"), is_required=False)
    lot_no = forms.CharField(label=_("Lot"), max_length=40, required=False)
    produced_on = forms.DateField(label=_("Produced"), widget=DayInput, required=False)
    expires_on = forms.DateField(label=_("Use by"), widget=DayInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = field.label or name

    def clean(self) -> dict[str, Any] | None:
        """A lot number for what arrived, and dates in order."""
        found = super().clean() or self.cleaned_data
        arrived = sum(found.get(name) or 0 for name in ("good", "damaged", "quarantined", "over"))
        if arrived and not found.get("lot_no"):
            self.add_error("lot_no", _("Write the lot number that stands on the goods."))
        produced, expires = found.get("produced_on"), found.get("expires_on")
        if produced and expires and expires < produced:
            self.add_error("expires_on", _("The goods would expire before they were made."))
        return found


CountFormSet = forms.formset_factory(CountForm, extra=0)


class ScanForm(forms.Form):
    """The codes scanned on the units of a parcel."""

    scans = forms.CharField(
        label=_("Scanned codes"),
        help_text=_("One a line: every unit of a lot, or none if its units bear no codes."),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        required=False,
        max_length=20_000,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class ShelvesForm(forms.Form):
    """Shelves of one zone, in the order in which pickers pass them."""

    warehouse = forms.CharField(label=_("Warehouse"), max_length=16)
    place = forms.ChoiceField(
        label=_("For goods that are"),
        choices=[(place, PLACES[place]) for place in sorted(INSIDE)],
    )
    is_trade_measure = forms.BooleanField(label=_("Under trade measures"), required=False)
    room_m3 = forms.DecimalField(
        label=_("Room of each, m³"), min_value=0, max_value=1000, required=False
    )
    codes = forms.CharField(
        label=_("Shelves, one a line"),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        max_length=40_000,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class RateForm(forms.Form):
    """A dated rate, with its source."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(CHARGE_KINDS.items()))
    basis = forms.ChoiceField(label=_("Per"), choices=list(BASES.items()))
    price = forms.DecimalField(label=_("CNY"), min_value=0, max_digits=12, decimal_places=6)
    from_day = forms.IntegerField(
        label=_("From day"), min_value=1, max_value=3650, initial=1,
        help_text=_("Age of the goods; 1 is the day of receipt."),
    )  # fmt: skip
    touch = forms.ChoiceField(
        label=_("For handling: which"), required=False, choices=[("", "–"), *KINDS.items()]
    )
    valid_from = forms.DateField(label=_("In force from"), widget=DayInput)
    source = forms.CharField(label=_("Source"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class EstimateForm(forms.Form):
    """A stay to be priced before it begins."""

    gtin = forms.CharField(label=_("GTIN"), max_length=14)
    units = forms.IntegerField(label=_("Units"), min_value=1, max_value=MOST_UNITS)
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=3650)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class PhotoForm(forms.Form):
    """A photo of goods as they arrived."""

    photo = forms.FileField(
        label=_("Photo"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class AnswerForm(forms.Form):
    """What a supplier or an insurer grants of a claim, in whole units of its currency."""

    accepted = forms.DecimalField(label=_("Granted"), min_value=0, max_digits=14)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "auto_id": False, **kwargs})
