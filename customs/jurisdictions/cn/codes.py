"""Chinese code lists, return codes and error codes, from the shipped tables."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files

from customs.domain.jurisdiction import CodeEntry, ErrorCode, ReturnCode
from customs.domain.tables import read_rows
from customs.jurisdictions.cn.rates import table

SHARED = {
    "units": "units_cn.csv",
    "countries": "countries_cn.csv",
    "currencies": "currencies_cn.csv",
}
"""Lists that other stages use as well; they lie in ``core/data``."""

CODE_LISTS = (
    *SHARED,
    "trade_modes",
    "transport_modes",
    "wrap_types",
    "wrap_types_2018",
    "levy_modes",
    "delivery_terms",
    "districts_partial",
)


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    if name not in SHARED:
        return table(name)
    with as_file(files("core").joinpath("data", SHARED[name])) as path:
        return read_rows(path)


@cache
def code_list(name: str) -> Mapping[str, CodeEntry]:
    """Entries of one code list by code."""
    entries = (
        CodeEntry(
            code=row["cn_code"] if "cn_code" in row else row["code"],
            name_zh=row["name_zh"],
            source=row["source"],
            trust=row["trust"],
            name_en=row.get("name_en", ""),
        )
        for row in _rows(name)
    )
    return {entry.code: entry for entry in entries}


@cache
def country_codes() -> Mapping[str, CodeEntry]:
    """Customs country entries by ISO 3166 alpha-2 code."""
    by_code = code_list("countries")
    return {row["alpha2"]: by_code[row["cn_code"]] for row in _rows("countries")}


def name_of(list_name: str, code: str) -> str:
    """The Chinese name of a code with the code in brackets, or the bare code if not listed."""
    entry = code_list(list_name).get(code)
    return f"{entry.name_zh}({code})" if entry else code


def return_codes() -> dict[str, ReturnCode]:
    """Statuses with which customs answers a declaration."""
    return {
        row["code"]: ReturnCode(row["code"], row["state"], row["name_zh"], row["name_en"])
        for row in table("return_codes")
    }


def error_codes() -> dict[str, ErrorCode]:
    """Reasons with which customs refuses a declaration."""
    return {
        row["code"]: ErrorCode(
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            remedy_zh=row["remedy_zh"],
            remedy_en=row["remedy_en"],
            fields=tuple(row["fields"].split()),
            field_zh=row["field_zh"],
            field_en=row["field_en"],
            mended_at=row["mended_at"],
        )
        for row in table("error_codes")
    }


@cache
def _currencies() -> Mapping[str, str]:
    return {row["alpha3"]: row["cn_code"] for row in _rows("currencies") if row["is_active"] == "1"}


def currency_code(alpha3: str) -> str:
    """Customs' number of a currency; blank where the list does not have it."""
    return _currencies().get(alpha3, "")
