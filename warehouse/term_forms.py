"""Forms of terms: what a pool reckons with when goods grow old, and what a channel promises."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.domain.trade import to_minor
from core.models import Party, Pool
from warehouse.domain.ageing import KeepingTerms
from warehouse.domain.ownership import Cause
from warehouse.forms import MOST_UNITS, DayInput
from warehouse.models import Holding
from warehouse.queries import terms

HOME = "CNY"
MOST_DAYS = 3650


def _days(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_DAYS, help_text=help_text)


def _percent(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100)


def _yuan(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=9, decimal_places=2)


class KeepingTermsForm(forms.Form):
    """From a day on: the days a sale takes, how early to warn, and what each way out costs."""

    pool = forms.ModelChoiceField(label=_("Pool"), queryset=Pool.objects.none())
    valid_from = forms.DateField(label=_("In force from"), widget=DayInput)
    clearance_days = _days(_("Days for clearance"))
    delivery_days = _days(_("Days for delivery"))
    minimum_use_days = _days(
        _("Days of use for the buyer"), _("At the least, where no channel promises more.")
    )
    warn_days = _days(_("Warned so many days before the last safe sale"))
    offer_percent = _percent(_("Offered in the pool, % of worth"))
    return_percent = _percent(_("Credited for a return abroad, % of worth"))
    return_case = _yuan(_("A return abroad, CNY a case"))
    return_m3 = _yuan(_("A return abroad, CNY a m³"))
    destroy_case = _yuan(_("A destruction, CNY a case"))
    destroy_m3 = _yuan(_("A destruction, CNY a m³"))

    def __init__(self, operator: Party, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        pools = Pool.objects.filter(operator_id=operator.pk).order_by("-year", "code")
        self.fields["pool"].queryset = pools  # type: ignore[attr-defined]

    @property
    def terms(self) -> KeepingTerms:
        """The terms as entered, amounts in fen."""
        told = self.cleaned_data
        days = {name: told[name] for name in _DAYS_AND_PERCENT}
        fen = {f"{name}_fen": to_minor(told[name], HOME) for name in _AMOUNTS}
        return KeepingTerms(**days, **fen)


_DAYS_AND_PERCENT = (
    "clearance_days",
    "delivery_days",
    "minimum_use_days",
    "warn_days",
    "offer_percent",
    "return_percent",
)
_AMOUNTS = ("return_case", "return_m3", "destroy_case", "destroy_m3")


class ChannelForm(forms.Form):
    """From a day on: how many days of use an importer's shop platform promises."""

    channel = forms.ChoiceField(label=_("Shop platform"))
    valid_from = forms.DateField(label=_("From"), widget=DayInput)
    minimum_days = _days(
        _("Days of use promised"), _("Counted from the day on which an order takes its units.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["channel"].choices = terms.channels()  # type: ignore[attr-defined]


class BuyForm(forms.Form):
    """Free units of an importer's lot that the pool takes over."""

    holding: "forms.ModelChoiceField[Holding]" = forms.ModelChoiceField(
        label=_("Whose lot"), queryset=None
    )
    cause = forms.ChoiceField(
        label=_("Why"),
        choices=[
            (Cause.LEAVING.value, _("Stock of an importer who leaves")),
            (Cause.ABANDONED.value, _("Abandoned stock")),
        ],
    )
    units = forms.IntegerField(label=_("Units"), min_value=1, max_value=MOST_UNITS)
    discount = forms.DecimalField(
        label=_("Below cost by"),
        help_text=_("In the pool’s currency a unit; the owner loses no more than the cap."),
        min_value=0, max_digits=10, decimal_places=2, initial=0,
    )  # fmt: skip
    request_key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, operator: Party, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        field: Any = self.fields["holding"]
        field.queryset = terms.free_of_importers(operator)
        field.label_from_instance = _named


def _named(row: Holding) -> str:
    free = row.units - row.reserved_units
    return f"{row.owner.name} · {row.lot.product.name} · {row.lot.number} · {free}"
