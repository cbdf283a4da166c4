"""``manage.py plan_round``: the cheapest purchase of a round, its proof, and everybody's share."""

import time
from typing import Any

from core.domain.trade import MINOR_UNITS
from imports.domain.order_file import read_problem
from imports.domain.round_plan import RoundPlan, plan_round
from imports.domain.tool_files import loads
from imports.management.tools import ToolCommand


class Command(ToolCommand):
    """Reads suppliers and demands in one currency; money goes in and out as strings."""

    help = "Plan a round: packs, minimum orders, price tiers, containers, and shares."

    def answer(self, content: bytes) -> dict[str, Any]:
        """The plan as JSON."""
        started = time.monotonic()
        problem = read_problem(loads(content))
        plan = plan_round(problem)
        return _as_json(plan, MINOR_UNITS[problem.currency], time.monotonic() - started)


def _as_json(plan: RoundPlan, decimals: int, seconds: float) -> dict[str, Any]:
    def money(minor: int) -> str:
        whole, rest = divmod(minor, 10**decimals)
        return f"{whole}.{rest:0{decimals}d}" if decimals else str(whole)

    return {
        "lines": [
            {"supplier": supplier, "sku": sku, "units": units}
            for (supplier, sku), units in sorted(plan.lines.items())
        ],
        "cost": money(plan.cost_minor),
        "lower_bound": money(plan.bound_minor),
        "gap": float(plan.gap),
        "seconds": round(seconds, 3),
        "shares": [
            {
                "importer": share.importer,
                "cost": money(share.cost_minor),
                "standalone": money(share.alone_minor),
            }
            for share in plan.shares
        ],
        "allocation": [
            {"importer": importer, "sku": sku, "units": units}
            for (importer, sku), units in sorted(plan.held.items())
        ],
        "buffer": [{"sku": sku, "units": units} for sku, units in sorted(plan.buffer.items())],
    }
