"""Forms of a release: what an owner keeps, what another asks, and what the operator announces."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import Party, Pool
from imports.models import Product
from warehouse.domain.ownership import Cause
from warehouse.forms import MOST_UNITS, DayInput
from warehouse.models import Holding
from warehouse.services.releasing import Announcement

CAUSES = [
    (Cause.UNUSED.value, _("Unused units of everybody")),
    (Cause.LEAVING.value, _("Stock of an importer who leaves")),
    (Cause.ABANDONED.value, _("Abandoned stock")),
]


class UnitsForm(forms.Form):
    """A number of units."""

    units = forms.IntegerField(label=_("Units"), min_value=0, max_value=MOST_UNITS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class AnnounceForm(forms.Form):
    """A release to be announced."""

    pool = forms.ModelChoiceField(label=_("Pool"), queryset=Pool.objects.none())
    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.none())
    cause = forms.ChoiceField(label=_("Which units"), choices=CAUSES)
    only_owner = forms.ModelChoiceField(
        label=_("Only of"),
        queryset=Party.objects.none(),
        required=False,
        help_text=_("The importer who leaves or abandoned its stock."),
    )
    keep_before = forms.DateField(label=_("Owners keep until"), widget=DayInput)
    ask_before = forms.DateField(label=_("Others ask until"), widget=DayInput)
    discount = forms.DecimalField(
        label=_("Below cost by"),
        help_text=_("In the pool’s currency a unit; the owner loses no more than the cap."),
        min_value=0,
        max_digits=10,
        decimal_places=2,
        initial=0,
    )

    def __init__(self, operator: Party, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        pools = Pool.objects.filter(operator_id=operator.pk).order_by("-year", "code")
        stocked = Product.objects.filter(
            lots__receipt_line__receipt__consignment__pool__operator_id=operator.pk
        )
        self.fields["pool"].queryset = pools  # type: ignore[attr-defined]
        self.fields["product"].queryset = stocked.distinct().order_by("name")  # type: ignore[attr-defined]
        holders = Holding.objects.filter(
            lot__receipt_line__receipt__consignment__pool__operator_id=operator.pk, units__gt=0
        )
        importers = Party.objects.filter(
            kind=Party.Kind.IMPORTER, pk__in=holders.values("owner_id")
        ).order_by("code")
        self.fields["only_owner"].queryset = importers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        """Whose stock it is, where it is one importer's."""
        found = super().clean() or self.cleaned_data
        is_one = found.get("cause") not in (None, Cause.UNUSED)
        if is_one != bool(found.get("only_owner")):
            self.add_error(
                "only_owner", _("Name the importer, for a leaver or abandoned stock only.")
            )
        return found

    @property
    def announcement(self) -> Announcement:
        """What the operator asked for."""
        found = self.cleaned_data
        return Announcement(
            pool=found["pool"],
            product=found["product"],
            keep_before=found["keep_before"],
            ask_before=found["ask_before"],
            discount_minor=int(found["discount"] * 100),
            cause=Cause(found["cause"]),
            only_owner=found["only_owner"],
        )


class TermsForm(forms.Form):
    """From a day on: how much a unit may lose at most."""

    pool = forms.ModelChoiceField(label=_("Pool"), queryset=Pool.objects.none())
    valid_from = forms.DateField(label=_("From"), widget=DayInput)
    fee_cap = forms.DecimalField(
        label=_("A unit loses at most"), min_value=0, max_digits=10, decimal_places=2
    )

    def __init__(self, operator: Party, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        pools = Pool.objects.filter(operator_id=operator.pk).order_by("-year", "code")
        self.fields["pool"].queryset = pools  # type: ignore[attr-defined]
