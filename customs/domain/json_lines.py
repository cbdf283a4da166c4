"""JSON lines in and out: a bad line is named with its field, the others go on."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from core.domain.errors import Refusal

_DECIMAL = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
REMEMBERED = 16_384
"""Written numbers kept with their values."""
MOST_DIGITS = 16
"""Digits before the point; larger figures are slips of the pen."""


class BadField(Refusal):
    """Raised when a field of a line is missing or no value of its kind."""

    code = "bad-field"
    reason = "{field}: “{value}” {fault}."
    remedy = "Correct the field {field} of this line; the other lines were answered."

    @property
    def field(self) -> str:
        """The path of the field inside the line."""
        return str(self.params["field"])


def bad(field: str, value: object, fault: str) -> BadField:
    """A refusal of one field, with the value cut to a readable length."""
    return BadField(field=field, value=str(value)[:60], fault=fault)


def number(
    record: Mapping[str, Any], key: str, *, place: str = "", decimals: int, default: str | None
) -> Fraction:
    """A number that is not negative, exact, with at most so many decimals.

    Raises:
        BadField: missing without a default, not a plain decimal, negative or out of range.
    """
    value = record.get(key, default)
    if type(value) is str:
        found = _read(value, decimals)
        if type(found) is Fraction:
            return found
    field = f"{place}{key}"
    if value is None:
        raise bad(field, "", "is missing")
    if isinstance(value, bool | list | dict):
        raise bad(field, value, "is no plain decimal number")
    found = _read(str(value), decimals)
    if isinstance(found, str):
        raise bad(field, value, found)
    return found


@lru_cache(maxsize=REMEMBERED)
def _read(written: str, decimals: int) -> Fraction | str:
    """The number that is written, or what is wrong with it; files repeat the same few."""
    text = written.strip()
    if not _DECIMAL.fullmatch(text):
        return "is no plain decimal number"
    if text.startswith("-"):
        return "is negative"
    whole, _, part = text.partition(".")
    if len(whole) > MOST_DIGITS:
        return "is too large"
    if len(part.rstrip("0")) > decimals:
        return f"has more than {decimals} decimals"
    return Fraction(text)


def mapping(record: Mapping[str, Any], key: str, *, place: str = "") -> Mapping[str, Any]:
    """An object inside a record; empty where it is absent.

    Raises:
        BadField: the value is no object.
    """
    value = record.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad(f"{place}{key}", value, "is no object")
    return value


def answers(
    lines: Iterable[bytes], answer: Callable[[dict[str, Any]], dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], bool]]:
    """The answer to each line that is not blank, and whether the line was good."""
    for line_no, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        record: dict[str, Any] = {}
        try:
            record = _record(line)
            yield {"id": record.get("id"), **answer(record)}, True
        except BadField as fault:
            yield _error(line_no, record.get("id"), fault.field, fault), False


def _record(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line.decode("utf-8-sig"), parse_float=str)
    except (ValueError, RecursionError) as error:
        raise bad("$", line[:40].decode(errors="replace"), "is no JSON") from error
    if not isinstance(found, dict):
        raise bad("$", found, "is no JSON object")
    return found


def _error(line_no: int, name: object, field: str, fault: Refusal) -> dict[str, Any]:
    error = {
        "code": fault.code,
        "line": line_no,
        "field": field,
        "value": fault.params["value"],
        "reason": fault.reason_text(),
        "remedy": fault.remedy_text(),
    }
    return {"id": name, "line": line_no, "field": field, "error": error}
