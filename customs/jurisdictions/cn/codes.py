"""Chinese code lists, return codes and error codes, from ``customs/data/cn``."""

from collections.abc import Mapping
from functools import cache

from customs.domain.jurisdiction import CodeEntry, ErrorCode, ReturnCode
from customs.jurisdictions.cn.rates import table

CODE_LISTS = (
    "units",
    "countries",
    "currencies",
    "trade_modes",
    "transport_modes",
    "wrap_types",
    "districts_partial",
)


@cache
def code_list(name: str) -> Mapping[str, CodeEntry]:
    """Entries of one code list by code."""
    return {
        row["code"]: CodeEntry(
            code=row["code"],
            name_zh=row["name_zh"],
            source=row["source"],
            trust=row["trust"],
            name_en=row.get("name_en", ""),
        )
        for row in table(name)
    }


@cache
def country_codes() -> Mapping[str, CodeEntry]:
    """Customs country entries by ISO 3166 alpha-2 code."""
    by_code = code_list("countries")
    return {row["alpha2"]: by_code[row["code"]] for row in table("countries") if row["alpha2"]}


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
            row["code"], row["name_zh"], row["name_en"], row["remedy_zh"], row["remedy_en"]
        )
        for row in table("error_codes")
    }
