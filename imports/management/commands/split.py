"""``manage.py split``: an amount in minor units, split in proportion to weights to the last one."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.domain.shares import split_in_proportion
from imports.domain.tool_files import loads, mapping, refuse
from imports.management.tools import ToolCommand

_WHOLE = re.compile(r"-?[0-9]{1,4000}", re.ASCII)
_WEIGHT = re.compile(r"[0-9]{1,4000}(\.[0-9]{1,4000})?", re.ASCII)


class Command(ToolCommand):
    """Shares by largest remainders; equal remainders go to the name that sorts first."""

    help = "Split an amount of minor units by weights."

    def answer(self, content: bytes) -> dict[str, Any]:
        """Shares in the order of the weights."""
        head = mapping(loads(content), "$")
        amount = _amount(head.get("amount"))
        raws = mapping(head.get("weights"), "$.weights")
        weights = {name: _weight(value, f"$.weights.{name}") for name, value in raws.items()}
        if not weights or (amount and not any(weights.values())):
            refuse("$.weights", raws, "an object with at least one weight above 0")
        return {"shares": split_in_proportion(amount, weights)}


def _amount(value: Any) -> int:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole and not (isinstance(value, str) and _WHOLE.fullmatch(value)):
        refuse("$.amount", value, "a whole number of minor units")
    return int(value)


def _weight(value: Any, place: str) -> Fraction | int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if not isinstance(value, str) or not _WEIGHT.fullmatch(value):
        refuse(place, value, "a whole number or a decimal string of 0 or more")
    return Fraction(Decimal(value))
