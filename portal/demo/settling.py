"""What receipts make importers owe, and the monthly batches that pay the suppliers."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from core.domain.calendar import add_months
from fx_settlement import services as fx
from fx_settlement.models import Obligation
from portal.demo import bank
from portal.demo.catalogue import SupplierRow
from portal.demo.state import Year
from portal.demo.world import World
from warehouse.models import Receipt

SETTLED_ON = 25
MONTHS_BEFORE_THE_YEAR = 2


def open_accounts(world: World, suppliers: Sequence[SupplierRow]) -> None:
    """The pool's account in every currency and each supplier's, under four eyes; all invented."""
    enters, confirms = world.users["operator"], world.users["checker"]
    for number, row in enumerate(suppliers, 1):
        account = fx.add_supplier_account(
            world.pool.operator,
            world.suppliers[row.code],
            row.currency,
            number=f"900{number:09}",
            bic=f"DEMO{row.country}2XXXX",
            by=enters,
        )
        fx.confirm_supplier_account(account, by=confirms)
    for number, currency in enumerate(sorted({row.currency for row in suppliers}), 1):
        fx.add_bank_account(
            world.pool,
            currency,
            number=f"4000{number:012}",
            bic="DEMOCN2NXXX",
            bank_name="Simulated Bank, Ningbo",
            report_to="SAFE",
            report_code="121010",
        )


def enter(year: Year) -> None:
    """Enter a settlement day in every month, and the reviews of importers each quarter."""
    for months in range(-3, 12, 3):
        day = add_months(date(year.plan.year, 1, 1), months)
        year.schedule.on(day, _review)
    first = date(year.plan.year, 1, SETTLED_ON)
    for months in range(-MONTHS_BEFORE_THE_YEAR, 12):
        day = add_months(first, months).replace(day=SETTLED_ON)
        year.schedule.on(day, partial(_settle, year))


def charge(year: Year, receipt: Receipt) -> None:
    """Raise what importers owe for a receipt, and share the consignment's charges among them."""
    pool, consignment = year.world.pool, receipt.consignment
    with year.journal.stage("Obligations raised, charges shared", "obligations") as stage:
        raised = fx.raise_obligations(receipt)
        stage.count += len(raised)
        year.figures.obligations += len(raised)
        needs = fx.charges_needed(consignment)
        fx.fund_shortfalls(pool, needs, reference=consignment.number)
        fx.share_charges(consignment)


def _review() -> None:
    """Look at every importer's record: its tier and its limit."""
    fx.review_all()


def _settle(year: Year) -> None:
    """Pay every currency in which something is open: one conversion, one wire per supplier."""
    rows = Obligation.objects.filter(state=Obligation.State.OPEN).order_by("currency")
    for currency in rows.values_list("currency", flat=True).distinct():
        with year.journal.stage("Settled in monthly batches", "payments") as stage:
            paid = _settle_currency(year, currency)
            stage.count += paid
            year.figures.payments += paid


def _settle_currency(year: Year, currency: str) -> int:
    """Deposits as asked for, locked by one person, approved by another; the number of payments.

    The simulated bank's statement shows them paid.
    """
    batch = fx.open_batch(year.world.pool, currency, year.schedule.today)
    needs = fx.deposits_needed(batch)
    fx.fund_shortfalls(year.world.pool, needs, reference=batch.number, batch=batch)
    fx.lock(batch, by=year.world.users["operator"])
    fx.quote(batch)
    fx.approve(batch, by=year.world.users["checker"])
    fx.convert(batch)
    fx.instruct(batch)
    fx.receive_file(
        year.world.pool.operator, bank.statement_of(batch), filename=f"{batch.number}.sta"
    )
    fx.allocate(batch)
    fx.close(batch)
    return batch.payments.count()
