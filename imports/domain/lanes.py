"""Lanes into the pool's port: which tariff rows price them, and which rows only stand in."""

from dataclasses import dataclass

from core.domain.errors import Refusal


class NoLane(Refusal):
    """Raised when no tariff prices goods from a port."""

    code = "no-lane"
    reason = "No tariff covers goods from {port}."
    remedy = "Ship from a port in the United States, Europe, Japan, Korea, Australia, New Zealand "
    remedy += "or the United Kingdom, or add a lane with its tariff rows."


@dataclass(frozen=True)
class Lane:
    """One origin and the keys of the tariff rows that price it, per mode.

    ``proxies`` are rows of another lane that stand in; figures built on them say so.
    """

    code: str
    port: str
    fcl: str
    lcl: str
    air: str
    parcel: str
    parcel_surcharge: str = ""
    lcl_minimum: str = ""
    origin_filing: str = ""
    proxies: frozenset[str] = frozenset()


_OTHER_LANE_LCL = "LCL_LAX_SHA_2015B"
_AIR = "AIR_INTO_CN_DEMO"

US_WEST_COAST = Lane(
    code="USWC",
    port="USLAX",
    fcl="FCL40HC_USWC_CN_TARIFF",
    lcl="LCL_LAX_SHA_2015B",
    air=_AIR,
    parcel="UPS_HK_SAVER_Z5",
    parcel_surcharge="UPS_HK_FUEL",
    origin_filing="AES_FILING",
    proxies=frozenset({"KCN_WH_LOADING_40", "UPS_HK_SAVER_Z5"}),
)
EUROPE = Lane(
    code="EUROPE",
    port="NLRTM",
    fcl="FCL40_RTM_SHA_2026",
    lcl=_OTHER_LANE_LCL,
    air=_AIR,
    parcel="UPS_HK_SAVER_Z6",
    parcel_surcharge="UPS_HK_FUEL",
    proxies=frozenset({"KCN_WH_LOADING_40", _OTHER_LANE_LCL, "UPS_HK_SAVER_Z6"}),
)
UNITED_KINGDOM = Lane(
    code="GB",
    port="GBFXT",
    fcl="FCL40_RTM_SHA_2026",
    lcl=_OTHER_LANE_LCL,
    air=_AIR,
    parcel="UPS_HK_SAVER_Z6",
    parcel_surcharge="UPS_HK_FUEL",
    proxies=frozenset(
        {"KCN_WH_LOADING_40", "FCL40_RTM_SHA_2026", _OTHER_LANE_LCL, "UPS_HK_SAVER_Z6"}
    ),
)


def _asia_pacific(code: str, port: str, *, parcel: str, surcharge: str, own: str = "") -> Lane:
    """A lane without container or LCL prices: every row but ``own`` stands in."""
    stand_ins = {"KCN_WH_LOADING_40", "FCL40_NZ_CN_DEMO", _OTHER_LANE_LCL, parcel}
    return Lane(
        code=code,
        port=port,
        fcl="FCL40_NZ_CN_DEMO",
        lcl=_OTHER_LANE_LCL,
        air=_AIR,
        parcel=parcel,
        parcel_surcharge=surcharge,
        proxies=frozenset(stand_ins - {own}),
    )


JAPAN = _asia_pacific(
    "JP", "JPOSA", parcel="EMS_JP_ASIA_2021", surcharge="", own="EMS_JP_ASIA_2021"
)
KOREA = _asia_pacific("KR", "KRPUS", parcel="EMS_JP_ASIA_2021", surcharge="")
AUSTRALIA = _asia_pacific("AU", "AUMEL", parcel="UPS_HK_SAVER_Z3", surcharge="UPS_HK_FUEL")
NEW_ZEALAND = _asia_pacific("NZ", "NZAKL", parcel="UPS_HK_SAVER_Z3", surcharge="UPS_HK_FUEL")

_EUROPEAN_UNION = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
LANES: dict[str, Lane] = {
    "US": US_WEST_COAST,
    "GB": UNITED_KINGDOM,
    "JP": JAPAN,
    "KR": KOREA,
    "AU": AUSTRALIA,
    "NZ": NEW_ZEALAND,
    **dict.fromkeys(_EUROPEAN_UNION.split(), EUROPE),
}
"""Lane by the country (ISO 3166-1 alpha-2) that the goods are shipped from."""


def lane_from(place: str) -> Lane:
    """The lane of a country (``US``) or of a port (UN/LOCODE, ``USLAX``).

    Raises:
        NoLane: no tariff covers goods from there.
    """
    country = place[:2].upper()
    if country not in LANES:
        raise NoLane(port=place)
    return LANES[country]
