"""``manage.py ration``: hand out a supply that is short, by one of four rules."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from imports.domain.rationing import Claim, Rule, ration
from imports.domain.tool_files import distinct, entries, exact, loads, mapping, refuse, whole
from imports.management.tools import ToolCommand

MOST = 10**15


class Command(ToolCommand):
    """Reads supply, rule and demands; grants come in the order of the demands."""

    help = "Ration a supply: uniform, weighted-uniform, proportional or uniform-losses."

    def answer(self, content: bytes) -> dict[str, Any]:
        """Grants, each with the reason why."""
        head = mapping(loads(content), "$")
        supply = whole(head, "supply", "$", most=MOST)
        rule = head.get("rule")
        if rule not in list(Rule):
            refuse("$.rule", rule, "one of " + ", ".join(Rule))
        raws = entries(head.get("demands"), "$.demands")
        distinct((f"{place}.id", str(_key(raw, place))) for place, raw in raws)
        claims = [
            Claim(str(_key(raw, place)), whole(raw, "units", place, most=MOST), _weight(raw, place))
            for place, raw in raws
        ]
        grants = ration(supply, Rule(rule), claims)
        return {
            "grants": [
                {"id": raw["id"], "units": grant.units, "why": grant.why}
                for grant, (_, raw) in zip(grants, raws, strict=True)
            ]
        }


def _key(raw: Mapping[str, Any], place: str) -> str | int:
    key = raw.get("id")
    if not isinstance(key, str | int) or isinstance(key, bool) or not str(key).strip():
        refuse(f"{place}.id", key, "a text that is not empty")
    return key


def _weight(raw: Mapping[str, Any], place: str) -> Fraction:
    if raw.get("weight") is None:
        return Fraction(1)
    return Fraction(exact(raw["weight"], f"{place}.weight", is_measure=True))
