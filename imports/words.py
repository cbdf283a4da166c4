"""What causes, modes and charges are called on pages."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.domain.chart import TransferCode
from imports.domain.consolidation import Surplus
from imports.domain.costs import Mode
from imports.domain.eligibility import Verdict
from imports.domain.tariffs import Trust

SURPLUS: Final[dict[str, Promise]] = {
    Surplus.NONE: _("as asked"),
    Surplus.PACK: _("rounded up to whole packs"),
    Surplus.MINIMUM_ORDER: _("the supplier's minimum order"),
    Surplus.PRICE_TIER: _("the next price tier makes the line cheaper"),
    Surplus.SUPPLIER_TIER: _("it lifts the supplier's total to a rebate"),
}

MODES: Final[dict[str, Promise]] = {
    Mode.FCL: _("sea, full container"),
    Mode.LCL: _("sea, part of a container"),
    Mode.AIR: _("air"),
}

CHARGES: Final[dict[str, Promise]] = {
    TransferCode.FREIGHT: _("freight"),
    TransferCode.INSURANCE: _("insurance"),
    TransferCode.HANDLING: _("handling"),
    TransferCode.AGENCY: _("agency"),
    TransferCode.STORAGE: _("storage"),
}

BASES: Final[dict[str, Promise]] = {
    "volume": _("by volume"),
    "weight": _("by weight"),
    "value": _("by goods value"),
    "units": _("by units"),
    "chargeable": _("by chargeable weight"),
    "equal": _("in equal parts"),
    "manual": _("by hand"),
}

TRUST: Final[dict[str, Promise]] = {
    Trust.LIST_PRICE: _("list price"),
    Trust.MARKET_REPORT: _("market report"),
    Trust.SECONDARY: _("second hand"),
    Trust.ASSUMED: _("assumed"),
}

VERDICTS: Final[dict[str, Promise]] = {
    Verdict.ELIGIBLE: _("The pool may import this product."),
    Verdict.CONDITIONAL: _("The pool may import this product under conditions."),
    Verdict.UNCONFIRMED: _("A broker must confirm this product before it is ordered."),
    Verdict.REFUSED: _("The pool may not import this product."),
}

LEVELS: Final[dict[str, Promise]] = {
    "unit": _("Consumer unit"),
    "inner": _("Inner pack"),
    "case": _("Case"),
    "pallet": _("Pallet"),
}

DANGERS: Final[dict[str, Promise]] = {
    "": _("not stated"),
    "0": _("stated as not dangerous"),
    "1": _("1: explosives"),
    "2": _("2: gases, aerosols"),
    "3": _("3: flammable liquids"),
    "4": _("4: flammable solids"),
    "5": _("5: oxidising substances"),
    "6": _("6: toxic substances"),
    "8": _("8: corrosive substances"),
    "9": _("9: batteries and others"),
}

STANDINGS: Final[dict[str, Promise]] = {
    "": _("not submitted yet"),
    "committed": _("committed"),
    "uncovered": _("above the limit"),
    "withdrawn": _("withdrawn"),
}

CAUSES: Final[dict[str, Promise]] = {
    "submitted": _("as submitted"),
    "revised": _("revised"),
    "topped_up": _("topped up"),
    "joined": _("joined later"),
}

DEPARTURES: Final[dict[str, Promise]] = {
    "left": _("left the pool"),
    "defaulted": _("failed to pay"),
}

PAPERS: Final[dict[str, Promise]] = {
    "health": _("Health certificate"),
    "origin": _("Certificate of origin"),
    "analysis": _("Certificate of analysis"),
    "quality": _("Quality system"),
    "licence": _("Licence of brand or sale"),
    "safety": _("Safety data sheet"),
}

ADDRESSES: Final[dict[str, Promise]] = {
    "registered": _("Registered office"),
    "pickup": _("Place of pick-up"),
}

SHIPPING_PAPERS: Final[dict[str, Promise]] = {
    "invoice": _("Commercial invoice"),
    "packing": _("Packing list"),
    "bill": _("Bill of lading or air waybill"),
    "origin": _("Certificate of origin"),
    "health": _("Health certificate"),
}
