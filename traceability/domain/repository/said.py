"""Values as a query says them, read or declined by the name of their parameter."""

import math
import re
from datetime import datetime
from http import HTTPStatus
from typing import Any

from traceability.domain.repository.faults import EpcisFault
from traceability.domain.repository.values import instant

MOST_VALUES = 200
MOST_CONDITIONS = 30
LARGEST = 10**9


class QueryWrong(EpcisFault):
    """Raised for a parameter that the query language does not have, or that says nothing."""

    code = "epcis-query-parameter"
    exception = "QueryParameterException"
    statuses = (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    )
    reason = "The query parameter “{name}” cannot be used with the value “{value}”."
    remedy = "Use the parameters of SimpleEventQuery in EPCIS 2.0, instants with a time zone."


class QueryTooComplex(EpcisFault):
    """Raised for a query with more conditions or values than is answered."""

    code = "epcis-query-complex"
    exception = "QueryTooComplexException"
    statuses = (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    )
    reason = "The query has {count} conditions or values; at most {most} are answered."
    remedy = "Ask several smaller queries."


Values = list[Any]


def texts(name: str, values: Values) -> list[str]:
    """The values, of which there is one at least, and all are text."""
    if not values or not all(isinstance(value, str) for value in values):
        raise wrong(name, values)
    return values


def wrong(name: str, value: Any) -> QueryWrong:
    """The refusal of a parameter with its value."""
    shown = value[0] if isinstance(value, list) and len(value) == 1 else value
    return QueryWrong(name=_plain(name), value=_plain(str(shown)))


def _plain(text: str) -> str:
    """Text that can be sent back: cut, half characters and braces replaced."""
    return text[:100].encode("utf-8", "replace").decode().replace("{", "(").replace("}", ")")


def one(name: str, values: Values) -> Any:
    """The one value."""
    if len(values) != 1:
        raise wrong(name, values)
    return values[0]


def an_instant(name: str, values: Values) -> datetime:
    """The one value, an instant; a blank stands for the plus that an address swallowed."""
    text = one(name, values)
    at = instant(text.replace(" ", "+") if isinstance(text, str) else text)
    if at is None:
        raise wrong(name, values)
    return at


def number(name: str, value: Any) -> float:
    """A finite number, also as text.

    Raises:
        QueryWrong: it is none.
    """
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found) or isinstance(value, bool) or "_" in str(value):
        raise wrong(name, value)
    return found


def whole(name: str, values: Values) -> int:
    """The one value, a whole number; very large ones are cut."""
    value = one(name, values)
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,40}", text):
        raise wrong(name, values)
    return min(int(text), LARGEST)


def flag(name: str, values: Values) -> bool:
    """The one value, true or false; nothing said is true."""
    value = str(one(name, values)).lower()
    if value not in ("true", "false", "1", "0", "", "none"):
        raise wrong(name, values)
    return value not in ("false", "0")
