"""Rules of single fields that the schema does not know: lists, forms, signs, names of nothing.

Nearly every text of a message keeps them. So a field's rules come twice: as one quick test whose
yes is certain, and rule by rule for the texts that it is not sure of.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache, partial

from core.domain.errors import Phrase, Refusal
from customs.jurisdictions.cn.codes import CODE_LISTS, code_list
from customs.jurisdictions.cn.messages import breaches
from customs.jurisdictions.cn.messages.faults import Level
from customs.jurisdictions.cn.messages.fields import Field, MessageShape, shapes

_FORMS = {
    "yyyymmdd": (re.compile(r"\d{8}", re.ASCII), "%Y%m%d"),
    "yyyymmddhhmmss": (re.compile(r"\d{14}", re.ASCII), "%Y%m%d%H%M%S"),
    "yyyymmddhhmmssfff": (re.compile(r"\d{17}", re.ASCII), "%Y%m%d%H%M%S%f"),
    "guid": (re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"), ""),
    "digits": (re.compile(r"[0-9]+"), ""),
}
_NOTHING = frozenset({"空", "无", "/", "-", "null", "NULL", "none"})
_NAMES = frozenset({"gname", "itemName", "buyerName", "payerName", "consignee", "consigneeAddress"})
_NUMBERS = re.compile(r"(?!barCode).*(No|Code|Number|Id)")
POSITIVE = frozenset({"qty", "qty1", "qty2", "packNo", "weight", "grossWeight", "netWeight"})
NOT_NEGATIVE = frozenset(
    {"price", "totalPrice", "goodsValue", "freight", "discount", "taxTotal", "acturalPaid"}
    | {"amountPaid", "insuredFee"}
)
_SOME = re.compile(r"0*[1-9][0-9]*(\.[0-9]*)?|0*\.0*[1-9][0-9]*")
_NOT_BELOW = re.compile(r"[0-9]+(\.[0-9]*)?")
Sure = Callable[[str], object]
"""Whether a text keeps the rules, by being true."""


@cache
def ruled_fields(code: str, part: str) -> tuple[tuple[Field, Sure], ...]:
    """Fields with rules in a part of a message, each with its quick test."""
    fields = _part(shapes()[code], part).parts
    return tuple((field, sure) for field in fields if (sure := sure_of(field)) is not None)


def _part(shape: MessageShape, name: str) -> Field:
    own = (shape.paper, shape.head, shape.line, *shape.root.parts)
    return next(part for part in own if part is not None and part.name == name)


def sure_of(field: Field) -> Sure | None:
    """A quick test whose yes means that a text keeps every rule of the field; None: it has none.

    A no means nothing yet; :func:`field_findings` asks rule by rule.
    """
    if field.choices:
        return frozenset(field.choices).__contains__
    if field.code_list in CODE_LISTS:
        return code_list(field.code_list).__contains__
    tests = list(_tests(field))
    if len(tests) < 2:
        return tests[0] if tests else None
    return lambda text: all(test(text) for test in tests)


def _tests(field: Field) -> Iterator[Sure]:
    if field.form:
        yield partial(_has_form, form=field.form)
    if field.name in _NAMES:
        yield lambda text: text.strip() not in _NOTHING
    if _NUMBERS.fullmatch(field.name):
        yield lambda text: text.isascii() and text.isprintable()
    if field.name in POSITIVE:
        yield _SOME.fullmatch
    if field.name in NOT_NEGATIVE:
        yield _NOT_BELOW.fullmatch


def field_findings(field: Field, text: str) -> Iterator[tuple[Level, Refusal]]:
    """Rules of one field that a text breaks."""
    if field.choices and text not in field.choices:
        of = Phrase("the values {values}", values=", ".join(field.choices))
        yield Level.RULE, breaches.CodeNotListed(value=text, list=of)
    if field.code_list in CODE_LISTS and text not in code_list(field.code_list):
        is_whole_list = not field.code_list.endswith("_partial")
        of = Phrase("the list “{name}”", name=field.code_list)
        level = Level.RULE if is_whole_list else Level.WARNING
        yield level, breaches.CodeNotListed(value=text, list=of)
    if field.form and not _has_form(text, field.form):
        yield Level.RULE, breaches.FormNotKept(name=field.name, form=field.form)
    yield from ((Level.RULE, refusal) for refusal in _content(field.name, text))


def _has_form(text: str, form: str) -> bool:
    pattern, time = _FORMS[form]
    if not pattern.fullmatch(text):
        return False
    try:
        return not time or _is_time(text, time)
    except ValueError:
        return False


@lru_cache(maxsize=512)
def _is_time(text: str, form: str) -> bool:
    """Whether it is one; messages repeat few times over and over.

    Raises:
        ValueError: it is not.
    """
    return bool(datetime.strptime(text, form))  # noqa: DTZ007


def _content(name: str, text: str) -> Iterator[Refusal]:
    if name in _NAMES and text.strip() in _NOTHING:
        yield breaches.NameSaysNothing(name=name, found=text.strip())
    if _NUMBERS.fullmatch(name) and not (text.isascii() and text.isprintable()):
        yield breaches.NotHalfWidth(name=name)
    if name in POSITIVE and _is(text, lambda number: number <= 0):
        yield breaches.QuantityNotPositive(name=name, found=text)
    if name in NOT_NEGATIVE and _is(text, lambda number: number < 0):
        yield breaches.AmountNegative(name=name, found=text)


def _is(text: str, test: Callable[[Decimal], bool]) -> bool:
    number = number_of(text)
    return number is not None and test(number)


def number_of(text: str) -> Decimal | None:
    """A number, or None where the schema has already said that it is none."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
