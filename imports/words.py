"""What causes, modes and charges are called on pages."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.domain.chart import TransferCode
from imports.domain.consolidation import Surplus
from imports.domain.costs import Mode
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
}

TRUST: Final[dict[str, Promise]] = {
    Trust.LIST_PRICE: _("list price"),
    Trust.MARKET_REPORT: _("market report"),
    Trust.SECONDARY: _("second hand"),
    Trust.ASSUMED: _("assumed"),
}
