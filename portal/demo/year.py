"""Plays a pool year: every stage in the order in which the goods go."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from django.db.models import Sum
from django.utils.module_loading import autodiscover_modules

from core import facts, invariants, jobs, reference, tenancy
from fx_settlement import services as fx
from fx_settlement.domain.statement import summarise
from fx_settlement.models import FeeRow, Obligation
from imports.services import load_lists, load_tariffs
from portal.demo import bookkeeping, buying, catalogue, goods, planning, proving, selling, settling
from portal.demo.figures import Outcome, SignIn, money, saving_lines, simulated_lines
from portal.demo.journal import Journal
from portal.demo.plans import plan
from portal.demo.sales import sales
from portal.demo.state import Year, YearPlan
from portal.demo.world import make_parties
from portal.services import order_check
from traceability.services import code_hmac
from warehouse.models import UnitIdentity

REASON = "simulated pool year"


def play(year_plan: YearPlan, journal: Journal) -> tuple[Outcome, list[SignIn]]:
    """Play the year into the empty database in use; figures, and sign-ins for its users."""
    autodiscover_modules("tasks")
    with tenancy.as_operator(REASON):
        year = _seed(year_plan, journal)
        planning.enter(year)
        buying.enter(year)
        settling.enter(year)
        selling.enter(year)
        bookkeeping.enter(year)
        proving.enter(year)
        year.schedule.on(date(year_plan.year, 12, 31), partial(_end_of_year, year))
        year.schedule.run()
        return _close(year), year.world.sign_ins


def _seed(year_plan: YearPlan, journal: Journal) -> Year:
    with journal.stage("Reference data loaded", "rows") as stage:
        stage.count += sum(reference.load_all().values())
        stage.count += load_tariffs() + fx.load_fee_rows() + sum(load_lists().values())
    with journal.stage("Parties joined", "importers and suppliers") as stage:
        members = catalogue.importers()[: year_plan.importers]
        world = make_parties(year_plan.year, members)
        settling.open_accounts(world, catalogue.suppliers())
        stage.count += len(world.importers) + len(world.suppliers)
    rows = catalogue.products()[: year_plan.products]
    with journal.stage("Catalogue recorded", "products with offers") as stage:
        products = goods.make_products(rows)
        day = planning.forecast_day(year_plan.year)
        stage.count += goods.make_offers(world, products, valid_from=day)
        goods.make_records(world, products.values(), on=day)
        goods.make_products([catalogue.perishable()])
        bookkeeping.make_books(world.pool)
    demand, most = catalogue.demand(), year_plan.lines_per_importer
    plans = {
        each.code: plan(each, rows, demand, scale=year_plan.scale, most=most) for each in members
    }
    drawn = sales(
        year_plan.dice,
        plans,
        year=year_plan.year,
        orders=year_plan.orders,
        buyers=year_plan.buyers,
    )
    by_sku = {row.sku: row for row in rows}
    return Year(year_plan, world, journal, products, by_sku, plans, drawn)


def _end_of_year(year: Year) -> None:
    """Charge storage and the operator's fee once everything else is in the books."""
    pool, number = year.world.pool, year.plan.year
    with year.journal.stage("Storage and operator's fee charged", "shares") as stage:
        fx.fund_shortfalls(pool, fx.storage_needed(pool, number), reference=f"storage-{number}")
        stage.count += len(fx.charge_storage(pool, number))
        fx.fund_shortfalls(pool, _most_of_the_fee(), reference=f"fee-{number}")
        stage.count += len(fx.charge_operator_fee(pool))
    proving.prove(year)


def _most_of_the_fee() -> dict[int, int]:
    """What the operator's fee can be at most, by importer: its rate on the goods, uncapped."""
    percent = FeeRow.objects.get(kind=FeeRow.Kind.OPERATOR).percent
    paid = Obligation.objects.filter(state=Obligation.State.PAID).order_by("importer_id")
    goods = paid.values_list("importer_id").annotate(Sum("cny_minor"))
    return {importer_id: int(minor * percent / 100) + 1 for importer_id, minor in goods}


def _close(year: Year) -> Outcome:
    figures = year.figures
    with year.journal.stage("Statements: pooled beside alone", "importers") as stage:
        statements = fx.statements(year.world.pool)
        unallocated = fx.unallocated_minor(year.world.pool)
        summary = summarise(statements, unallocated_minor_units=unallocated)
        stage.count += len(statements)
    with year.journal.stage("Books checked", "laws") as stage:
        findings = invariants.check_all()
        stage.count += len(findings)
        order_check()
        jobs.run_until_idle()
        facts.sequence()
    broken = [finding for finding in findings if not finding.holds]
    head = facts.head()
    figures.importers = len(year.world.importers)
    figures.products = len(year.products)
    figures.suppliers = len(year.world.suppliers)
    figures.facts = head.size if head else 0
    figures.pooled_cost_cny = money(summary.pooled_minor)
    figures.standalone_cost_cny = money(summary.alone.minor)
    figures.unallocated_minor_units = summary.unallocated_minor_units
    figures.invariants_checked = len(findings)
    figures.invariants_broken = len(broken)
    figures.seconds = round(year.journal.seconds, 1)
    rows = {row.key: row for each in statements for row in each.rows}
    return Outcome(
        year=year.plan.year,
        seed=year.plan.seed,
        scale=year.plan.scale,
        figures=figures,
        saving=saving_lines(statements, summary),
        simulated=simulated_lines(year.plan.scale, list(rows.values())),
        code=_code_to_show(year.delivered),
        broken=[f"{found.name}: {line}" for found in broken for line in found.violations],
    )


def _code_to_show(delivered: Sequence[str]) -> str:
    """A delivered unit's code that keeps longest, so that its page still says genuine later on."""
    by_hash = {code_hmac(code): code for code in delivered}
    units = UnitIdentity.objects.filter(code_hmac__in=by_hash, lot__expires_on__isnull=False)
    longest = units.order_by("-lot__expires_on", "pk").first()
    return by_hash[bytes(longest.code_hmac)] if longest else "".join(delivered[:1])
