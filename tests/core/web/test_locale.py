"""Numbers, money and dates are written as the reader writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from core.templatetags import bondpool as tags
from core.web import locale


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def chinese():
    with translation.override("zh-hans"):
        yield


def test_english_readers_see_yuan_with_its_country(english):
    assert locale.money(123_450, "CNY") == "CN¥1,234.50"


def test_chinese_readers_see_yuan_as_their_own_money(chinese):
    assert locale.money(123_450, "CNY") == "¥1,234.50"


def test_yen_has_no_decimals(english):
    assert locale.money(1_234, "JPY") == "¥1,234"


def test_money_owed_back_carries_a_true_minus_sign(english):
    assert locale.money(-5, "CNY") == "−CN¥0.05"


def test_units_are_grouped_by_thousands_in_both_languages(chinese):
    assert locale.number(24_318) == "24,318"


def test_a_decimal_keeps_the_places_it_came_with(english):
    assert locale.number(Decimal("7.1034")) == "7.1034"


def test_a_share_of_one_reads_as_a_percentage(english):
    assert locale.percent(Decimal("0.174")) == "17.4%"


def test_a_day_reads_in_english(english):
    assert locale.day(date(2028, 3, 14)) == "14 Mar 2028"


def test_a_day_reads_in_chinese(chinese):
    assert locale.day(date(2028, 3, 14)) == "2028年3月14日"


def test_an_instant_names_its_zone(english):
    assert locale.instant(datetime(2026, 1, 31, 20, 5, tzinfo=UTC)) == "1 Feb 2026, 04:05 UTC+08:00"


def test_the_day_of_an_instant_is_the_day_in_the_pool(english):
    assert locale.day(datetime(2026, 1, 31, 20, 5, tzinfo=UTC)) == "1 Feb 2026"


def test_a_month_reads_in_chinese(chinese):
    assert (locale.month(date(2026, 3, 1)), locale.month_name(3)) == ("2026年3月", "3月")


def test_a_language_the_product_does_not_speak_reads_english():
    with translation.override("fr"):
        assert locale.number(1_000) == "1,000"


@pytest.mark.parametrize("tag", [tags.units, tags.percent, tags.day, tags.instant, tags.month])
def test_an_absent_value_is_a_dash_never_a_zero(tag):
    assert tag(None) == "–"


def test_absent_money_is_a_dash():
    assert tags.minor(None, "CNY") == "–"


def test_an_hs_code_is_printed_in_the_groups_of_the_tariff():
    assert tags.hs("1901101000") == "1901 10 10 00"


def test_a_six_digit_hs_code_ends_after_its_subheading():
    assert tags.hs("190110") == "1901 10"


def test_a_state_is_a_coloured_word(english):
    assert tags.state_tag("released") == '<span class="tag ok">released</span>'


def test_an_unknown_state_is_shown_neutral_by_its_own_word(english):
    assert tags.state_tag("odd_one") == '<span class="tag ">odd one</span>'


def test_a_state_never_carries_markup_into_the_page(english):
    assert tags.state_tag("<b>") == '<span class="tag ">&lt;b&gt;</span>'
