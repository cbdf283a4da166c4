"""Forms of declaring."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import Pool
from customs.models import DeclarationLine


class OrdersForm(forms.Form):
    """A sheet of orders, and the pool from which they are served."""

    pool = forms.ModelChoiceField(label=_("Pool"), queryset=Pool.objects.none())
    file = forms.FileField(
        label=_("Sheet"),
        help_text=_("CSV or XLSX, at most 500 orders"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xlsm"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        pools: Any = self.fields["pool"]
        pools.queryset = Pool.objects.order_by("-year", "pk")
        pools.initial = pools.queryset.first()
        pools.empty_label = None


class ReceiptsForm(forms.Form):
    """A file with answers of customs."""

    file = forms.FileField(
        label=_("Receipts of customs"),
        help_text=_("XML files, or a ZIP of them, in any order. The same file twice does no harm."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,.zip"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class _Plain(forms.Form):
    """A form whose labels end without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class RefundForm(_Plain):
    """How much of a payment went back."""

    amount = forms.DecimalField(
        label=_("Refunded, CNY"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )


class FindForm(_Plain):
    """The number of a declaration, ours or that of customs."""

    number = forms.CharField(label=_("Number of the declaration"), max_length=20, strip=True)


class WithdrawForm(_Plain):
    """Why a declaration is to be withdrawn."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Customs reads it; name no person.")
    )


class ReturnForm(WithdrawForm):
    """Which units come back, and why."""

    def __init__(self, *args: Any, lines: Sequence[DeclarationLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            left = line.units - line.returned_units
            self.fields[f"line_{line.line_no}"] = forms.IntegerField(
                label=f"{line.line_no}. {line.name_zh}",
                help_text=_("at most %(units)d") % {"units": left},
                min_value=0,
                max_value=left,
                initial=0,
                required=False,
            )
        self.order_fields([*(f"line_{line.line_no}" for line in lines), "reason"])

    @property
    def units(self) -> dict[int, int]:
        """Units that come back by line."""
        given = ((x.line_no, self.cleaned_data.get(f"line_{x.line_no}")) for x in self.lines)
        return {line_no: units for line_no, units in given if units}


class BackForm(_Plain):
    """When goods were back in the zone."""

    on = forms.DateField(
        label=_("Back in the zone on"), widget=forms.DateInput(attrs={"type": "date"})
    )
