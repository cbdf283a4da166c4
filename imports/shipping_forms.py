"""Forms by which suppliers answer orders, and by which the operator follows goods."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from imports.catalogue_forms import House
from imports.forms import DayInput
from imports.models import PurchaseOrderLine
from imports.words import SHIPPING_PAPERS


class UnitsForm(House):
    """A number of units for each line of an order."""

    def __init__(
        self, *args: Any, lines: Sequence[PurchaseOrderLine], units: dict[int, int], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.line_ids = [line.pk for line in lines]
        for line in lines:
            self.fields[f"line{line.pk}"] = forms.IntegerField(
                label=f"{line.product.name} ({line.product.sku})",
                min_value=0,
                max_value=line.units,
                required=False,
                initial=units.get(line.pk, 0),
            )

    def units(self) -> dict[int, int]:
        """Units by line; an empty field is none."""
        return {pk: self.cleaned_data[f"line{pk}"] or 0 for pk in self.line_ids}


class ProposalForm(UnitsForm):
    """The order as placed, or with another day and fewer units."""

    ready_on = forms.DateField(label=_("Ready to leave on"), widget=DayInput)
    note = forms.CharField(label=_("Note to the buyer"), max_length=500, required=False)


class NoticeForm(UnitsForm):
    """What leaves next."""

    departs_on = forms.DateField(label=_("Departs on"), widget=DayInput)
    expected_on = forms.DateField(label=_("Expected at the port of entry on"), widget=DayInput)
    packages = forms.IntegerField(label=_("Packages"), min_value=1)
    reference = forms.CharField(
        label=_("Vessel, flight or bill number"), max_length=60, required=False
    )
    containers = forms.CharField(
        label=_("Container numbers"),
        required=False,
        help_text=_("Set off by blanks or commas, such as CSQU3054383."),
    )

    def numbers(self) -> list[str]:
        """Container numbers one by one."""
        return str(self.cleaned_data["containers"]).replace(",", " ").split()


class ExpectForm(House):
    """When a consignment is expected now, and why that changed."""

    on = forms.DateField(label=_("Expected on"), widget=DayInput)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class PaperForm(House):
    """A paper that travels with an order."""

    kind = forms.ChoiceField(label=_("Which paper"), choices=[*SHIPPING_PAPERS.items()])
    paper = forms.FileField(label=_("The paper"))
