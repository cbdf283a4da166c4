"""Forms of suppliers: addresses, offers, certificates, agreements, requests and answers."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.domain.errors import Refusal
from core.domain.trade import MINOR_UNITS, Incoterm, to_minor
from core.models import Party
from core.web.refusals import render_refusal
from imports.catalogue_forms import House
from imports.domain.supply import breaks_from
from imports.forms import DayInput
from imports.models import Product, QuoteRequestLine, SupplierOffer
from imports.services import QuoteTerms
from imports.words import ADDRESSES, PAPERS

CURRENCIES = [(code, code) for code in sorted(MINOR_UNITS)]
TERMS = [(term.value, term.value) for term in Incoterm]
COUNTRY = r"^[A-Z]{2}$"


class SupplierForm(House):
    """A new supplier with its registered address."""

    code = forms.CharField(label=_("Code"), max_length=32)
    name = forms.CharField(label=_("Name"), max_length=200)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    country = forms.RegexField(
        label=_("Country"), regex=COUNTRY, help_text=_("Two letters, such as NZ.")
    )
    province = forms.CharField(label=_("Province or state"), max_length=70, required=False)
    town = forms.CharField(label=_("Town"), max_length=70)
    street = forms.CharField(label=_("Street and number"), max_length=140)
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False)

    def clean_code(self) -> str:
        """A code that no party has."""
        code: str = self.cleaned_data["code"]
        if Party.objects.filter(code=code).exists():
            raise forms.ValidationError(_("This code is taken."))
        return code


class AddressForm(House):
    """An address from a day on."""

    kind = forms.ChoiceField(label=_("Which address"), choices=[*ADDRESSES.items()])
    country = forms.RegexField(label=_("Country"), regex=COUNTRY)
    province = forms.CharField(label=_("Province or state"), max_length=70, required=False)
    town = forms.CharField(label=_("Town"), max_length=70)
    street = forms.CharField(label=_("Street and number"), max_length=140)
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False)
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput)


class Breaks(House):
    """What an offer and a quote both state: terms, and price breaks in the same writing."""

    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    incoterm = forms.ChoiceField(label="Incoterm", choices=TERMS)
    origin_port = forms.RegexField(
        label=_("Port of shipment"), regex=r"^[A-Z]{2}[A-Z0-9]{3}$",
        help_text=_("UN/LOCODE, such as NZAKL."),
    )  # fmt: skip
    moq_units = forms.IntegerField(label=_("Minimum order, units"), min_value=1)
    pack_units = forms.IntegerField(label=_("Units in a pack"), min_value=1)
    lead_time_days = forms.IntegerField(label=_("Lead time, days"), min_value=0)
    prices = forms.CharField(
        label=_("Prices"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One break a line, units and price of one unit: 240: 17.05"),
    )
    is_incremental = forms.BooleanField(
        label=_("Each price holds for the units beyond its start only"), required=False
    )
    valid_before = forms.DateField(label=_("Valid before"), widget=DayInput, required=False)

    def clean(self) -> dict[str, Any] | None:
        """Price breaks are read in the currency that is chosen."""
        found = super().clean() or self.cleaned_data
        if "prices" in found and "currency" in found:
            try:
                found["breaks"] = breaks_from(found["prices"], found["currency"])
            except Refusal as refusal:
                said = render_refusal(refusal)
                self.add_error("prices", f"{said.reason} {said.remedy}")
        return found


class OfferForm(Breaks):
    """An offer that holds from a day; one that still holds ends there."""

    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.order_by("sku"))
    inner_units = forms.IntegerField(label=_("Units in an inner pack"), min_value=1, required=False)
    pallet_units = forms.IntegerField(label=_("Units on a pallet"), min_value=1, required=False)
    is_ordered_by_pallet = forms.BooleanField(
        label=_("Ordered by whole pallets only"), required=False
    )
    capacity_units = forms.IntegerField(
        label=_("Units that can be delivered for one round"), min_value=1, required=False
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput)
    field_order = ("product", "currency", "prices", "incoterm", "origin_port")

    def __init__(self, *args: Any, earlier: SupplierOffer | None, today: date, **more: Any) -> None:
        initial = {"valid_from": today, **(_of(earlier) if earlier else {})}
        super().__init__(*args, **{"initial": initial, **more})

    def clean(self) -> dict[str, Any] | None:
        """What is ordered by the pallet says what a pallet holds."""
        found = super().clean() or self.cleaned_data
        if found.get("is_ordered_by_pallet") and not found.get("pallet_units"):
            self.add_error("pallet_units", _("Say how many units stand on a pallet."))
        return found

    def terms(self) -> dict[str, Any]:
        """What was filled in, as an offer takes it."""
        return {key: value for key, value in self.cleaned_data.items() if key != "prices"}


_SAME = (
    "product", "currency", "incoterm", "origin_port", "moq_units", "pack_units", "inner_units",
    "pallet_units", "is_ordered_by_pallet", "capacity_units", "lead_time_days", "is_incremental",
)  # fmt: skip


def _of(offer: SupplierOffer) -> dict[str, Any]:
    prices = "\n".join(f"{tier.from_units}: {tier.price.amount}" for tier in offer.tiers.all())
    return {name: getattr(offer, name) for name in _SAME} | {"prices": prices}


class CertificateForm(House):
    """A paper on the supplier, or on one of its products."""

    kind = forms.ChoiceField(label=_("Which paper"), choices=[*PAPERS.items()])
    product = forms.ModelChoiceField(
        label=_("Product"),
        queryset=Product.objects.order_by("sku"),
        required=False,
        help_text=_("Empty for the supplier as a whole."),
    )
    number = forms.CharField(label=_("Number"), max_length=60)
    issuer = forms.CharField(label=_("Issued by"), max_length=120)
    issued_on = forms.DateField(label=_("Issued on"), widget=DayInput)
    expires_on = forms.DateField(label=_("Last day"), widget=DayInput, required=False)
    paper = forms.FileField(label=_("The paper"), required=False)

    def clean(self) -> dict[str, Any] | None:
        """The last day does not lie before the first."""
        found = super().clean() or self.cleaned_data
        issued, expires = found.get("issued_on"), found.get("expires_on")
        if issued and expires and expires < issued:
            self.add_error("expires_on", _("The last day lies before the day of issue."))
        return found


class ProductCertificateForm(CertificateForm):
    """A paper on one product."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        del self.fields["product"]


class RebateForm(House):
    """What a supplier takes off every price from a total of units on."""

    from_units = forms.IntegerField(label=_("From units in all"), min_value=1, max_value=10**9)
    percent = forms.DecimalField(
        label=_("Percent off every price"),
        max_digits=4,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=Decimal("99.99"),
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput)
    valid_before = forms.DateField(label=_("Valid before"), widget=DayInput, required=False)

    def clean(self) -> dict[str, Any] | None:
        """The last day does not lie before the first."""
        found = super().clean() or self.cleaned_data
        start, end = found.get("valid_from"), found.get("valid_before")
        if start and end and end <= start:
            self.add_error("valid_before", _("It would end before it begins."))
        return found


class ContactForm(House):
    """Who at a supplier gets its links by mail."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class AgreementForm(House):
    """Units of a product, or a value, agreed for a time."""

    product = forms.ModelChoiceField(
        label=_("Product"), queryset=Product.objects.order_by("sku"), required=False
    )
    units = forms.IntegerField(label=_("Units"), min_value=1, required=False)
    value = forms.DecimalField(label=_("Or a value"), min_value=0, required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput)
    valid_before = forms.DateField(label=_("Valid before"), widget=DayInput)

    def clean(self) -> dict[str, Any] | None:
        """Units of a product, or a value; from a day to a later one."""
        found = super().clean() or self.cleaned_data
        units, value = found.get("units"), found.get("value")
        if bool(units) == bool(value) or (units and not found.get("product")):
            self.add_error("units", _("Give units of a product, or a value."))
        first, end = found.get("valid_from"), found.get("valid_before")
        if first and end and end <= first:
            self.add_error("valid_before", _("The end lies before the start."))
        if value and "currency" in found:
            self._read_value(found)
        return found

    def _read_value(self, found: dict[str, Any]) -> None:
        try:
            found["value_minor"] = to_minor(found["value"], found["currency"])
        except Refusal as refusal:
            said = render_refusal(refusal)
            self.add_error("value", f"{said.reason} {said.remedy}")


class QuoteRequestForm(House):
    """Products with units, and the suppliers to ask."""

    lines = forms.CharField(
        label=_("Products"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One product a line, SKU and units: IF-ST1-800: 1200"),
    )
    suppliers = forms.ModelMultipleChoiceField(
        label=_("Suppliers to ask"),
        queryset=Party.objects.filter(kind=Party.Kind.SUPPLIER, is_active=True).order_by("name"),
        widget=forms.CheckboxSelectMultiple,
    )
    answer_by = forms.DateField(label=_("Answers until"), widget=DayInput)
    note = forms.CharField(label=_("Note to the suppliers"), max_length=500, required=False)

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def clean_answer_by(self) -> date:
        """Not in the past."""
        day: date = self.cleaned_data["answer_by"]
        if day < self.today:
            raise forms.ValidationError(_("This day is over."))
        return day

    def clean_lines(self) -> dict[Product, int]:
        """Products by their SKU, with whole units."""
        wanted: dict[str, int] = {}
        for line in self.cleaned_data["lines"].splitlines():
            sku, _colon, units = line.replace("：", ":").rpartition(":")
            if line.strip() and not (sku.strip() and units.strip().isdigit() and int(units)):
                raise forms.ValidationError(
                    _("“%(line)s” is not an SKU and units.") % {"line": line}
                )
            if line.strip():
                wanted[sku.strip()] = int(units)
        found = {product.sku: product for product in Product.objects.filter(sku__in=wanted)}
        for sku in wanted:
            if sku not in found:
                raise forms.ValidationError(_("No product has the SKU “%(sku)s”.") % {"sku": sku})
        return {found[sku]: units for sku, units in wanted.items()}


class QuoteForm(Breaks):
    """A supplier's answer to one line; left empty, the supplier does not quote for it."""

    def __init__(self, *args: Any, line: QuoteRequestLine, known: QuoteTerms | None, **more: Any):
        usual = {"moq_units": 1, "pack_units": 1, "currency": "USD", "incoterm": Incoterm.FOB}
        initial = {**usual, **(_known(known) if known else {})}
        super().__init__(
            *args, **{"initial": initial, "prefix": str(line.pk), "empty_permitted": True,
                      "use_required_attribute": False, **more}
        )  # fmt: skip
        self.fields["valid_before"].required = True
        self.line = line

    def terms(self) -> QuoteTerms | None:
        """The answer, or None where nothing was filled in."""
        given = {key: value for key, value in self.cleaned_data.items() if key != "prices"}
        return QuoteTerms(**given) if given else None


def _known(terms: QuoteTerms) -> dict[str, Any]:
    decimals = MINOR_UNITS[terms.currency]
    prices = (f"{each.from_units}: {each.price_minor / 10**decimals:.{decimals}f}"
              for each in terms.breaks)  # fmt: skip
    return {**terms.__dict__, "prices": "\n".join(prices)}
