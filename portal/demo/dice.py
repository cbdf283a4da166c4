"""Choices that the same seed repeats on every machine."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Dice:
    """Draws that depend on the seed and on what is drawn for, never on the order of drawing."""

    seed: int

    def number(self, below: int, *what: object) -> int:
        """A number from 0 to ``below - 1``."""
        text = "|".join(str(part) for part in (self.seed, *what))
        digest = hashlib.sha256(text.encode()).digest()
        return int.from_bytes(digest[:8], "big") % below

    def between(self, low: int, high: int, *what: object) -> int:
        """A number from ``low`` to ``high``, both included."""
        return low + self.number(high - low + 1, *what)

    def one_of(self, items: Sequence[T], *what: object) -> T:
        """One of the items."""
        return items[self.number(len(items), *what)]
