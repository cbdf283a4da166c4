"""Storage: room times days, counted from what moved."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from fx_settlement.domain.storage import StockChange, cubic_metre_days, storage_minor

YEAR = {"first": date(2025, 1, 1), "before": date(2026, 1, 1)}


def test_goods_count_from_the_day_they_come_to_the_day_before_they_leave():
    changes = [
        StockChange(owner=1, units=150, volume_cm3=2_400, on=date(2025, 3, 1)),
        StockChange(owner=1, units=-150, volume_cm3=2_400, on=date(2025, 3, 11)),
    ]

    assert cubic_metre_days(changes, **YEAR) == {1: Fraction("3.6")}


def test_stock_of_the_year_before_counts_from_new_years_day():
    held = [StockChange(owner=1, units=1, volume_cm3=1_000_000, on=date(2024, 6, 1))]

    assert cubic_metre_days(held, **YEAR) == {1: Fraction(365)}


def test_what_moves_after_the_year_does_not_count():
    late = [StockChange(owner=1, units=1, volume_cm3=1_000_000, on=date(2026, 1, 1))]

    assert cubic_metre_days(late, **YEAR) == {}


def test_ownership_that_passes_on_is_charged_to_each_owner_for_its_days():
    changes = [
        StockChange(owner=1, units=10, volume_cm3=100_000, on=date(2025, 1, 1)),
        StockChange(owner=1, units=-10, volume_cm3=100_000, on=date(2025, 1, 31)),
        StockChange(owner=2, units=10, volume_cm3=100_000, on=date(2025, 1, 31)),
    ]

    assert cubic_metre_days(changes, **YEAR) == {1: Fraction(30), 2: Fraction(335)}


def test_a_third_of_a_cubic_metre_for_half_a_quarter_costs_24_57():
    assert storage_minor(Fraction("0.36") * Fraction("45.5"), Decimal("1.5")) == 24_57
