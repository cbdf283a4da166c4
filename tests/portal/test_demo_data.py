"""The committed demonstration tables and the pure builders over them."""

from datetime import date
from pathlib import Path

import pytest
from stdnum import ean
from stdnum.cn import ric, uscc

from core.domain.trade import gtin, hs_code, minor_units
from portal.demo import catalogue
from portal.demo.buyers import buyer, identity_number
from portal.demo.dice import Dice
from portal.demo.plans import plan
from portal.demo.sales import sales

PRODUCTS = catalogue.products()
DEMAND = catalogue.demand()


def test_the_pool_has_28_importers_67_products_and_8_suppliers_in_6_currencies():
    assert len(catalogue.importers()) == 28
    assert len(PRODUCTS) == 67
    assert len(catalogue.suppliers()) == 8
    currencies = {row.currency for row in catalogue.suppliers()}
    assert currencies == {"JPY", "AUD", "NZD", "USD", "EUR", "KRW"}


@pytest.mark.parametrize("row", [*PRODUCTS, catalogue.perishable()], ids=lambda row: row.sku)
def test_every_product_has_a_demonstration_gtin_and_a_ten_digit_hs_code(row):
    assert ean.validate(row.gtin) == row.gtin
    assert row.gtin.startswith("952")
    assert gtin(row.gtin) == "0" + row.gtin
    assert hs_code(row.hs_code, digits=(10,)) == row.hs_code
    assert row.gross_weight_g > row.net_weight_g
    if row.statutory_unit == "035":
        assert row.statutory_qty_per_unit * 1000 == row.net_weight_g


def test_only_the_perishable_product_spoils_within_a_year():
    assert min(row.shelf_life_days for row in PRODUCTS) == 365
    assert catalogue.perishable().shelf_life_days == 28


def test_every_product_has_one_offer_in_its_suppliers_currency_with_falling_prices():
    currency = {row.code: row.currency for row in catalogue.suppliers()}
    offers = catalogue.offers()
    assert [offer.sku for offer in offers] == [row.sku for row in PRODUCTS]
    for offer in offers:
        assert offer.currency == currency[offer.supplier]
        prices = [price for _, price in offer.tiers]
        assert prices == sorted(prices, reverse=True)
        decimals = -int(prices[0].as_tuple().exponent)
        assert decimals == minor_units(offer.currency)
        assert offer.moq_units % offer.pack_units == 0


def test_importers_have_credit_codes_that_pass_their_check_digit():
    rows = catalogue.importers()
    assert all(uscc.validate(row.uscc) == row.uscc for row in rows)
    assert len({row.uscc for row in rows}) == 28
    assert {len(row.customs_code) for row in rows} == {10}


def test_demand_is_the_derived_totals_and_the_stores_stay_within_them():
    assert sum(sum(row.months) for row in DEMAND.values()) == 121_152
    assert sum(sum(row.by_store.values()) for row in DEMAND.values()) == 50_428
    assert DEMAND["IF-ST1-800"].months == (151, 137, 165, 114, 84, 97, 68, 71, 90, 160, 129, 100)
    assert all(sum(row.by_store.values()) <= sum(row.months) for row in DEMAND.values())


def test_the_derived_tables_carry_the_licence_and_say_that_they_are_simulated():
    text = (Path(catalogue.DATA) / "README.md").read_text(encoding="utf-8")

    assert "Copyright (c) 2025 James Cunningham" in text
    assert "Permission is hereby granted, free of charge" in text
    assert "simulated from real grocery shopping patterns" in text


def test_a_plan_is_the_stores_best_sellers_spread_over_the_months_to_the_unit():
    importer = catalogue.importers()[0]

    lines = plan(importer, PRODUCTS, DEMAND, scale=20, most=5)

    assert len(lines) == 5
    assert [line.units for line in lines] == [20 * DEMAND[line.sku].by_store["1"] for line in lines]
    assert lines == sorted(lines, key=lambda line: (-line.units, line.sku))


def test_identity_numbers_pass_their_check_and_belong_to_nobody_alive():
    people = [buyer(Dice(1), number) for number in range(1, 301)]

    assert len({person.id_number for person in people}) == 300
    for person in people:
        assert ric.calc_check_digit(person.id_number) == person.id_number[-1]
        assert ric.get_birth_date(person.id_number).year < 1910
        assert person.name.startswith("模拟买家")
        assert person.phone.startswith("10")
        assert len(person.phone) == 11


def test_an_identity_number_ends_in_the_check_character_of_the_standard():
    assert identity_number("110105", date(1949, 12, 31), 2) == "11010519491231002X"


def test_the_same_seed_draws_the_same_orders_and_another_seed_others():
    plans = _plans(importers=6, most=12)

    first = sales(Dice(7), plans, year=2025, orders=60, buyers=20)

    assert first == sales(Dice(7), plans, year=2025, orders=60, buyers=20)
    assert first != sales(Dice(8), plans, year=2025, orders=60, buyers=20)
    assert len(first) == 60
    assert {sale.ordered_on.month for sale in first} == set(range(1, 13))


def test_nobody_sells_more_than_half_of_what_the_plan_brings_up_to_the_quarter():
    plans = _plans(importers=3, most=4)

    drawn = sales(Dice(3), plans, year=2025, orders=500, buyers=40)

    for importer, lines in plans.items():
        for line in lines:
            for quarter in (3, 6, 9, 12):
                gone = sum(
                    units
                    for sale in drawn
                    if sale.importer == importer and sale.ordered_on.month <= quarter
                    for sku, units in sale.lines
                    if sku == line.sku
                )
                assert gone <= sum(line.months[:quarter]) // 2


def _plans(*, importers, most):
    rows = catalogue.importers()[:importers]
    return {row.code: plan(row, PRODUCTS, DEMAND, scale=20, most=most) for row in rows}
