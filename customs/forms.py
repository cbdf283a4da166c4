"""Forms of declaring."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import Pool


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
