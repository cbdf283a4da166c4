"""How large a year is played, and what it has brought so far."""

from dataclasses import dataclass, field

from imports.models import Product
from portal.demo.catalogue import ProductRow
from portal.demo.dice import Dice
from portal.demo.figures import Figures
from portal.demo.journal import Journal
from portal.demo.plans import PlanLine
from portal.demo.sales import Sale
from portal.demo.schedule import Schedule
from portal.demo.world import World


@dataclass(frozen=True)
class YearPlan:
    """How large a year is played, and which."""

    year: int = 2025
    seed: int = 1
    scale: int = 6
    importers: int = 28
    products: int = 67
    lines_per_importer: int = 16
    orders: int = 404
    buyers: int = 160

    @property
    def dice(self) -> Dice:
        """The choices of this seed."""
        return Dice(self.seed)


@dataclass
class Year:
    """A year being played."""

    plan: YearPlan
    world: World
    journal: Journal
    products: dict[str, Product]
    rows: dict[str, ProductRow]
    plans: dict[str, list[PlanLine]]
    sales: list[Sale]
    schedule: Schedule = field(default_factory=Schedule)
    figures: Figures = field(default_factory=Figures)
    codes: dict[int, list[str]] = field(default_factory=dict)
    """Clear codes on the shelves by lot; the product itself keeps only their hashes."""
    delivered: list[str] = field(default_factory=list)
    """Codes that reached simulated consumers, in order."""

    @property
    def dice(self) -> Dice:
        """The choices of the year's seed."""
        return self.plan.dice
