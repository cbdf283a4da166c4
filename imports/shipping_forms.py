"""Forms by which suppliers answer orders, and by which the operator follows goods."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import Party
from imports.catalogue_forms import House
from imports.domain.charge_bases import Basis
from imports.forms import DayInput
from imports.models import ConsignmentCharge, PurchaseOrderLine
from imports.words import BASES, SHIPPING_PAPERS


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


class BasisForm(House):
    """By which measure a charge is shared; by hand with a part for each importer."""

    def __init__(
        self, *args: Any, charge: ConsignmentCharge, importers: Sequence[Party], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.importers = importers
        self.fields["basis"] = forms.ChoiceField(
            label=_("Shared"), choices=[*BASES.items()], initial=charge.basis
        )
        for each in importers:
            self.fields[f"part{each.pk}"] = forms.IntegerField(
                label=each.name,
                min_value=0,
                max_value=10**9,
                required=False,
                initial=charge.manual_parts.get(str(each.pk)),
            )

    @property
    def basis(self) -> str:
        """The basis that is chosen."""
        return str(self.cleaned_data["basis"])

    def parts(self) -> dict[int, int]:
        """Parts by importer, where it is shared by hand."""
        if self.basis != Basis.MANUAL:
            return {}
        return {each.pk: self.cleaned_data[f"part{each.pk}"] or 0 for each in self.importers}

    @property
    def hidden(self) -> list[str]:
        """What was tried, to be sent again unseen."""
        return [self[name].as_hidden() for name in self.fields]

    @property
    def part_fields(self) -> list[forms.BoundField]:
        """The fields of the parts."""
        return [self[f"part{each.pk}"] for each in self.importers]
