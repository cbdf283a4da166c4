"""What importing costs alone and pooled, on published tariffs."""

import csv
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.chart import TransferCode
from core.domain.trade import Incoterm
from imports.domain import costs
from imports.domain.costs import CARRIAGE, Load, Mode, NoFeasibleMode, Terms, bill, cheapest
from imports.domain.lanes import EUROPE, JAPAN, KOREA, LANES, US_WEST_COAST, NoLane, lane_from
from imports.domain.tariffs import (
    Case,
    RateMissing,
    TariffBook,
    TariffMissing,
    TariffWithoutPrice,
    Trust,
    tariff_from_texts,
    worst_trust,
)

TABLE = Path(__file__).parents[3] / "imports" / "data" / "tariffs.csv"
with TABLE.open(encoding="utf-8", newline="") as _file:
    BOOK = TariffBook({row["key"]: tariff_from_texts(row) for row in csv.DictReader(_file)})
RATES = {"USD": Decimal("6.652882"), "JPY": Decimal("0.0423077"), "EUR": Decimal("7.7")}
TERMS = Terms(lane=US_WEST_COAST, book=BOOK, cny_per=RATES, on=date(2026, 11, 22))
HALF_A_QUARTER = Decimal("45.5")


def load(volume: str, weight: str, goods: str = "0", days: Decimal = HALF_A_QUARTER) -> Load:
    return Load(Decimal(volume), Decimal(weight), int(Decimal(goods) * 100), days)


A = load("0.36", "120", "15000")
REST = load("54.64", "18180", "2275000")
B = load("12", "4000", "500000")


def test_a_small_shipment_pays_one_whole_revenue_ton_by_sea():
    made = bill(A, Mode.LCL, TERMS)

    assert made.minor(TransferCode.FREIGHT) == 665_29
    assert made.minor(TransferCode.HANDLING) == 1_982_85
    assert made.minor(*CARRIAGE) == 2_648_14


def test_the_same_shipment_by_air_is_charged_by_weight_break():
    made = bill(A, Mode.AIR, TERMS)

    assert made.minor(TransferCode.FREIGHT) == 1_947_96
    assert made.minor(TransferCode.HANDLING) == 1_392_85
    assert made.minor(*CARRIAGE) == 3_340_81


def test_alone_is_the_cheapest_mode_with_its_own_minimum_agency_insurance_and_storage():
    made = cheapest(A, TERMS)

    assert made.mode is Mode.LCL
    assert made.minor(TransferCode.AGENCY) == 800_00
    assert made.minor(TransferCode.INSURANCE) == 38_91
    assert made.minor(TransferCode.STORAGE) == 24_57
    assert made.total_minor == 3_511_62


def test_the_pool_fills_one_container_and_each_pays_by_volume():
    made = cheapest(A + REST, TERMS)
    parts = costs.share(made, {"A": A, "rest": REST})["A"]

    assert (made.mode, made.containers, made.is_volume_limited) == (Mode.FCL, 1, True)
    assert made.minor(TransferCode.FREIGHT) == 4_989_66
    assert made.minor(TransferCode.HANDLING) == 7_617_85
    assert made.minor(*CARRIAGE) == 12_607_51
    assert parts[TransferCode.FREIGHT] + parts[TransferCode.HANDLING] == 82_52
    assert parts[TransferCode.AGENCY] == 112_50
    assert parts[TransferCode.INSURANCE] == 33_25
    assert parts[TransferCode.STORAGE] == 24_57


def test_pooling_saves_the_small_importer_most_of_the_bill_even_with_the_operators_fee():
    alone = cheapest(A, TERMS)
    pooled = cheapest(A + REST, TERMS)
    own = sum(costs.share(pooled, {"A": A, "rest": REST})["A"].values())
    fee = A.goods_minor * BOOK["FEE_OPERATOR_DEMO"].price_at(Case.LIKELY) / 100

    assert own + fee == 552_84
    assert alone.total_minor - own - fee == 2_958_78


def test_minimum_charges_are_their_own_line():
    alone = cheapest(A, TERMS)
    pooled = cheapest(A + REST, TERMS)

    # freight 665.29 - 239.50, destination 200 - 72, agency 800 - 225
    assert alone.minimums_minor == 425_79 + 128_00 + 575_00
    assert pooled.minimums_minor == 0
    assert costs.minimums_avoided_minor(alone, pooled, share_minor=252_84) == 1_128_79


def test_fixed_charges_are_those_per_shipment_and_per_container():
    assert cheapest(A, TERMS).fixed_minor == 232_85 + 500_00 + 500_00 + 100_00 + 450_00


def test_an_own_container_beats_lcl_from_11_77_cubic_metres():
    assert costs.container_break_even_m3(TERMS) == Decimal("11.77")


def test_with_cheap_destination_handling_a_container_pays_from_15_04_cubic_metres():
    cheap = replace(BOOK["LCL_DEST_CFS_DEMO"], price=Decimal(15))
    book = TariffBook({**BOOK.rows, "LCL_DEST_CFS_DEMO": cheap})

    assert costs.container_break_even_m3(replace(TERMS, book=book)) == Decimal("15.04")


def test_a_pool_of_ten_cubic_metres_goes_lcl_and_still_saves():
    small = load("9.64", "3080", "400000")
    by_sea = bill(A + small, Mode.LCL, TERMS)
    own = bill(A + small, Mode.FCL, TERMS)
    parts = costs.share(by_sea, {"A": A, "rest": small})["A"]

    assert by_sea.minor(*CARRIAGE) == 10_435_73
    assert own.minor(*CARRIAGE) == 11_932_51
    assert cheapest(A + small, TERMS).mode is Mode.LCL
    assert parts[TransferCode.FREIGHT] + parts[TransferCode.HANDLING] == 375_69


def test_a_fee_on_value_can_eat_the_whole_freight_saving_of_a_large_importer():
    others = load("43", "14300", "1790000")
    alone = bill(B, Mode.LCL, TERMS)
    parts = costs.share(cheapest(B + others, TERMS), {"B": B, "rest": others})["B"]
    fee = B.goods_minor * 2 // 100
    carriage = parts[TransferCode.FREIGHT] + parts[TransferCode.HANDLING]

    assert alone.total_minor == 19_364_56
    assert alone.minor(*CARRIAGE) - carriage == 9_415_58
    assert fee == 10_000_00
    assert sum(parts.values()) + fee == 18_428_22
    assert alone.total_minor - sum(parts.values()) - fee == 936_34


def test_twelve_cubic_metres_alone_are_cheaper_in_an_own_container():
    made = cheapest(B, TERMS)

    assert made.mode is Mode.FCL
    assert made.minor(*CARRIAGE) == 11_962_51
    assert made.total_minor == 19_160_31


def test_a_bill_names_every_row_behind_it_and_is_as_trusted_as_the_worst():
    made = cheapest(A, TERMS)
    by_key = {row.key: row for row in made.rows}

    assert sorted(by_key) == [
        "AES_FILING", "AGENT_MIN", "AGENT_TIERED_B", "AIRIMP_DELIVERY", "BW_STORAGE",
        "INS_CLOSED_FORM", "INS_SEA", "KCN_CLEAR", "KCN_DOC", "KCN_EDI", "LCL_DEST_CFS_DEMO",
        "LCL_LAX_SHA_2015B", "VOL_LCL",
    ]  # fmt: skip
    assert made.trust is Trust.ASSUMED
    assert by_key["LCL_LAX_SHA_2015B"].priced_on == date(2015, 11, 16)
    assert by_key["LCL_LAX_SHA_2015B"].trust is Trust.LIST_PRICE
    assert by_key["INS_SEA"].is_midpoint


def test_rows_older_than_24_months_are_flagged():
    stale = {row.key for row in cheapest(A, TERMS).rows if row.is_stale}

    assert stale == {"LCL_LAX_SHA_2015B", "AIRIMP_DELIVERY"}
    assert cheapest(A, TERMS).has_stale_rows


def test_a_row_is_stale_the_day_after_its_second_birthday():
    row = replace(BOOK["AES_FILING"], priced_on=date(2024, 11, 22))

    assert not row.is_stale(date(2026, 11, 22))
    assert row.is_stale(date(2026, 11, 23))


def test_a_bill_has_a_range_where_its_rows_have_one():
    made = cheapest(A, TERMS)

    # destination 100 to 625 instead of 200, insurance 0.1 to 0.3 % instead of 0.2 %
    assert made.low_minor == 3_511_62 - 100_00 - 38_91 + 19_32
    assert made.high_minor == 3_511_62 + 425_00 - 38_91 + 59_84


def test_a_bill_of_lading_minimum_lifts_a_small_lcl_shipment():
    lane = replace(US_WEST_COAST, lcl_minimum="LCL_MIN_BL")
    made = bill(A, Mode.LCL, replace(TERMS, lane=lane))
    ocean = next(charge for charge in made.charges if charge.kind is TransferCode.FREIGHT)

    assert (ocean.currency, ocean.amount_minor, ocean.cny_minor) == ("USD", 325_00, 2_162_19)
    assert "LCL_MIN_BL" in {row.key for row in made.rows}


def test_a_large_lcl_shipment_is_above_the_bill_of_lading_minimum():
    lane = replace(US_WEST_COAST, lcl_minimum="LCL_MIN_BL")

    assert bill(B, Mode.LCL, replace(TERMS, lane=lane)).minor(TransferCode.FREIGHT) == 7_983_46


def test_air_takes_the_next_weight_break_when_that_is_cheaper():
    light = bill(load("0.1", "90", "1000"), Mode.AIR, TERMS)
    flown = next(charge for charge in light.charges if charge.kind is TransferCode.FREIGHT)

    # 90 kg x 2.78 = 250.20 USD, but 100 kg x 2.44 = 244.00
    assert flown.amount_minor == 244_00


def test_air_never_counts_less_than_45_kilograms():
    flown = bill(load("0.01", "10", "1000"), Mode.AIR, TERMS).charges[0]

    assert flown.amount_minor == 125_10
    assert flown.at_rate_minor == 184_95


def test_a_parcel_by_post_from_japan_goes_by_the_step_that_carries_its_weight():
    made = bill(load("0.02", "0.8", "100"), Mode.PARCEL, replace(TERMS, lane=JAPAN))
    posted = made.charges[0]

    # 0.8 kg is rounded up to the next half kilogram, 1 kg: JPY 2,100
    assert (posted.currency, posted.amount_minor) == ("JPY", 2_100)


def test_a_courier_counts_volume_weight_and_splits_above_its_table():
    made = bill(load("0.035", "6", "100"), Mode.PARCEL, TERMS)

    # 35,000 cm3 / 5,000 = 7 kg: one parcel of 5 kg (820) and one of 2 kg (493), fuel 17.5 %
    assert made.minor(TransferCode.FREIGHT) == 1_313_00 + 229_78


def test_a_handful_of_goods_is_cheapest_by_courier():
    assert cheapest(load("0.002", "1", "100"), TERMS).mode is Mode.PARCEL


def test_weight_fills_a_container_of_heavy_goods_and_shares_follow_weight():
    heavy, light = load("10", "20000", "1"), load("20", "6000", "1")
    made = bill(heavy + light, Mode.FCL, TERMS)
    parts = costs.share(made, {"heavy": heavy, "light": light})

    assert (made.containers, made.is_volume_limited) == (2, False)
    assert parts["heavy"][TransferCode.FREIGHT] == round(2 * 4_989_66.15 * 20 / 26)


def test_under_cif_the_supplier_has_paid_freight_and_insurance():
    made = bill(A, Mode.LCL, replace(TERMS, incoterm=Incoterm.CIF))

    assert made.minor(TransferCode.FREIGHT, TransferCode.INSURANCE) == 0
    assert made.minor(TransferCode.HANDLING) == 1_982_85


def test_a_lane_without_prices_of_its_own_marks_its_stand_ins_as_assumed():
    made = bill(A, Mode.FCL, replace(TERMS, lane=KOREA))
    by_key = {row.key: row for row in made.rows}

    assert by_key["FCL40_NZ_CN_DEMO"].lane_fit == "proxy"
    assert by_key["FCL40_NZ_CN_DEMO"].trust is Trust.ASSUMED
    assert by_key["KCN_THC_40"].lane_fit == "in-CN"


def test_europe_ships_by_the_spot_price_of_rotterdam():
    made = bill(A + REST, Mode.FCL, replace(TERMS, lane=EUROPE))

    assert made.charges[0].key == "FCL40_RTM_SHA_2026"
    assert made.minor(TransferCode.FREIGHT) == 3_353_05


@pytest.mark.parametrize("lane", dict.fromkeys(LANES.values()), ids=lambda lane: lane.code)
def test_every_lane_prices_every_mode_with_rows_of_the_table(lane):
    terms = replace(TERMS, lane=lane)

    assert {bill(A, mode, terms).mode for mode in Mode} == set(Mode)


def test_a_port_is_priced_by_its_country():
    assert lane_from("DEHAM") is EUROPE
    assert lane_from("US") is US_WEST_COAST


def test_a_country_without_tariffs_is_refused():
    with pytest.raises(NoLane):
        lane_from("BRSSZ")


def test_an_empty_load_cannot_be_shipped():
    with pytest.raises(NoFeasibleMode):
        cheapest(costs.freight.EMPTY, TERMS)


def test_a_missing_row_a_row_without_price_and_a_missing_rate_are_refused():
    with pytest.raises(TariffMissing):
        BOOK["NO_SUCH_ROW"]
    with pytest.raises(TariffWithoutPrice):
        replace(BOOK["AES_FILING"], price=None).price_at(Case.LIKELY)
    with pytest.raises(RateMissing):
        bill(A, Mode.LCL, replace(TERMS, cny_per={}))


def test_the_worst_trust_decides():
    assert worst_trust([Trust.SECONDARY, Trust.LIST_PRICE]) is Trust.SECONDARY
    assert worst_trust([]) is Trust.LIST_PRICE


volumes = st.decimals("0.01", "40", places=2)
densities = st.decimals("20", "900", places=0)
values = st.integers(1, 10**8)
loads = st.builds(
    lambda volume, density, goods: Load(volume, volume * density, goods, HALF_A_QUARTER),
    volumes,
    densities,
    values,
)


@given(st.dictionaries(st.integers(1, 9), loads, min_size=1, max_size=5))
def test_shares_of_a_pooled_bill_add_up_to_the_bill(by_importer):
    total = sum(by_importer.values(), costs.freight.EMPTY)
    made = cheapest(total, TERMS)

    parts = costs.share(made, by_importer)

    assert sum(sum(part.values()) for part in parts.values()) == made.total_minor


@given(loads)
def test_the_likely_bill_lies_inside_its_range(one):
    made = cheapest(one, TERMS)

    assert made.low_minor <= made.total_minor <= made.high_minor


@given(loads)
def test_charges_without_minima_are_never_above_the_charges(one):
    assert all(c.at_rate_minor <= c.cny_minor for m in Mode for c in bill(one, m, TERMS).charges)


@given(loads, loads)
def test_one_shipment_of_two_loads_never_costs_more_than_two_by_the_same_mode(one, other):
    together = bill(one + other, Mode.LCL, TERMS).minor(*CARRIAGE)

    assert together <= sum(bill(x, Mode.LCL, TERMS).minor(*CARRIAGE) for x in (one, other)) + 4
