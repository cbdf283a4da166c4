"""Forecast sheets: what is read, and what is wrong where."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import Refusal
from imports.domain.forecast_reading import RowReader, columns_of, empty_sheet, filled_rows
from imports.domain.forecasts import MONTHS, TEMPLATE_HEADINGS, Catalogue, CatalogueProduct, Line
from imports.domain.perishables import StorageTerms, refuse_unfit_for_pool

SERUM = CatalogueProduct(1, "SERUM-30", "04006381333931", "3304990099", None, 30)
CREAM = CatalogueProduct(2, "CREAM-50", "00012345678905", "3304990099", 1_000, 30)
BERRIES = CatalogueProduct(3, "BERRY-1", "09780201379624", "0810400000", 20, 5)
YEAST = CatalogueProduct(4, "YEAST-1", "05901234123457", "2102100000", 120, 30)
CATALOGUE = Catalogue([SERUM, CREAM, BERRIES, YEAST])
TERMS = StorageTerms(expected_dwell_days=60, minimum_remaining_days=90)
HEADINGS = list(TEMPLATE_HEADINGS)


@dataclass
class Read:
    lines: tuple[Line, ...]
    errors: tuple
    row_count: int


def unfit(product):
    try:
        refuse_unfit_for_pool(
            hs_code=product.hs_code,
            shelf_life_days=product.shelf_life_days,
            lead_time_days=product.lead_time_days,
            terms=TERMS,
        )
    except Refusal as refusal:
        return refusal
    return None


def reading(*rows, headings=HEADINGS, at_a_time=None):
    """A whole sheet, its headings in row 1, read in one go or some rows at a time."""
    filled, columns = filled_rows(rows, 2), columns_of(headings, 1)
    if not filled or columns.faults:
        return Read((), columns.faults if filled else (empty_sheet(1),), len(filled))
    lines, errors, seen = [], [], {}
    step = at_a_time or len(filled)
    for start in range(0, len(filled), step):
        reader = RowReader(columns, CATALOGUE, 2026, unfit, dict(seen))
        lines += [line for _, line in reader.lines(filled[start : start + step])]
        errors += reader.errors
        seen = reader.seen
    return Read(tuple(lines), tuple(errors), len(filled))


def row(sku="SERUM-30", gtin="", year="2026", tolerance="0", months=None):
    return [sku, gtin, "", year, tolerance, *(months or ["0"] * 12)]


def texts(numbers):
    return [str(number) for number in numbers]


def faults(read):
    return [(e.row, e.column, e.value, e.refusal.code) for e in read.errors]


def test_a_row_becomes_a_line_with_twelve_months_and_a_tolerance():
    read = reading(row(tolerance="6", months=[str(n) for n in range(12)]))

    assert read.lines == (Line(1, 2026, tuple(range(12)), 6),)
    assert (read.errors, read.row_count) == ((), 1)


def test_a_product_is_found_by_gtin_of_any_length_or_by_sku_of_any_case():
    by_gtin = reading(row(sku="", gtin="4006381333931"))
    by_sku = reading(row(sku="serum-30"))

    assert by_gtin.lines[0].product_id == by_sku.lines[0].product_id == 1


def test_empty_cells_are_no_units_and_empty_rows_are_skipped():
    read = reading([""] * 17, row(months=["", "0", "", *["1"] * 9]))

    assert read.lines[0].months == (0, 0, 0, *[1] * 9)
    assert read.row_count == 1


def test_headings_may_be_chinese_or_long_english_in_any_order():
    chinese = ["12月", *(f"{n}月" for n in range(1, 12)), "货号"]
    english = ["sku", "January", "February", "March", "April", "May", "June", "July", "August",
               "September", "October", "November", "December"]  # fmt: skip

    read = reading(["12", *texts(range(1, 12)), "SERUM-30"], headings=chinese)
    same = reading(["SERUM-30", *texts(range(1, 13))], headings=english)

    assert read.lines == same.lines == (Line(1, 2026, tuple(range(1, 13))),)


def test_thousands_may_be_set_off_and_whole_numbers_may_show_decimals():
    read = reading(row(months=["12.0", "1,200", *["0"] * 10]))

    assert read.lines[0].months[:2] == (12, 1_200)


def test_each_wrong_cell_is_named_by_row_column_and_value():
    read = reading(
        row(months=["x", "1.5", "-3", *["0"] * 9]),
        row(sku="NOBODY", year="1999"),
    )

    assert faults(read) == [
        (2, "Jan", "x", "forecast-units-not-whole"),
        (2, "Feb", "1.5", "forecast-units-not-whole"),
        (2, "Mar", "-3", "forecast-units-not-whole"),
        (3, "SKU", "NOBODY", "forecast-product-unknown"),
        (3, "Year", "1999", "forecast-year-not-open"),
    ]
    assert read.lines == ()


def test_a_wrong_row_is_told_beside_the_good_ones():
    read = reading(row(), row(sku="CREAM-50", months=["?", *["0"] * 11]))

    assert (len(read.lines), len(read.errors), read.row_count) == (1, 1, 2)


@given(
    st.lists(
        st.sampled_from([row(), row(sku="CREAM-50"), row(sku="NOBODY"), row(months=["?"] * 12)]),
        min_size=1,
        max_size=8,
    ),
    st.integers(1, 8),
)
def test_a_sheet_read_in_parts_reads_as_in_one_go(rows, at_a_time):
    whole, parts = reading(*rows), reading(*rows, at_a_time=at_a_time)

    assert (parts.lines, faults(parts)) == (whole.lines, faults(whole))


def test_perishables_are_refused_in_their_own_row_with_the_rule():
    read = reading(row(), row(sku="BERRY-1"), row(sku="YEAST-1"))

    assert faults(read) == [
        (3, "SKU", "BERRY-1", "fresh-or-frozen-goods"),
        (4, "SKU", "YEAST-1", "shelf-life-too-short"),
    ]


def test_a_product_twice_in_a_year_names_the_first_row():
    read = reading(row(), row(year="2027"), row(sku="serum-30"))

    assert faults(read) == [(4, "SKU", "serum-30", "forecast-product-twice")]
    assert read.errors[0].refusal.params["first_row"] == 2


def test_sku_and_gtin_must_agree():
    read = reading(row(sku="CREAM-50", gtin=SERUM.gtin))

    assert faults(read) == [(2, "SKU", "CREAM-50", "forecast-product-mismatch")]


def test_a_row_that_names_no_product_is_refused():
    assert faults(reading(row(sku="", months=["5"] * 12))) == [
        (2, "SKU", "", "forecast-product-unknown")
    ]


def test_missing_unknown_and_repeated_headings_are_refused_before_any_row():
    headings = ["SKU", "SKU", "Januar", *HEADINGS[6:]]
    read = reading(["x"] * 14, headings=headings)

    assert faults(read) == [
        (1, "SKU", "SKU", "forecast-heading-twice"),
        (1, "Januar", "Januar", "forecast-heading-unknown"),
        (1, "Jan", "", "forecast-heading-missing"),
    ]


def test_a_sheet_without_sku_and_gtin_columns_is_refused():
    read = reading(["1"] * 12, headings=HEADINGS[5:])

    assert faults(read) == [(1, "SKU", "", "forecast-heading-missing")]


@pytest.mark.parametrize("rows", [[], [[""] * 17]])
def test_a_sheet_without_rows_is_refused(rows):
    assert faults(reading(*rows)) == [(1, "", "", "forecast-sheet-empty")]


def test_an_error_travels_as_row_column_value_code_and_parameters():
    read = reading(row(months=["x", *["0"] * 11]))

    assert read.errors[0].as_json() == {
        "row": 2,
        "column": "Jan",
        "value": "x",
        "code": "forecast-units-not-whole",
        "params": {"value": "x", "most": 10_000_000},
    }


def test_short_rows_are_read_as_if_their_cells_were_empty():
    assert reading(["SERUM-30", "", "", "2026", "0", "7"]).lines == (Line(1, 2026, (7, *[0] * 11)),)


@given(st.lists(st.lists(st.text()), max_size=4))
def test_no_sheet_however_broken_is_read_without_an_answer(rows):
    read = reading(*rows)

    assert read.lines or read.errors


@given(st.lists(st.integers(0, 10_000_000), min_size=12, max_size=12))
def test_whole_numbers_are_read_exactly(months):
    assert reading(row(months=texts(months))).lines[0].months == tuple(months)


def test_a_sheet_without_an_error_reads_as_one_with_an_error_elsewhere():
    """The twelve months are read in one go, or cell by cell; both give the same units."""
    months = ["1", "", "3,000", "4.0", "5", "6", "7", "8", "9", "10", "11", "12"]
    reader = RowReader(columns_of(["SKU", *TEMPLATE_HEADINGS[5:]], 1), CATALOGUE, 2026, unfit)

    in_one_go = reader._units_of_year(2, ["SERUM-30", *months])
    cell_by_cell = tuple(reader._units(2, ["SERUM-30", *months], month) for month in MONTHS)

    assert in_one_go == cell_by_cell == (1, 0, 3000, 4, 5, 6, 7, 8, 9, 10, 11, 12)
