"""A mixed-integer program for scipy's HiGHS, and the time that it may take."""

import time
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

Point = npt.NDArray[np.float64]

RESERVE = 0.05
"""Part of a budget that is left for what comes after a search."""


class Clock:
    """Seconds left of a budget."""

    def __init__(self, seconds: float) -> None:
        self._reserve = seconds * RESERVE
        self._ends = time.monotonic() + seconds

    def left(self, part: float = 1.0) -> float:
        """A part of the seconds that are left, never below a twentieth of a second."""
        return max(0.05, (self._ends - time.monotonic()) * part)

    @property
    def is_nearly_over(self) -> bool:
        """Whether only the reserve is left."""
        return time.monotonic() >= self._ends - self._reserve

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return time.monotonic() >= self._ends


class Model:
    """A mixed-integer program that is written down one column and one row at a time."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self._whole: list[int] = []
        self._low: list[float] = []
        self._high: list[float] = []
        self._cells: list[tuple[int, int, float]] = []
        self._rows: list[tuple[float, float]] = []

    def column(
        self, cost: float = 0.0, *, low: float = 0, high: float = np.inf, whole: bool = False
    ) -> int:
        """A new variable; returns its number."""
        self.costs.append(cost)
        self._whole.append(int(whole))
        self._low.append(low)
        self._high.append(high)
        return len(self.costs) - 1

    def row(
        self, cells: Iterable[tuple[int, float]], *, low: float = -np.inf, high: float = np.inf
    ) -> None:
        """A new constraint on a weighted sum of variables."""
        number = len(self._rows)
        self._cells += [(number, column, value) for column, value in cells if value]
        self._rows.append((low, high))

    def solve(self, seconds: float, *, gap: float) -> tuple[Point | None, float]:
        """The best point found, if any, and a bound on the cost (minus infinity without one)."""
        rows, columns, values = zip(*self._cells, strict=True)
        shape = (len(self._rows), len(self.costs))
        matrix = coo_array((values, (rows, columns)), shape=shape).tocsc()
        lows, highs = zip(*self._rows, strict=True)
        scale = max(map(abs, self.costs)) or 1.0
        found = milp(
            np.array(self.costs) / scale,
            integrality=np.array(self._whole),
            bounds=Bounds(np.array(self._low), np.array(self._high)),
            constraints=LinearConstraint(matrix, np.array(lows), np.array(highs)),
            options={"time_limit": seconds, "mip_rel_gap": gap, "presolve": True},
        )
        bound = found.mip_dual_bound
        is_known = bound is not None and np.isfinite(bound)
        return found.x, bound * scale if is_known else -np.inf
