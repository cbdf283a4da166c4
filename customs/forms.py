"""Forms of declaring."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.models import Party, Pool
from core.templatetags.bondpool import named
from customs.models import ConsumerOrder, DeclarationLine, ZonePaper
from customs.services import Vehicle


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
        pools.label_from_instance = named
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


class SplitForm(_Plain):
    """One payment, and the orders that it pays."""

    company = forms.ModelChoiceField(
        label=_("Payment company"), queryset=Party.objects.none(), empty_label=None
    )
    transaction_no = forms.CharField(label=_("Payment no."), max_length=60, strip=True)
    paid = forms.DecimalField(
        label=_("Paid, CNY"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    orders = forms.CharField(
        label=_("Orders that it pays"),
        help_text=_("One order number in each line, at most 100"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=7_000,
    )

    def __init__(self, *args: Any, in_view: QuerySet[ConsumerOrder], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_view = in_view
        companies: Any = self.fields["company"]
        companies.queryset = Party.objects.filter(kind=Party.Kind.PAYMENT, is_active=True).order_by(
            "name"
        )
        companies.label_from_instance = named

    def clean_orders(self) -> list[ConsumerOrder]:
        """The orders by their numbers; a number that is nobody's in view is named."""
        numbers = list(dict.fromkeys(self.cleaned_data["orders"].split()))
        found = list(self.in_view.filter(order_no__in=numbers)) if len(numbers) <= 100 else []
        known = {order.order_no for order in found}
        if len(numbers) > 100:
            raise forms.ValidationError(_("Name at most 100 orders."))
        for number in numbers:
            if number not in known:
                said = _("No order %(number)s is in your pools: correct its number.")
                raise forms.ValidationError(said, params={"number": number})
        return found


class GrantForm(_Plain):
    """Who may look into which pool, and for how long."""

    pool = forms.ModelChoiceField(label=_("Pool"), queryset=Pool.objects.none(), empty_label=None)
    office = forms.CharField(
        label=_("Office or firm"), max_length=100, help_text=_("Its name; name no person.")
    )
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=30, initial=7)

    def __init__(self, *args: Any, operator: Party, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pools: Any = self.fields["pool"]
        pools.queryset = Pool.objects.filter(operator=operator).order_by("-year", "pk")


class PackForm(_Plain):
    """The days of which a pack holds the declarations."""

    first = forms.DateField(
        label=_("From day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=_("To day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class JudgeForm(_Plain):
    """What was found out about a case."""

    reason = forms.CharField(
        label=_("What was found out"),
        max_length=500,
        help_text=_("It stands in the report to customs; name no person."),
        widget=forms.Textarea(attrs={"rows": 3}),
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


class PassForm(_Plain):
    """Which lists go on which vehicle, and what it weighs empty."""

    lists = forms.MultipleChoiceField(
        label=_("Lists"), widget=forms.CheckboxSelectMultiple, help_text=_("All go the same way.")
    )
    plate = forms.CharField(label=_("Number plate"), max_length=32, strip=True)
    card = forms.CharField(label=_("IC card of the vehicle"), max_length=20, required=False)
    weight_kg = forms.DecimalField(
        label=_("Vehicle, kg"), min_value=Decimal("0.001"), max_digits=9, decimal_places=3
    )
    frame_kg = forms.DecimalField(
        label=_("Frame, kg"), min_value=Decimal(0), max_digits=9, decimal_places=3, initial=0
    )
    driver = forms.CharField(
        label=_("Contact and phone"), max_length=60, required=False, help_text=_("Customs asks it.")
    )

    def __init__(self, *args: Any, lists: Sequence[ZonePaper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["lists"]
        chosen.choices = [(row.number, f"{row.number} · {row.customs_no}") for row in lists]

    @property
    def vehicle(self) -> Vehicle:
        """The vehicle as entered."""
        data = self.cleaned_data
        return Vehicle(
            plate=data["plate"],
            card=data["card"],
            weight_kg=data["weight_kg"],
            frame_kg=data["frame_kg"],
            driver=data["driver"],
        )


class BackForm(_Plain):
    """When goods were back in the zone."""

    on = forms.DateField(
        label=_("Back in the zone on"), widget=forms.DateInput(attrs={"type": "date"})
    )


class EntryForm(forms.Form):
    """The number of an accepted entry, and the day."""

    number = forms.CharField(max_length=40)
    on = forms.DateField()
