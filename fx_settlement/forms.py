"""Forms of pay and charge."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.domain.trade import MINOR_UNITS, from_minor, minor_units
from fx_settlement.models import BankAccount
from fx_settlement.queries import DepositRow, LineRow, OfferRow
from fx_settlement.words import REQUEST_KINDS

MOST_BYTES = 20_000_000
LONGEST_WINDOW = 30 * 366
Choices = Sequence[tuple[int, str]]


def _currencies() -> list[tuple[str, str]]:
    return [(code, code) for code in sorted(MINOR_UNITS)]


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


class OfferForm(forms.Form):
    """A bank's rate for a batch."""

    provider = forms.CharField(label=_("Bank"), max_length=80)
    all_in = forms.DecimalField(
        label=_("CNY for one unit, everything included"),
        min_value=Decimal("0.0000000001"),
        max_digits=20,
        decimal_places=10,
    )
    hours = forms.IntegerField(label=_("Held for (hours)"), min_value=1, max_value=72, initial=24)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class ApprovalForm(forms.Form):
    """Which offer is agreed to, and why if it is not the cheapest of several."""

    offer = forms.TypedChoiceField(label=_("Offer"), coerce=int)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Needed where the offer is dearer than another, or the only one."),
    )

    def __init__(self, *args: Any, offers: Sequence[OfferRow], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        best_first = sorted(offers, key=lambda row: row.all_in)
        choices = [
            (row.quote_id, f"{row.provider}: {row.all_in.normalize():f}") for row in best_first
        ]
        self.fields["offer"].choices = choices  # type: ignore[attr-defined]


class BankAccountForm(forms.Form):
    """An account of a pool, with what its bank allows there."""

    pool = forms.TypedChoiceField(label=_("Pool"), coerce=int)
    currency = forms.ChoiceField(label=_("Currency"), choices=_currencies)
    number = forms.CharField(label=_("IBAN or account number"), max_length=40)
    bic = forms.CharField(label=_("BIC"), max_length=14)
    bank_name = forms.CharField(label=_("Bank"), max_length=140)
    may_hold_currency = forms.BooleanField(
        label=_("Currency may be held here"), required=False, initial=True
    )
    netting = forms.ChoiceField(
        label=_("Netting"),
        choices=BankAccount.Netting.choices,
        initial=BankAccount.Netting.BILATERAL,
    )
    netting_reference = forms.CharField(
        label=_("Who allowed netting"),
        max_length=120,
        required=False,
        help_text=_("Needed for netting among many parties."),
    )
    cut_off = forms.TimeField(label=_("Cut-off"), initial="15:00")
    report_to = forms.CharField(label=_("Payments are reported to"), max_length=35, required=False)
    report_code = forms.CharField(label=_("Under the code"), max_length=10, required=False)

    def __init__(self, *args: Any, pools: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["pool"].choices = pools  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("netting") == BankAccount.Netting.MULTILATERAL and not given.get(
            "netting_reference"
        ):
            self.add_error("netting_reference", _("Say who allowed netting among many parties."))
        return given


class SupplierAccountForm(forms.Form):
    """Where a supplier wants to be paid."""

    supplier = forms.TypedChoiceField(label=_("Supplier"), coerce=int)
    currency = forms.ChoiceField(label=_("Currency"), choices=_currencies)
    number = forms.CharField(
        label=_("IBAN or account number"),
        max_length=40,
        help_text=_("From the supplier's own paper, never from a mail alone."),
    )
    bic = forms.CharField(label=_("BIC"), max_length=14)

    def __init__(self, *args: Any, suppliers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["supplier"].choices = suppliers  # type: ignore[attr-defined]


class BankFileForm(forms.Form):
    """A file from the bank."""

    file = forms.FileField(
        label=_("File from the bank"),
        help_text=_("pain.002, camt.052, camt.053, camt.054 or MT940, as the bank issued it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean_file(self) -> Any:
        """A file of at most 20 MB."""
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return given


class ResolveForm(forms.Form):
    """What a movement in suspense belongs to."""

    target = forms.ChoiceField(label=_("Belongs to"))
    because = forms.CharField(label=_("How you know"), max_length=200)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["target"].choices = [("", "–"), *choices]  # type: ignore[attr-defined]


class ScenarioForm(forms.Form):
    """A pool, and the window of rate history over which its payments are played again."""

    pool = forms.TypedChoiceField(label=_("Pool"), coerce=int)
    first = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, pools: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["pool"].choices = pools  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and not 0 <= (last - first).days <= LONGEST_WINDOW:
            self.add_error("last", _("The window ends after it begins, at most 30 years later."))
        return given


class _OfImporter(forms.Form):
    """Something about money of one importer in one pool."""

    pool = forms.TypedChoiceField(label=_("Pool"), coerce=int)
    importer = forms.TypedChoiceField(label=_("Importer"), coerce=int)
    amount = forms.DecimalField(
        label=_("Amount in CNY"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )

    def __init__(self, *args: Any, pools: Choices, importers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["pool"].choices = pools  # type: ignore[attr-defined]
        self.fields["importer"].choices = importers  # type: ignore[attr-defined]


class RequestForm(_OfImporter):
    """What an importer is asked to pay in."""

    kind = forms.ChoiceField(label=_("For"), choices=list(REQUEST_KINDS.items()))
    due_on = forms.DateField(label=_("Due"), widget=forms.DateInput(attrs={"type": "date"}))


class RefundForm(_OfImporter):
    """What goes back to an importer."""

    because = forms.CharField(label=_("Reason"), max_length=200)


class LateChargeForm(forms.Form):
    """A bill that came after its costs were shared."""

    follows = forms.TypedChoiceField(
        label=_("Shared as"),
        coerce=int,
        help_text=_("The charge by whose rule importers share the bill."),
    )
    is_for_round = forms.BooleanField(
        label=_("For the whole round, not this consignment alone"), required=False
    )
    amount = forms.DecimalField(
        label=_("Amount in CNY"),
        max_digits=14,
        decimal_places=2,
        help_text=_("Below zero, it is given back."),
    )
    document = forms.CharField(label=_("Number of the bill"), max_length=60)
    billed_on = forms.DateField(
        label=_("Date of the bill"), widget=forms.DateInput(attrs={"type": "date"})
    )
    due_on = forms.DateField(
        label=_("Importers pay by"), widget=forms.DateInput(attrs={"type": "date"})
    )
    because = forms.CharField(
        label=_("What it is for"), max_length=200, help_text=_("Importers read this.")
    )

    def __init__(self, *args: Any, charges: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["follows"].choices = charges  # type: ignore[attr-defined]

    def clean_amount(self) -> Decimal:
        """Something is charged or given back."""
        given: Decimal = self.cleaned_data["amount"]
        if not given:
            raise forms.ValidationError(_("Nothing is billed."))
        return given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        billed, due = given.get("billed_on"), given.get("due_on")
        if billed and due and due < billed:
            self.add_error("due_on", _("An invoice is not due before its own day."))
        return given


class ReasonForm(forms.Form):
    """Why something is decided."""

    because = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class AppealForm(forms.Form):
    """What an importer says against a review."""

    because = forms.CharField(
        label=_("What is wrong, and how it can be seen"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class AnswerAppealForm(forms.Form):
    """What the operator answers to an appeal."""

    verdict = forms.ChoiceField(
        label=_("Answer"),
        choices=[("decline", _("Decline")), ("grant", _("Grant: the tier is given back"))],
    )
    answer = forms.CharField(
        label=_("Why"), max_length=600, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class InvoiceForm(forms.Form):
    """A supplier's invoice with one row for each line of the order."""

    number = forms.CharField(label=_("Invoice number"), max_length=35)
    invoiced_on = forms.DateField(
        label=_("Invoice date"), widget=forms.DateInput(attrs={"type": "date"})
    )
    due_on = forms.DateField(label=_("Due"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, lines: Sequence[LineRow], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.lines = lines
        decimals = minor_units(currency)
        for line in lines:
            self.fields[f"units_{line.line_id}"] = forms.IntegerField(
                label=_("%(product)s: units billed") % {"product": line.product},
                min_value=0,
                max_value=10**9,
                initial=line.units,
            )
            self.fields[f"amount_{line.line_id}"] = forms.DecimalField(
                label=_("%(product)s: amount in %(currency)s")
                % {"product": line.product, "currency": currency},
                min_value=0,
                max_digits=16,
                decimal_places=decimals,
                initial=from_minor(line.amount_minor, currency),
            )

    def clean(self) -> dict[str, Any]:
        """Something is billed, and not due before the invoice's own day."""
        given = super().clean() or {}
        first, last = given.get("invoiced_on"), given.get("due_on")
        if first and last and last < first:
            self.add_error("due_on", _("An invoice is not due before its own day."))
        billed = [given.get(f"amount_{line.line_id}") or 0 for line in self.lines]
        if not self.errors and not sum(billed):
            raise forms.ValidationError(_("Nothing is billed."))
        return given
