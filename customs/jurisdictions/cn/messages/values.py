"""What may be entered for one field by itself, before any message is written."""

from dataclasses import replace

from core.domain.errors import Refusal
from customs.jurisdictions.cn.messages import breaches
from customs.jurisdictions.cn.messages.conformance import text_fault
from customs.jurisdictions.cn.messages.faults import Level
from customs.jurisdictions.cn.messages.field_rules import (
    NOT_NEGATIVE,
    POSITIVE,
    field_findings,
    number_of,
)
from customs.jurisdictions.cn.messages.fields import CEB, Field

_OF_NUMBERS = frozenset({"positive", "asked"})
"""Marks of the bonded tables that are no form of a text."""


def value_faults(field: Field, text: str) -> list[Refusal]:
    """What the schema or a rule refuses in the text of one field by itself; warnings left out.

    Numbers of the bonded system may hold what is no half-width sign, as number plates do.
    """
    fault = text_fault(field, text)
    if fault is not None:
        return [fault]
    number = number_of(text)
    if is_positive(field) and number is not None and number <= 0:
        return [breaches.QuantityNotPositive(name=field.name, found=text)]
    ruled = replace(field, form="") if field.form in _OF_NUMBERS else field
    broken = [refusal for level, refusal in field_findings(ruled, text) if level is Level.RULE]
    if field.namespace == CEB:
        return broken
    return [each for each in broken if not isinstance(each, breaches.NotHalfWidth)]


def is_positive(field: Field) -> bool:
    """Whether a number of the field has to be above zero."""
    return "positive" in field.form or field.name in POSITIVE


def may_be_zero(field: Field) -> bool:
    """Whether a number of the field may be zero and not below it."""
    return field.name in NOT_NEGATIVE
