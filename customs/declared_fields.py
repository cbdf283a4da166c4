"""Form fields of what is declared, made from the tables that writer, validator and documents use.

A form says which field of which message it asks for and how it is called. Whether it has to be
filled in, its length, its digits, its values and what is said below it come from the table, and
what is entered is judged by the validator of the message. Where the table leaves a text open, or a
number is longer than a column holds, the bound of storage stands, here and nowhere else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext

from core.domain.errors import Refusal
from core.domain.trade import minor_units
from core.web.refusals import render_refusal
from customs.jurisdictions.cn.codes import CODE_LISTS, code_list
from customs.jurisdictions.cn.messages.bonded import bonded_shapes
from customs.jurisdictions.cn.messages.fields import Field, shapes
from customs.jurisdictions.cn.messages.values import is_positive, may_be_zero, value_faults

OPEN_TEXT = 255
"""Characters of a text that the table leaves open."""

MOST_DIGITS = 18
"""Digits that a whole number of the database holds."""

_DECIMALS = ("decimal", "real")
_WHOLE = ("whole", "long")


def definition(message: str, part: str, name: str) -> Field:
    """The field of a message's part, such as ``CEB621``, ``InventoryList``, ``gname``.

    Raises:
        KeyError: the tables have no such field.
    """
    shape = shapes().get(message)
    root = shape.root if shape is not None else bonded_shapes()[message]
    for field in _parts(root):
        found = field.part(name) if field.name == part else None
        if found is not None:
            return found
    raise KeyError(f"{message}/{part}/{name}")


def _parts(field: Field) -> Iterator[Field]:
    yield field
    for part in field.parts:
        if part.kind == "part":
            yield from _parts(part)


def declared(
    message: str,
    part: str,
    name: str,
    *,
    label: Any,
    advice: Any = "",
    currency: str = "",
    decimals: int | None = None,
    is_moved: bool = False,
    is_brief: bool = False,
    stored: models.Field | None = None,  # type: ignore[type-arg]
    **more: Any,
) -> forms.Field:
    """A form field that asks for a declared value, as its field definition has it.

    ``advice`` stands before the limits below the field. An amount has the decimals of its
    ``currency``, a weight those of ``decimals``, where the message would take more of them; a text
    is no longer than the column in which it is ``stored``; what ``is_moved`` is above zero.
    Where the advice says the limits, the help ``is_brief``.
    """
    field = definition(message, part, name)
    bound = (stored.max_length if stored is not None else None) or OPEN_TEXT
    if stored is not None and bound < (field.length.most or OPEN_TEXT):
        field = replace(field, length=replace(field.length, most=bound))
    fewest = minor_units(currency) if currency else decimals
    made = _made(field, fewest, {"label": label, "required": field.is_mandatory, **more}, is_moved)
    made.help_text = lazy(lambda: _help(message, field, advice, made, is_brief), str)()
    made.validators = [*made.validators, _judged_by(field)]
    made.definition = field  # type: ignore[attr-defined]
    return made


def _made(
    field: Field, decimals: int | None, how: dict[str, Any], is_moved: bool = False
) -> forms.Field:
    if field.choices or field.code_list in CODE_LISTS:
        return forms.ChoiceField(choices=lambda: list(_choices(field)), **how)
    if field.kind in _DECIMALS:
        places = _places(field, decimals)
        digits = min(field.length.most or MOST_DIGITS, MOST_DIGITS)
        least = Decimal(1).scaleb(-places) if is_moved else _least(field, places)
        return forms.DecimalField(max_digits=digits, decimal_places=places, min_value=least, **how)
    if field.kind in _WHOLE:
        return forms.IntegerField(min_value=int(_least(field, 0)), **how)
    most = field.length.most or OPEN_TEXT
    least_length = field.length.least if field.length.least > 1 else None
    return forms.CharField(max_length=most, min_length=least_length, strip=True, **how)


def _places(field: Field, decimals: int | None) -> int:
    most = field.length.decimals if field.length.decimals is not None else decimals or 0
    return most if decimals is None else min(most, decimals)


def _least(field: Field, places: int) -> Decimal:
    """The smallest number that the field takes, by the rules of its message."""
    return Decimal(1).scaleb(-places) if is_positive(field) else Decimal(0)


def _choices(field: Field) -> Iterator[tuple[str, str]]:
    if not field.is_mandatory:
        yield ("", "–")
    if field.choices:
        yield from ((code, code) for code in field.choices)
        return
    is_chinese = (get_language() or "").startswith("zh")
    for code, entry in code_list(field.code_list).items():
        name = entry.name_zh if is_chinese else entry.name_en or entry.name_zh
        yield (code, f"{code} {name}")


def _judged_by(field: Field) -> Any:
    """A validator of forms that asks the validator of messages."""

    def judge(value: object) -> None:
        faults = value_faults(field, _text(value))
        if faults:
            raise ValidationError([_said(fault) for fault in faults])

    return judge


def _text(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _said(fault: Refusal) -> str:
    said = render_refusal(fault)
    return f"{said.reason} {said.remedy}"


def _help(message: str, field: Field, advice: Any, made: forms.Field, is_brief: bool) -> str:
    """What stands below a field: advice, its limits, and where it stands in the message."""
    is_above_zero = (getattr(made, "min_value", None) or 0) > 0
    form = f"{field.form} positive" if is_above_zero else field.form
    asked = replace(field, is_mandatory=made.required, form=form)
    limits = limits_of(asked, decimals=getattr(made, "decimal_places", None))
    where = gettext("field %(name)s of %(message)s") % {"name": field.name, "message": message}
    said = "; ".join((where,) if is_brief else (*limits, where))
    return f"{advice} {said[:1].upper()}{said[1:]}." if advice else f"{said[:1].upper()}{said[1:]}."


def limits_of(field: Field, *, decimals: int | None = None) -> Sequence[str]:
    """What the table says of a field's content, in the reader's language, piece by piece."""
    if field.choices or field.code_list in CODE_LISTS:
        said = [gettext("one of the list")]
    elif field.kind in _DECIMALS or field.kind in _WHOLE:
        said = _limits_of_number(field, field.length.decimals if decimals is None else decimals)
    else:
        said = _limits_of_text(field)
    if "digits" in field.form:
        said.append(gettext("digits only"))
    if not field.is_mandatory:
        said.append(gettext("may be left empty"))
    return said


def _limits_of_number(field: Field, decimals: int | None) -> list[str]:
    said = [gettext("at most %(n)d decimals") % {"n": decimals}] if decimals else []
    if is_positive(field):
        said.append(gettext("above zero"))
    elif may_be_zero(field):
        said.append(gettext("zero or more"))
    return said


def _limits_of_text(field: Field) -> list[str]:
    least, most = field.length.least, field.length.most
    if not most:
        return []
    said = gettext("exactly %(n)d characters") if least == most else ""
    return [(said or gettext("at most %(n)d characters")) % {"n": most}]


def most_papers(message: str) -> int:
    """How many papers one message holds."""
    return shapes()[message].paper.most or 1
