"""Forms of declaring."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.models import Party, Pool
from core.templatetags.bondpool import named
from customs import words
from customs.declared_fields import declared, most_papers
from customs.models import ConsumerOrder, DeclarationLine, ZonePaper
from customs.services import Vehicle, mending
from customs.zone_queries import SharedGoods
from fx_settlement.models import EntryNumber


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


_of_pass = partial(declared, "PassPortMessage", "PassportHead")


class _Plain(forms.Form):
    """A form whose labels end without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class RefundForm(_Plain):
    """How much of a payment went back."""

    amount = declared(
        "CEB411",
        "PaymentHead",
        "amountPaid",
        label=_("Refunded, CNY"),
        currency="CNY",
        is_moved=True,
    )


class SplitForm(_Plain):
    """One payment, and the orders that it pays."""

    company = forms.ModelChoiceField(
        label=_("Payment company"), queryset=Party.objects.none(), empty_label=None
    )
    transaction_no = declared("CEB411", "PaymentHead", "payTransactionId", label=_("Payment no."))
    paid = declared(
        "CEB411",
        "PaymentHead",
        "amountPaid",
        label=_("Paid, CNY"),
        currency="CNY",
        is_moved=True,
    )
    orders = forms.CharField(
        label=_("Orders that it pays"), widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, in_view: QuerySet[ConsumerOrder], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_view = in_view
        self.most = most_papers("CEB311")
        self.fields["orders"].help_text = _("One order number in each line, at most %(most)d") % {
            "most": self.most
        }
        companies: Any = self.fields["company"]
        companies.queryset = Party.objects.filter(kind=Party.Kind.PAYMENT, is_active=True).order_by(
            "name"
        )
        companies.label_from_instance = named

    def clean_orders(self) -> list[ConsumerOrder]:
        """The orders by their numbers; a number that is nobody's in view is named."""
        numbers = list(dict.fromkeys(self.cleaned_data["orders"].split()))
        if len(numbers) > self.most:
            raise forms.ValidationError(
                _("Name at most %(most)d orders."), params={"most": self.most}
            )
        found = list(self.in_view.filter(order_no__in=numbers))
        known = {order.order_no for order in found}
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


class GradeForm(_Plain):
    """Which credit grade customs gives a partner, from when on, and where it was read."""

    party = forms.ModelChoiceField(
        label=_("Partner"), queryset=Party.objects.none(), empty_label=None
    )
    grade = forms.ChoiceField(
        label=_("Credit grade"),
        choices=[(code, word) for code, (_tone, word) in words.GRADES.items()],
    )
    since = forms.DateField(label=_("Since"), widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Where it was read, and when.")
    )

    def __init__(self, *args: Any, parties: QuerySet[Party], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["party"]
        chosen.queryset = parties
        chosen.label_from_instance = named


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

    number = declared(
        "CEB621", "InventoryHead", "copNo", label=_("Number of the declaration"), required=True
    )


class WithdrawForm(_Plain):
    """Why a declaration is to be withdrawn."""

    reason = declared(
        "CEB623",
        "InvtCancel",
        "reason",
        label=_("Reason"),
        advice=_("Customs reads it; name no person."),
    )


class ReturnForm(WithdrawForm):
    """Which units come back, and why."""

    def __init__(self, *args: Any, lines: Sequence[DeclarationLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields[f"line_{line.line_no}"] = _units_of(
                ("CEB625", "InvtRefundList", "qty"),
                f"{line.line_no}. {line.name_zh}",
                line.units - line.returned_units,
            )
        self.order_fields([*(f"line_{line.line_no}" for line in lines), "reason"])

    @property
    def units(self) -> dict[int, int]:
        """Units that come back by line."""
        given = ((x.line_no, self.cleaned_data.get(f"line_{x.line_no}")) for x in self.lines)
        return {line_no: int(units) for line_no, units in given if units}


def _units_of(where: tuple[str, str, str], label: str, left: int) -> forms.Field:
    """A field for some of the units that are left; whole ones, and none where it stays empty."""
    return declared(
        *where,
        label=label,
        advice=_("At most %(units)d units; none if empty.") % {"units": left},
        decimals=0,
        is_brief=True,
        max_value=left,
        required=False,
    )


class VehicleForm(_Plain):
    """A vehicle, and what it weighs empty."""

    plate = _of_pass("VehicleNo", label=_("Number plate"))
    card = _of_pass("VehicleIcNo", label=_("IC card of the vehicle"))
    weight_kg = _of_pass("VehicleWt", label=_("Vehicle, kg"), decimals=3)
    frame_kg = _of_pass("VehicleFrameWt", label=_("Frame, kg"), decimals=3, initial=0)
    driver = _of_pass(
        "DclErConc",
        label=_("Contact and phone"),
        advice=_("The operator, if empty."),
        required=False,
    )

    @property
    def vehicle(self) -> Vehicle:
        """The vehicle as entered."""
        data = self.cleaned_data
        return Vehicle(
            plate=data["plate"],
            card=data["card"],
            weight_kg=data["weight_kg"],
            frame_kg=data["frame_kg"] or Decimal(0),
            driver=data["driver"],
        )


class PassForm(VehicleForm):
    """Which lists go on which vehicle."""

    field_order = ("lists",)
    lists = forms.MultipleChoiceField(
        label=_("Lists"), widget=forms.CheckboxSelectMultiple, help_text=_("All go the same way.")
    )

    def __init__(self, *args: Any, lists: Sequence[ZonePaper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["lists"]
        chosen.choices = [(row.number, f"{row.number} · {row.customs_no}") for row in lists]


class ShareForm(VehicleForm):
    """What one of several vehicles carries of a list."""

    def __init__(self, *args: Any, goods: Sequence[SharedGoods], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goods = goods
        for row in goods:
            self.fields[f"line_{row.line_no}"] = _units_of(
                ("PassPortMessage", "PassportList", "DclQty"),
                f"{row.line_no}. {row.name}",
                row.left,
            )
        self.order_fields(f"line_{row.line_no}" for row in goods)

    @property
    def units(self) -> dict[int, int]:
        """Units that the vehicle carries, by line."""
        given = ((row.line_no, self.cleaned_data.get(f"line_{row.line_no}")) for row in self.goods)
        return {line_no: int(units) for line_no, units in given if units}


class BackForm(_Plain):
    """When goods were back in the zone."""

    on = forms.DateField(
        label=_("Back in the zone on"), widget=forms.DateInput(attrs={"type": "date"})
    )


class EntryForm(forms.Form):
    """The number of an accepted entry, and the day."""

    number = declared(
        "INV211",
        "BondInvtBsc",
        "entryNo",
        label=_("Number of the entry"),
        stored=EntryNumber.number.field,
    )
    on = forms.DateField(label=_("Accepted on"), widget=forms.DateInput(attrs={"type": "date"}))


class MendForm(_Plain):
    """Values of a refused declaration, as they were refused and as they are to be declared."""

    def __init__(self, *args: Any, values: mending.Values, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for (line_no, element), text in values.items():
            part = "InventoryHead" if line_no == mending.HEAD else "InventoryList"
            name = element if line_no == mending.HEAD else f"{line_no}. {element}"
            self.fields[field_of(line_no, element)] = declared(
                "CEB621",
                part,
                element,
                label=f"{words.element(element)} · {name}",
                decimals=3 if element == "grossWeight" else None,
                initial=text,
            )

    def values_for(self, keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
        """What was entered, as texts of the message."""
        return {key: _plain(self.cleaned_data[field_of(*key)]) for key in keys}


def field_of(line_no: int, element: str) -> str:
    """The name of a form field for an element of a line; 0: the head."""
    return f"{element}-{line_no}"


def _plain(value: object) -> str:
    """An entered value as the message writes it."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)
