"""Forms of plan and buy."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.models import Party
from imports.domain.commitments import Deadlines
from imports.models import PlanningTerms


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

    submission_on = forms.DateField(
        label=_("Plans are due on"),
        widget=DayInput,
        required=False,
        help_text=_("Leave the three days empty to take plans as they are when you consolidate."),
    )
    filling_on = forms.DateField(label=_("Filling starts on"), widget=DayInput, required=False)
    lock_on = forms.DateField(label=_("Locked on"), widget=DayInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    @property
    def opening(self) -> dict[str, Any]:
        """What a round is opened with."""
        days = [self.cleaned_data[name] for name in ("submission_on", "filling_on", "lock_on")]
        return {
            "first_month": self.cleaned_data["first_month"],
            "last_month": self.cleaned_data["last_month"],
            "deadlines": Deadlines(*days) if all(days) else None,
        }

    def clean(self) -> dict[str, Any] | None:
        """Months in order; all three days, or none, each after the one before."""
        found = super().clean() or self.cleaned_data
        first, last = found.get("first_month"), found.get("last_month")
        if first and last and last.replace(day=1) < first.replace(day=1):
            self.add_error("last_month", _("The last month comes before the first."))
        days = [found.get(name) for name in ("submission_on", "filling_on", "lock_on")]
        given = [day for day in days if day]
        if given and (len(given) < 3 or given != sorted(set(given))):
            self.add_error("lock_on", _("Give all three days, each later than the one before."))
        return found


class LineForm(forms.Form):
    """Units of a submitted line, and units that the importer would take on top."""

    units = forms.IntegerField(label=_("Units"), min_value=0, max_value=9_999_999)
    tolerance_units = forms.IntegerField(
        label=_("Tolerance"),
        min_value=0,
        max_value=9_999_999,
        help_text=_("Units that you would take on top."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class TopUpForm(forms.Form):
    """Units that an importer takes out of its tolerance."""

    more = forms.IntegerField(label=_("Units more"), min_value=0, max_value=9_999_999)


class DepartureForm(forms.Form):
    """Who leaves the pool, and why."""

    importer = forms.ModelChoiceField(label=_("Importer"), queryset=Party.objects.none())
    cause = forms.ChoiceField(
        label=_("Cause"),
        choices=[("left", _("leaves the pool")), ("defaulted", _("failed to pay"))],
    )

    def __init__(self, *args: Any, importers: QuerySet[Party], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["importer"].queryset = importers  # type: ignore[attr-defined]


class TermsForm(forms.Form):
    """By which rules a pool plans from a day on."""

    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput)
    equal_price_percent = forms.IntegerField(
        label=_("Part of a saving by equal price, %"),
        min_value=0,
        max_value=100,
        help_text=_("The rest follows what each importer adds to the saving."),
    )
    raise_percent = forms.IntegerField(
        label=_("Submitted units may be raised by, %"), min_value=0, max_value=1000
    )
    cut_percent = forms.IntegerField(
        label=_("Submitted units may be cut by, %"), min_value=0, max_value=100
    )
    plans_containers = forms.BooleanField(
        label=_("Plan purchases into full containers"), required=False
    )

    def __init__(self, *args: Any, now: PlanningTerms, day: date, **kwargs: Any) -> None:
        initial = {name: getattr(now, name) for name in self.base_fields} | {"valid_from": day}
        super().__init__(*args, **{"label_suffix": "", "initial": initial, **kwargs})


class DayForm(forms.Form):
    """The day on which an order departs or a consignment arrives."""

    on = forms.DateField(label=_("Day"), widget=DayInput)

    def __init__(self, *args: Any, day: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "initial": {"on": day}, **kwargs})
