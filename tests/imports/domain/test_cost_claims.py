"""The claim that freight costs two to three times the goods, on published parcel tariffs.

One kilogram worth CNY 100. The claim holds for list prices of couriers and fails for the post.
"""

from decimal import Decimal

import pytest

from imports.domain.freight import Load, parcels
from tests.imports.domain.test_costs import BOOK, TERMS

CASES = {
    "EMS_JP_CN_OLD": "76.15",
    "EMS_JP_ASIA_2021": "88.85",
    "UPS_HK_SAVER_Z2": "317.00",
    "UPS_HK_SAVER_Z3": "321.00",
    "UPS_HK_SAVER_Z5": "386.00",
    "UPS_HK_SAVER_Z6": "492.00",
    "DHL_CN_PUB_Z1": "211.00",
    "DHL_CN_PUB_Z7": "434.00",
}


def carried(key: str, weight_kg: str) -> Decimal:
    """CNY for one compact parcel by a table of total prices."""
    load = Load(volume_m3=Decimal("0.001"), weight_kg=Decimal(weight_kg))
    return Decimal(parcels(load, BOOK[key], BOOK, TERMS.rate).cny_minor) / 100


@pytest.mark.parametrize(("key", "cny"), CASES.items())
def test_one_kilogram_costs_what_the_list_says(key, cny):
    assert carried(key, "1") == Decimal(cny)


def test_the_claim_holds_for_couriers_lists_and_fails_for_the_post():
    ratios = {key: carried(key, "1") / 100 for key in CASES}

    assert {key for key, ratio in ratios.items() if ratio >= 2} == {
        key for key in CASES if not key.startswith("EMS")
    }
    assert max(ratios.values()) == Decimal("4.92")
    assert min(ratios.values()) == Decimal("0.7615")


def test_a_box_of_five_kilograms_costs_less_a_kilogram():
    assert round(carried("EMS_JP_ASIA_2021", "5") / 5) == 53
    assert round(carried("UPS_HK_SAVER_Z3", "5") / 5) == 144
