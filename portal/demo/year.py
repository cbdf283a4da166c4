"""Plays a pool year: every stage in the order in which the goods go."""

from dataclasses import dataclass

from django.db import connection

from core import facts, invariants, reference, tenancy
from portal.demo import catalogue
from portal.demo.dice import Dice
from portal.demo.figures import Figures, Outcome, SignIn, simulated_lines
from portal.demo.journal import Journal
from portal.demo.world import World, make_parties

REASON = "simulated pool year"


@dataclass(frozen=True)
class YearPlan:
    """How large a year is played, and which."""

    year: int = 2025
    seed: int = 1
    scale: int = 6
    importers: int = 28
    products: int = 67
    lines_per_importer: int = 20
    orders: int = 420
    buyers: int = 160

    @property
    def dice(self) -> Dice:
        """The choices of this seed."""
        return Dice(self.seed)


def play(plan: YearPlan, journal: Journal) -> tuple[Outcome, list[SignIn]]:
    """Play the year into the empty database in use; figures, and sign-ins for its users."""
    _write_fast()
    with tenancy.as_operator(REASON):
        world = _seed(plan, journal)
        return _close(plan, world, journal), world.sign_ins


def _write_fast() -> None:
    """Spare SQLite its waits for the disk while the file is made; serving uses the full care."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")


def _seed(plan: YearPlan, journal: Journal) -> World:
    with journal.stage("Reference data loaded", "rows") as stage:
        stage.count += sum(reference.load_all().values())
    with journal.stage("Parties joined", "importers and suppliers") as stage:
        world = make_parties(plan.year, catalogue.importers()[: plan.importers])
        stage.count += len(world.importers) + len(world.suppliers)
    return world


def _close(plan: YearPlan, world: World, journal: Journal) -> Outcome:
    with journal.stage("Facts sequenced, head signed", "facts") as stage:
        stage.count += facts.sequence()
        head = facts.head()
    with journal.stage("Books checked", "laws") as stage:
        findings = invariants.check_all()
        stage.count += len(findings)
    broken = [finding for finding in findings if not finding.holds]
    figures = Figures(
        importers=len(world.importers),
        suppliers=len(world.suppliers),
        facts=head.size if head else 0,
        invariants_checked=len(findings),
        invariants_broken=len(broken),
        seconds=round(journal.seconds, 1),
    )
    return Outcome(
        year=plan.year,
        seed=plan.seed,
        scale=plan.scale,
        figures=figures,
        simulated=simulated_lines(scale=plan.scale, rows=0, trust="assumed"),
        broken=[f"{found.name}: {line}" for found in broken for line in found.violations],
    )
