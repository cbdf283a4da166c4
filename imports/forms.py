"""Forms of plan and buy."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class UploadForm(forms.Form):
    """A forecast sheet and the year that it plans."""

    file = forms.FileField(
        label=_("Sheet"),
        help_text=_("CSV or XLSX with the headings of the template, in English or Chinese."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    year = forms.TypedChoiceField(
        label=_("Year"), coerce=int, help_text=_("For rows that do not state a year themselves.")
    )

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]


class DayInput(forms.DateInput):
    """A date as the browser's own date field shows it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RoundForm(forms.Form):
    """The first and last month that a new round buys for."""

    first_month = forms.DateField(
        label=_("First month"), widget=DayInput, help_text=_("Any day of the month.")
    )
    last_month = forms.DateField(
        label=_("Last month"), widget=DayInput, help_text=_("Any day of the month.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean(self) -> dict[str, Any] | None:
        """Months in order."""
        found = super().clean() or self.cleaned_data
        first, last = found.get("first_month"), found.get("last_month")
        if first and last and last.replace(day=1) < first.replace(day=1):
            self.add_error("last_month", _("The last month comes before the first."))
        return found


class DayForm(forms.Form):
    """The day on which an order departs or a consignment arrives."""

    on = forms.DateField(label=_("Day"), widget=DayInput)

    def __init__(self, *args: Any, day: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "initial": {"on": day}, **kwargs})
