"""Files of the planning tools: what stands in which place, read strictly and said plainly."""

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NoReturn

from core.domain.errors import Refusal

MOST = 1_000_000_000
"""Units above which a figure is taken for a slip."""

_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?", re.ASCII)
_LONGEST = 120


class FileIsNotJson(Refusal):
    """Raised when a tool's file cannot be read as JSON."""

    code = "tool-file-not-json"
    reason = "The file is not JSON in UTF-8: {what}."
    remedy = "Save the file as JSON in UTF-8 and correct the place that is named."


class BadValue(Refusal):
    """Raised when a place of a tool's file does not hold what it should."""

    code = "tool-file-bad-value"
    reason = "{place} is {value}; it must be {needed}."
    remedy = "Write {needed} at {place}."


class NamedTwice(Refusal):
    """Raised when two entries that must differ share a name."""

    code = "tool-file-named-twice"
    reason = "{place} names {value} a second time."
    remedy = "Keep one entry for {value}, or add the two up."


class OutOfReach(Refusal):
    """Raised when a file of the tools cannot be opened."""

    code = "tool-file-not-found"
    reason = "The file {place} cannot be opened: {what}."
    remedy = "Give the path of a file that you may read."


def loads(content: bytes) -> Any:
    """JSON with exact numbers; a byte order mark is allowed, repeated names are not.

    Raises:
        FileIsNotJson, NamedTwice: the content is not JSON, or an object repeats a name.
    """
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise FileIsNotJson(what="it is nested too deep") from None
    except ValueError as error:
        raise FileIsNotJson(what=_shown(str(error))) from None


def _no_constant(name: str) -> NoReturn:
    raise FileIsNotJson(what=f"{name} is not a number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise NamedTwice(place="$", value=_shown(next(n for n in names if names.count(n) > 1)))
    return found


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return text[:_LONGEST] + ("…" if len(text) > _LONGEST else "")


def refuse(place: str, value: Any, needed: str) -> NoReturn:
    """Decline a value.

    Raises:
        BadValue: always.
    """
    raise BadValue(place=place, value="absent" if value is None else _shown(value), needed=needed)


def mapping(value: Any, place: str) -> Mapping[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        refuse(place, value, "an object")
    return value


def entries(value: Any, place: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The objects of a list, each with its place."""
    if not isinstance(value, list):
        refuse(place, value, "a list of objects")
    return [
        (f"{place}[{number}]", mapping(each, f"{place}[{number}]"))
        for number, each in enumerate(value)
    ]


def text(holder: Mapping[str, Any], name: str, place: str) -> str:
    """A text that is not empty."""
    value = holder.get(name)
    if not isinstance(value, str) or not value.strip():
        refuse(f"{place}.{name}", value, "a text that is not empty")
    return value


def whole(
    holder: Mapping[str, Any],
    name: str,
    place: str,
    *,
    least: int = 0,
    default: int | None = None,
    most: int = MOST,
) -> int:
    """A whole number from ``least`` to ``most``; absent means ``default`` where there is one."""
    value = holder.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        refuse(f"{place}.{name}", value, f"a whole number from {least} to {most}")
    return value


def exact(
    value: Any, place: str, *, is_measure: bool = False, is_positive: bool = False
) -> Decimal:
    """A decimal number, not negative: money and rates as strings, measures as numbers too."""
    kinds = (str, int, Decimal) if is_measure else (str, int)
    needed = "a decimal number " + ("above 0" if is_positive else "of 0 or more")
    needed += "" if is_measure else ", as a string"
    written = format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, bool) or not isinstance(value, kinds) or not _DECIMAL.fullmatch(written):
        refuse(place, value, needed)
    number = Decimal(written)
    if number < 0 or (is_positive and not number):
        refuse(place, value, needed)
    return number


def distinct(names: Iterable[tuple[str, str]]) -> None:
    """Decline a name that is given twice; ``names`` are pairs of place and name.

    Raises:
        NamedTwice: two places hold one name.
    """
    seen: set[str] = set()
    for place, name in names:
        if name in seen:
            raise NamedTwice(place=place, value=_shown(name))
        seen.add(name)


def as_error(refusal: Refusal) -> dict[str, Any]:
    """What a tool answers when it declines: code, place, value, reason and remedy."""
    return {
        "error": {
            "code": refusal.code,
            "place": str(refusal.params.get("place", "$")),
            "value": str(refusal.params.get("value", "")),
            "reason": refusal.reason_text(),
            "remedy": refusal.remedy_text(),
        }
    }
