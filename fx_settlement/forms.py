"""Forms of pay and charge."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fx_settlement.queries import DepositRow


class DepositForm(forms.Form):
    """A deposit that reached the pool's bank account: from whom, how much, and the bank's words."""

    importer = forms.TypedChoiceField(label=_("Importer"), coerce=int)
    amount = forms.DecimalField(
        label=_("Amount in CNY"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=60,
        help_text=_("As on the bank's statement; the same reference is credited once."),
    )

    def __init__(self, *args: Any, missing: Sequence[DepositRow], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        choices = [(row.importer_id, row.importer) for row in missing]
        self.fields["importer"].choices = choices  # type: ignore[attr-defined]
