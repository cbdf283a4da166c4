"""Consumer orders are taken, declared in batches, released, picked, shipped and scanned."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from django.utils import timezone

from core import clock, jobs
from customs.domain.papers import Buyer
from customs.models import ConsumerOrder, Declaration, DeclarationBatch
from customs.services import (
    OrderedLine,
    OrderIntake,
    Parcel,
    Payment,
    Vehicle,
    declare_batch,
    grant_guarantee,
    quote,
    remit_taxes,
    take_order,
    write_exit_list,
    write_gate_pass,
)
from customs.simulation import answer_batch, answer_zone
from portal.demo.buyers import buyer
from portal.demo.sales import Sale
from portal.demo.state import Year
from traceability.services import code_hmac, look_up
from warehouse.models import DispatchOrder
from warehouse.services import pick_many, ship_many

GUARANTEE_MINOR = 20_000_000
"""The guarantee that the operator is assumed to have lodged: CNY 200,000."""

VAN = Vehicle("浙B·模拟2", "0000000000000", Decimal(1450), Decimal(1120))
"""An empty van of the demonstration, in kilograms."""

PACKAGING_G = 150
FREIGHT_MINOR = 800
DAYS_BETWEEN_BATCHES = 14
DAYS_TO_THE_CONSUMER = 3
SCANNED_OF_TEN = 2


def enter(year: Year) -> None:
    """Enter the guarantee, every order on its day, the fortnightly batches and the tax payments."""
    first, last = date(year.plan.year, 1, 1), date(year.plan.year, 12, 31)
    year.schedule.on(first, partial(_guarantee, year))
    for sale in year.sales:
        year.schedule.on(sale.ordered_on, partial(_take, year, sale))
    for day in batch_days(first, last):
        year.schedule.on(day, partial(_declare, year))
    for month in range(2, 13):
        year.schedule.on(date(year.plan.year, month, 28), partial(_remit, year))


def batch_days(first: date, last: date) -> list[date]:
    """Every second week, and once more two days before the end, so that no order is left."""
    days = []
    day = first + timedelta(days=DAYS_BETWEEN_BATCHES)
    while day < last - timedelta(days=2):
        days.append(day)
        day += timedelta(days=DAYS_BETWEEN_BATCHES)
    return [*days, last - timedelta(days=2)]


def _guarantee(year: Year) -> None:
    grant_guarantee(year.world.parties["OPERATOR"], GUARANTEE_MINOR, key=year.world.pool.code)


def _take(year: Year, sale: Sale) -> None:
    """Take an order with its payment and waybill, as its platform sends them."""
    with year.journal.stage("Consumer orders taken", "orders") as stage:
        ordered_at = _moment(year, sale)
        with clock.at(ordered_at + timedelta(minutes=5)):
            take_order(year.world.importers[sale.importer], _intake(year, sale, ordered_at))
        stage.count += 1


def _moment(year: Year, sale: Sale) -> datetime:
    """An instant of the order's day between 8 and 20 o'clock."""
    noon = clock.now()
    return noon + timedelta(minutes=year.dice.between(-240, 480, "minute", sale.order_no))


def _intake(year: Year, sale: Sale, ordered_at: datetime) -> OrderIntake:
    who = buyer(year.dice, sale.buyer)
    person = Buyer(who.name, who.id_number, who.phone)
    lines = tuple(_line(year, sku, units) for sku, units in sale.lines)
    goods_minor = sum(line.units * line.price_minor for line in lines)
    tax_minor = quote(
        year.world.pool, lines, freight_minor=FREIGHT_MINOR, on=sale.ordered_on
    ).total_minor
    paid_minor = goods_minor + FREIGHT_MINOR + tax_minor
    parties = year.world.parties
    return OrderIntake(
        pool=year.world.pool,
        platform=parties["PLATFORM"],
        order_no=sale.order_no,
        ordered_at=ordered_at,
        buyer=person,
        lines=lines,
        goods_minor=goods_minor,
        freight_minor=FREIGHT_MINOR,
        tax_minor=tax_minor,
        paid_minor=paid_minor,
        payment=Payment(
            company=parties["PAYMENT"],
            transaction_no=f"PAY{sale.order_no}",
            order_no=sale.order_no,
            payer=person,
            amount_minor=paid_minor,
            paid_at=ordered_at + timedelta(minutes=2),
        ),
        parcel=Parcel(
            carrier=parties["LOGISTICS"],
            waybill_no=f"SC{sale.order_no}",
            order_no=sale.order_no,
            consignee_name=who.name,
            consignee_phone=who.phone,
            consignee_address=who.address,
            gross_weight_g=_gross_weight_g(lines),
        ),
    )


def _line(year: Year, sku: str, units: int) -> OrderedLine:
    return OrderedLine(year.products[sku], units, int(year.rows[sku].retail_cny * 100))


def _gross_weight_g(lines: tuple[OrderedLine, ...]) -> int:
    return PACKAGING_G + sum(line.units * line.product.gross_weight_g for line in lines)


def _declare(year: Year) -> None:
    """Declare what was taken or refused since the last batch; customs' answers are simulated."""
    open_states = (ConsumerOrder.State.TAKEN, ConsumerOrder.State.REFUSED)
    orders = list(ConsumerOrder.objects.filter(state__in=open_states).order_by("pk"))
    if not orders:
        return
    today = year.schedule.today
    with year.journal.stage("Declared in batches, files built", "declarations") as stage:
        batch = declare_batch(year.world.pool, orders, request_key=f"until-{today.isoformat()}")
        stage.count += len(orders)
    year.figures.declarations += len(orders)
    with year.journal.stage("Customs answered (simulated)", "released") as stage:
        reached = answer_batch(batch, seed=f"demonstration-{year.plan.seed}")
        stage.count += sum(reached.get(state, 0) for state in ("released", "closed"))
    with year.journal.stage("Declared in batches, files built", "declarations"):
        jobs.run_until_idle()
    year.schedule.on(today + timedelta(days=1), partial(_send, year, batch))


def _send(year: Year, batch: DeclarationBatch) -> None:
    """Pick and ship the parcels of a batch that customs released, and write them off the book."""
    rows = Declaration.objects.filter(batch=batch, dispatch_order__isnull=False)
    with year.journal.stage("Picked, shipped, written off", "parcels") as stage:
        parcels = [
            row.dispatch_order for row in rows.select_related("dispatch_order").order_by("pk")
        ]
        codes = {parcel.pk: _codes_for(year, parcel) for parcel in parcels}
        scans = {pk: [code_hmac(code) for code in units] for pk, units in codes.items()}
        ship_many(pick_many(parcels, scans))
        stage.count += len(parcels)
        for parcel in parcels:
            year.delivered += codes[parcel.pk]
            _enter_scans(year, codes[parcel.pk])
    if parcels:
        _leave(year, batch)


def _leave(year: Year, batch: DeclarationBatch) -> None:
    """The list of the parcels that left together, written off by it, and their van's gate pass."""
    with year.journal.stage("Lists and gate passes (answers simulated)", "papers") as stage:
        pool = year.world.pool
        left = Declaration.objects.filter(batch=batch, dispatch_order__isnull=False)
        paper = write_exit_list(pool, list(left))
        answer_zone(paper)
        answer_zone(write_gate_pass(pool, [paper.number], VAN))
        stage.count += 2


def _codes_for(year: Year, parcel: DispatchOrder) -> list[str]:
    """Units taken from the shelves by their labels: as many of each lot as the parcel holds."""
    wanted: dict[int, int] = defaultdict(int)
    for line in parcel.lines.order_by("pk"):
        wanted[line.lot_id] += line.units
    taken: list[str] = []
    for lot_id, units in wanted.items():
        shelf = year.codes[lot_id]
        taken += shelf[:units]
        year.codes[lot_id] = shelf[units:]
    return taken


def _enter_scans(year: Year, codes: list[str]) -> None:
    """Some consumers look their unit up when it has arrived."""
    arrives_on = year.schedule.today + timedelta(days=DAYS_TO_THE_CONSUMER)
    if arrives_on.year > year.plan.year:
        return
    for code in codes:
        place = len(year.delivered) + codes.index(code)
        if year.dice.number(10, "scan", place) < SCANNED_OF_TEN:
            year.schedule.on(arrives_on, partial(_scan, year, code, place))


def _scan(year: Year, code: str, place: int) -> None:
    """A look-up from one of the addresses that are reserved for documentation (RFC 5737)."""
    with year.journal.stage("Codes scanned by consumers", "look-ups") as stage:
        address = f"198.51.100.{year.dice.number(254, 'address', place) + 1}"
        look_up(code, at=timezone.localtime(clock.now()), address=address, counts=True)
        stage.count += 1


def _remit(year: Year) -> None:
    with year.journal.stage("Consumer taxes paid to customs", "CNY") as stage:
        stage.count += remit_taxes(year.world.pool) // 100
