"""What the pool declines to store."""

import pytest

from imports.domain.perishables import (
    FreshOrFrozenGoods,
    LiquidMilk,
    LiveGoods,
    ShelfLifeTooShort,
    StorageTerms,
    refuse_perishable,
    refuse_short_lived,
    refuse_unfit_for_pool,
)

TERMS = StorageTerms(expected_dwell_days=60, minimum_remaining_days=90)


@pytest.mark.parametrize(
    ("hs_code", "prefix"),
    [
        ("0201300090", "02"),
        ("0303130000", "0303"),
        ("0306170000", "0306"),
        ("0307110000", "0307"),
        ("0405100000", "040510"),
        ("0407210000", "0407"),
        ("0603110000", "06031"),
        ("0702000000", "0702"),
        ("0710210000", "0710"),
        ("0804400000", "080440"),
        ("0810500000", "0810"),
        ("0811100000", "0811"),
        ("2105000000", "2105"),
    ],
)
def test_fresh_chilled_and_frozen_goods_are_declined_by_their_hs_heading(hs_code, prefix):
    with pytest.raises(FreshOrFrozenGoods) as refused:
        refuse_perishable(hs_code)

    assert refused.value.params == {"prefix": prefix}


@pytest.mark.parametrize("hs_code", ["0106190000", "0301110000", "0602100000", "0601200000"])
def test_live_animals_and_plants_are_declined(hs_code):
    with pytest.raises(LiveGoods):
        refuse_perishable(hs_code)


@pytest.mark.parametrize("hs_code", ["0401200000", "0402910000", "0403209000"])
def test_liquid_milk_cream_and_yogurt_are_declined(hs_code):
    with pytest.raises(LiquidMilk):
        refuse_perishable(hs_code)


@pytest.mark.parametrize(
    "hs_code",
    [
        "1901101000",  # infant formula
        "2106909090",  # food supplements
        "0402210000",  # whole milk powder
        "0409000000",  # honey
        "0410909000",  # bird's nest
        "0712310000",  # dried mushrooms
        "0802120000",  # almonds
        "0813409090",  # dried fruit
        "0306950000",  # dried shrimps
        "0307190000",  # smoked oysters
        "0305410000",  # smoked salmon: shelf life decides
        "3304990099",  # skin care
    ],
)
def test_shelf_stable_goods_are_eligible_whatever_their_name(hs_code):
    assert refuse_perishable(hs_code) is None


def test_goods_without_an_expiry_pass_the_shelf_life_rule():
    assert refuse_short_lived(shelf_life_days=None, lead_time_days=45, terms=TERMS) is None


def test_shelf_life_must_cover_lead_time_dwell_and_the_life_left_for_the_consumer():
    assert refuse_short_lived(shelf_life_days=195, lead_time_days=45, terms=TERMS) is None
    with pytest.raises(ShelfLifeTooShort) as refused:
        refuse_short_lived(shelf_life_days=194, lead_time_days=45, terms=TERMS)

    assert refused.value.reason_text() == (
        "The shelf life of 194 days is below the 195 days needed: 45 lead time, "
        "60 in the warehouse and 90 left for the consumer."
    )


def test_a_product_is_judged_by_its_hs_code_before_its_shelf_life():
    with pytest.raises(LiquidMilk):
        refuse_unfit_for_pool(
            hs_code="0401200000", shelf_life_days=10, lead_time_days=30, terms=TERMS
        )
