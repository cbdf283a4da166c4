"""Plays a pool year: every stage in the order in which the goods go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection

from core import facts, invariants, reference, tenancy
from imports.models import Consignment, ForecastUpload, Product
from imports.services import load_tariffs
from portal.demo import buying, catalogue, goods, planning, receiving
from portal.demo.dice import Dice
from portal.demo.figures import Figures, Outcome, SignIn, simulated_lines
from portal.demo.journal import Journal
from portal.demo.plans import PlanLine, plan
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


@dataclass
class Year:
    """A year being played: its plan, its world, and what it has brought so far."""

    plan: YearPlan
    world: World
    journal: Journal
    products: dict[str, Product]
    plans: Mapping[str, Sequence[PlanLine]]
    figures: Figures = field(default_factory=Figures)

    @property
    def dice(self) -> Dice:
        """The choices of the year's seed."""
        return self.plan.dice


def play(plan_: YearPlan, journal: Journal) -> tuple[Outcome, list[SignIn]]:
    """Play the year into the empty database in use; figures, and sign-ins for its users."""
    _write_fast()
    with tenancy.as_operator(REASON):
        year = _seed(plan_, journal)
        _forecast(year)
        for quarter in buying.QUARTERS:
            _receive(year, _buy(year, quarter), quarter)
        return _close(year), year.world.sign_ins


def _write_fast() -> None:
    """Spare SQLite its waits for the disk while the file is made; serving uses the full care."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")


def _seed(plan_: YearPlan, journal: Journal) -> Year:
    with journal.stage("Reference data loaded", "rows") as stage:
        stage.count += sum(reference.load_all().values()) + load_tariffs()
    with journal.stage("Parties joined", "importers and suppliers") as stage:
        members = catalogue.importers()[: plan_.importers]
        world = make_parties(plan_.year, members)
        stage.count += len(world.importers) + len(world.suppliers)
    with journal.stage("Catalogue recorded", "products with offers") as stage:
        rows = catalogue.products()[: plan_.products]
        products = goods.make_products(rows)
        day = planning.forecast_day(plan_.year)
        stage.count += goods.make_offers(world, products, valid_from=day)
        goods.make_products([catalogue.perishable()])
        receiving.make_book(world.pool)
    demand, most = catalogue.demand(), plan_.lines_per_importer
    plans = {
        member.code: plan(member, rows, demand, scale=plan_.scale, most=most) for member in members
    }
    return Year(plan_, world, journal, products, plans)


def _forecast(year: Year) -> None:
    """Every importer sends its plan; one with slips first, another with fresh goods in it."""
    number, day = year.plan.year, planning.forecast_day(year.plan.year)
    names = {sku: product.name for sku, product in year.products.items()}
    codes = list(year.world.importers)
    with year.journal.stage("Forecasts uploaded and published", "lines") as stage:
        for place, code in enumerate(codes):
            importer = year.world.importers[code]
            rows = planning.rows_of(year.plans[code], names, number)
            as_xlsx = place % 2 == 0
            if place == 0:
                slips = planning.sheet(
                    importer, planning.with_slips(rows), day=day, as_xlsx=as_xlsx
                )
                _expect_refusal(planning.send(importer, slips, year=number, day=day))
            if place == 1:
                fresh = [*rows, planning.row_of_perishable(catalogue.perishable(), number)]
                file = planning.sheet(importer, fresh, day=day, as_xlsx=as_xlsx)
                _expect_refusal(planning.send(importer, file, year=number, day=day))
            later = day + timedelta(days=1 + place % 5)
            file = planning.sheet(importer, rows, day=later, as_xlsx=as_xlsx)
            stage.count += planning.send_and_publish(importer, file, year=number, day=later)
        year.figures.forecast_lines = stage.count
    with year.journal.stage("Forecasts sent back with reasons", "sheets") as stage:
        stage.count += ForecastUpload.objects.filter(state=ForecastUpload.State.INVALID).count()


def _expect_refusal(upload: ForecastUpload) -> None:
    if upload.state != ForecastUpload.State.INVALID:
        raise RuntimeError(f"upload {upload.pk} was meant to be sent back and was not")


def _buy(year: Year, quarter: int) -> list[Consignment]:
    with year.journal.stage("Rounds consolidated and ordered", "purchase orders") as stage:
        _, orders = buying.buy(year.world.pool, quarter)
        stage.count += len(orders)
        year.figures.purchase_orders += len(orders)
    lead = buying.lead_days()
    with year.journal.stage("Consignments shipped and arrived", "consignments") as stage:
        consignments = [buying.ship(order, lead) for order in orders]
        stage.count += len(consignments)
    return consignments


def _receive(year: Year, consignments: Sequence[Consignment], quarter: int) -> None:
    mishaps = receiving.mishaps_of(consignments, quarter, year.dice)
    with year.journal.stage("Received and allocated", "allocations") as stage:
        for consignment in sorted(consignments, key=lambda each: (each.arrived_on, each.pk)):
            _, moves = receiving.take_in(consignment, mishaps)
            stage.count += len(moves)
            year.figures.receipts += 1
            year.figures.allocations += len(moves)


def _close(year: Year) -> Outcome:
    figures = year.figures
    with year.journal.stage("Facts sequenced, head signed", "facts") as stage:
        stage.count += facts.sequence()
        head = facts.head()
    with year.journal.stage("Books checked", "laws") as stage:
        findings = invariants.check_all()
        stage.count += len(findings)
    broken = [finding for finding in findings if not finding.holds]
    figures.importers = len(year.world.importers)
    figures.products = len(year.products)
    figures.suppliers = len(year.world.suppliers)
    figures.facts = head.size if head else 0
    figures.invariants_checked = len(findings)
    figures.invariants_broken = len(broken)
    figures.seconds = round(year.journal.seconds, 1)
    return Outcome(
        year=year.plan.year,
        seed=year.plan.seed,
        scale=year.plan.scale,
        figures=figures,
        simulated=simulated_lines(scale=year.plan.scale, rows=0, trust="assumed"),
        broken=[f"{found.name}: {line}" for found in broken for line in found.violations],
    )
