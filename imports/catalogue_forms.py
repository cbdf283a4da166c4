"""Forms of the catalogue: a product, its numbers, its pictures and its goods record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import Party
from imports.domain.records import BRAND_TYPES, LEADING, PREFERENCES, RecordDraft, elements_from
from imports.models import GoodsRecord, Product
from imports.words import DANGERS, LEVELS


class House(forms.Form):
    """A form without colons after its labels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class ProductForm(House):
    """A new product of the catalogue."""

    gtin = forms.CharField(
        label="GTIN", max_length=14, help_text=_("The digits under the bar code, 8 to 14.")
    )
    sku = forms.CharField(label="SKU", max_length=40)
    name = forms.CharField(label=_("Name"), max_length=200)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200)
    brand = forms.CharField(label=_("Brand"), max_length=80, required=False)
    category = forms.CharField(label=_("Category"), max_length=80, required=False)
    family = forms.CharField(
        label=_("Family"),
        max_length=200,
        required=False,
        help_text=_("What its variants have in common, such as the name without the size."),
    )
    variant = forms.CharField(label=_("Variant"), max_length=80, required=False)
    hs_code = forms.CharField(
        label=_("HS code"), max_length=14, help_text=_("Ten digits; look it up by words below.")
    )
    origin = forms.RegexField(
        label=_("Country of origin"), regex=r"^[A-Z]{2}$", help_text=_("Two letters, such as NZ.")
    )
    net_weight_g = forms.IntegerField(label=_("Net weight, g"), min_value=1)
    gross_weight_g = forms.IntegerField(label=_("Gross weight, g"), min_value=1)
    volume_cm3 = forms.IntegerField(label=_("Volume, cm³"), min_value=1)
    shelf_life_days = forms.IntegerField(label=_("Shelf life, days"), min_value=1, required=False)
    declared_unit = forms.RegexField(
        label=_("Declared unit"), regex=r"^\d{3}$", help_text=_("Customs' code, such as 140.")
    )
    statutory_unit = forms.RegexField(
        label=_("Statutory unit"), regex=r"^\d{3}$", help_text=_("Customs' code, such as 035.")
    )
    statutory_qty_per_unit = forms.DecimalField(
        label=_("Statutory quantity of a unit"), max_digits=14, decimal_places=5, min_value=0
    )
    danger_class = forms.ChoiceField(
        label=_("Danger class"),
        required=False,
        choices=[*DANGERS.items()],
        help_text=_("From the safety data sheet."),
    )
    is_trade_measure = forms.BooleanField(label=_("Under a trade measure"), required=False)
    owner = forms.ModelChoiceField(
        label=_("Owner of the number"),
        queryset=Party.objects.filter(kind=Party.Kind.SUPPLIER).order_by("name"),
    )

    def clean(self) -> dict[str, Any] | None:
        """Gross is not below net."""
        found = super().clean() or self.cleaned_data
        net, gross = found.get("net_weight_g"), found.get("gross_weight_g")
        if net and gross and gross < net:
            self.add_error("gross_weight_g", _("Gross weight is below net weight."))
        return found


class GtinForm(House):
    """Another number of a product: a case or pallet of it."""

    number = forms.CharField(label="GTIN", max_length=14)
    level = forms.ChoiceField(label=_("Stands on"), choices=[*LEVELS.items()])
    units = forms.IntegerField(label=_("Units in it"), min_value=1, initial=1)
    owner = forms.ModelChoiceField(
        label=_("Owner of the number"),
        queryset=Party.objects.filter(kind=Party.Kind.SUPPLIER).order_by("name"),
    )


class ImageForm(House):
    """A picture of the pack."""

    picture = forms.FileField(
        label=_("Picture"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    caption = forms.CharField(label=_("What it shows"), max_length=80)


class RecordForm(House):
    """A goods record as customs is to be told of it."""

    zone_code = forms.ChoiceField(label=_("Zone"))
    hs_code = forms.CharField(label=_("HS code"), max_length=14)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200)
    model_zh = forms.CharField(label=_("Specification (规格型号)"), max_length=250, required=False)
    origin = forms.RegexField(label=_("Country of origin"), regex=r"^[A-Z]{2}$")
    declared_unit = forms.RegexField(label=_("Declared unit"), regex=r"^\d{3}$")
    statutory_unit = forms.RegexField(label=_("Statutory unit"), regex=r"^\d{3}$")
    statutory_qty_per_unit = forms.DecimalField(
        label=_("Statutory quantity of a unit"), max_digits=14, decimal_places=5, min_value=0
    )
    second_unit = forms.RegexField(
        label=_("Second statutory unit"), regex=r"^\d{3}$", required=False
    )
    second_qty_per_unit = forms.DecimalField(
        label=_("Second quantity of a unit"),
        max_digits=14,
        decimal_places=5,
        min_value=0,
        required=False,
    )
    brand_type = forms.ChoiceField(
        label=_("Brand type (品牌类型)"), choices=[(k, f"{k} {v}") for k, v in BRAND_TYPES.items()]
    )
    preference = forms.ChoiceField(
        label=_("Export preference (出口享惠情况)"),
        choices=[(k, f"{k} {v}") for k, v in PREFERENCES.items()],
        initial="3",
    )
    elements = forms.CharField(
        label=_("Further declaration elements"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, name and value set off by a colon, in the tariff's order."),
    )
    shelf_life_days = forms.IntegerField(label=_("Shelf life, days"), min_value=1, required=False)

    def __init__(
        self,
        *args: Any,
        zones: list[str],
        product: Product | None = None,
        latest: GoodsRecord | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"initial": _initial(latest or product), **kwargs})
        self.fields["zone_code"].choices = [(zone, zone) for zone in zones]  # type: ignore[attr-defined]

    def draft(self) -> RecordDraft:
        """What was filled in, as a record to be submitted."""
        given = {**self.cleaned_data}
        brand, preference = given.pop("brand_type"), given.pop("preference")
        leading = tuple(zip(LEADING, (brand, preference), strict=True))
        given.pop("zone_code")
        hs_code = given.pop("hs_code").replace(".", "").replace(" ", "")
        elements = (*leading, *elements_from(given.pop("elements")))
        return RecordDraft(hs_code=hs_code, elements=elements, **given)


_SAME = (
    "hs_code", "name_zh", "model_zh", "origin", "declared_unit", "statutory_unit",
    "statutory_qty_per_unit", "second_unit", "second_qty_per_unit", "shelf_life_days",
)  # fmt: skip


def _initial(known: GoodsRecord | Product | None) -> dict[str, Any]:
    """What the latest version says, else the product."""
    if known is None:
        return {}
    found = {name: getattr(known, name) for name in _SAME}
    if isinstance(known, GoodsRecord):
        said = dict(known.elements)
        found |= {"brand_type": said.get(LEADING[0]), "preference": said.get(LEADING[1])}
        further = [f"{name}: {value}" for name, value in known.elements[2:]]
        found["elements"] = "\n".join(further)
    return found


class RemarkForm(House):
    """Why a record is sent back."""

    remark = forms.CharField(
        label=_("What to correct"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
