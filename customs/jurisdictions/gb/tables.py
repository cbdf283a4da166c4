"""British figures by day, from the dated tables in ``customs/data/gb``."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import as_file, files
from pathlib import Path

from customs.domain.jurisdiction import CodeEntry, ReturnCode
from customs.domain.tables import Row, is_in_force, longest_prefix, read_rows, row_in_force

FIGURES = ("reliefs", "vat_rates", "vat_classes", "excise_goods")
CODE_LISTS = ("procedures", "countries", "currencies")
DATA = Path(__file__).resolve().parents[2] / "data" / "gb"

_SHARED = {
    "countries": ("countries_cn.csv", "alpha2"),
    "currencies": ("currencies_cn.csv", "alpha3"),
}
"""Lists that lie in ``core/data``, with the column that holds the code used in Britain."""


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Rows of one table of this jurisdiction; read once."""
    return read_rows(DATA / f"{name}.csv")


@lru_cache(maxsize=4096)
def vat(hs_code: str, on: date) -> tuple[Fraction, str]:
    """The rate of VAT as a fraction, with the source of its row."""
    listed = longest_prefix(table("vat_classes"), hs_code, on)
    key = listed["vat_class"] if listed else "standard"
    row = row_in_force(table("vat_rates"), table="vat_rates", column="vat_class", key=key, on=on)
    return Fraction(row["percent"]) / 100, row["source"]


def low_value(on: date) -> Row | None:
    """The relief from duty for consignments of low value, on days that have one."""
    rows = (row for row in table("reliefs") if row["name"] == "low_value_duty_relief")
    return next((row for row in rows if is_in_force(row, on)), None)


def is_excise(hs_code: str, on: date) -> bool:
    """Whether goods are of a kind that the relief leaves out."""
    return longest_prefix(table("excise_goods"), hs_code, on) is not None


@cache
def code_list(name: str) -> Mapping[str, CodeEntry]:
    """Entries of one code list by code; rows without a code in use here are left out."""
    rows, column = _rows(name)
    return {
        row[column]: CodeEntry(
            row[column], row["name_zh"], row["source"], row["trust"], row.get("name_en", "")
        )
        for row in rows
        if row[column]
    }


def _rows(name: str) -> tuple[tuple[dict[str, str], ...], str]:
    if name not in _SHARED:
        return table(name), "code"
    filename, column = _SHARED[name]
    with as_file(files("core").joinpath("data", filename)) as path:
        return read_rows(path), column


def return_codes() -> dict[str, ReturnCode]:
    """Notifications with which customs answers a declaration, by function code."""
    return {
        row["code"]: ReturnCode(row["code"], row["state"], row["name_zh"], row["name_en"])
        for row in table("return_codes")
    }
