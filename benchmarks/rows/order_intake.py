"""Consumer orders as a shop sends them, one at a time: papers, taxes, stock, year and trust."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from benchmarks.ways import Way, Ways
from core import clock, tenancy
from core.models import Person
from customs import services
from customs.models import (
    ConsumerOrder,
    ConsumerOrderLine,
    Declaration,
    DeclarationLine,
    PaymentRecord,
    Waybill,
)
from customs.services import OrderIntake
from imports.models import Product
from portal.drill.world import OPENED, DrillWorld, build
from warehouse.models import Holding

ROUNDS = 4
_serial = count(1)
"""Rows of the bare way have ids below zero: the database counts on above them."""


def ours(world: DrillWorld, intake: OrderIntake) -> None:
    """The product's own intake: every rule, the vault, the assessment, what is set aside."""
    services.take_order(world.importers[0], intake)


def plain(world: DrillWorld, person: Person, intake: OrderIntake) -> None:
    """A save for each object and a stock figure that is changed; nothing is judged or hidden."""
    with transaction.atomic(), tenancy.as_operator("benchmark"):
        for row in _objects(world, person, intake):
            row.save(force_insert=True)
        held = Holding.objects.filter(owner=world.importers[0], place="bonded")
        held.update(reserved_units=F("reserved_units") + 1)


def all_plain(world: DrillWorld, person: Person, intakes: list[OrderIntake]) -> None:
    """The plain way of several orders."""
    for intake in intakes:
        plain(world, person, intake)


def _objects(world: DrillWorld, person: Person, intake: OrderIntake) -> list[Any]:
    """The rows of one order, before any has an id."""
    order = ConsumerOrder(
        importer=world.importers[0],
        pool=world.pool,
        platform=world.platform,
        order_no=intake.order_no,
        buyer=person,
        ordered_at=intake.ordered_at,
        goods_minor=intake.goods_minor,
        tax_minor=intake.tax_minor,
        paid_minor=intake.paid_minor,
        intake_hmac=bytes(32),
    )
    line, product = intake.lines[0], world.product
    declaration = Declaration(
        importer=world.importers[0],
        order=order,
        regime="within-limits",
        dutiable_minor=intake.goods_minor,
        duty_minor=0,
        consumption_tax_minor=0,
        vat_minor=intake.tax_minor,
    )
    return [
        order,
        ConsumerOrderLine(
            order=order, line_no=1, product=product, units=1, price_minor=line.price_minor
        ),
        PaymentRecord(
            order=order,
            company=world.company,
            transaction_no=intake.payment.transaction_no,
            payer=person,
            amount_minor=intake.paid_minor,
            paid_at=intake.ordered_at,
        ),
        Waybill(
            order=order,
            carrier=world.carrier,
            waybill_no=intake.parcel.waybill_no,
            consignee=person,
            gross_weight_g=1_200,
        ),
        declaration,
        _declared(declaration, intake, product),
    ]


def _declared(declaration: Declaration, intake: OrderIntake, product: Product) -> DeclarationLine:
    """The one line of an order's declaration."""
    return DeclarationLine(
        declaration=declaration,
        line_no=1,
        product=product,
        record_no="1",
        hs_code=product.hs_code,
        name_zh=product.name_zh,
        origin=product.origin,
        units=1,
        unit=product.declared_unit,
        statutory_quantity=product.statutory_qty_per_unit,
        statutory_unit=product.statutory_unit,
        price_minor=intake.lines[0].price_minor,
        net_weight_g=product.net_weight_g,
        dutiable_minor=intake.goods_minor,
        duty_minor=0,
        consumption_tax_minor=0,
        vat_minor=intake.tax_minor,
    )


Statement = tuple[str, list[Any]]


def statements(world: DrillWorld, person: Person, intake: OrderIntake) -> list[Statement]:
    """The bare INSERTs of one order, made before the clock starts."""
    made = []
    for row in _objects(world, person, intake):
        row.pk = -next(_serial)
        for name in ("order", "declaration"):
            if hasattr(row, f"{name}_id"):
                setattr(row, name, getattr(row, name))
        model = type(row)._meta  # noqa: SLF001  its public name in Django
        fields = model.concrete_fields
        names = ", ".join(f'"{field.column}"' for field in fields)
        marks = ", ".join(["%s"] * len(fields))
        table = model.db_table
        values = [
            field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields
        ]
        made.append((f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values))
    return made


def bare(made: list[Statement]) -> None:
    """One transaction of INSERTs an order, nothing read."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, values in made:
            cursor.execute(statement, values)


def together(world: DrillWorld, intakes: list[OrderIntake]) -> None:
    """The product's intake of many orders: all that it does of one, judged in turn."""
    outcomes = services.take_orders(world.importers[0], intakes)
    refused = [row.refusal for row in outcomes if row.refusal]
    if refused:
        raise refused[0]


def ways(size: int) -> Ways:
    """Orders one at a time."""
    return ways_of(size, lambda world, intakes: [ours(world, intake) for intake in intakes])


def ways_of(size: int, take_all: Callable[[DrillWorld, list[OrderIntake]], object]) -> Ways:
    """Each way takes orders of numbers of its own; all buyers have room in their year."""
    with clock.at(OPENED):
        world = build([size * ROUNDS * 2, 1])
        person = Person.objects.create(kept_at=OPENED)
    numbers = count(1)
    waiting: list[OrderIntake] = []
    written: list[list[Statement]] = []

    def some() -> None:
        waiting[:] = [
            world.intake(next(numbers), OPENED + timedelta(seconds=each)) for each in range(size)
        ]

    def bare_rows() -> None:
        some()
        with tenancy.as_operator("benchmark"):
            written[:] = [statements(world, person, intake) for intake in waiting]

    def run(take: Callable[[DrillWorld, list[OrderIntake]], object]) -> Callable[[], None]:
        def taken() -> None:
            with clock.at(OPENED + timedelta(days=1)):
                take(world, waiting)

        return taken

    def all_bare() -> None:
        for made in written:
            bare(made)

    return {
        "ours": Way(run(take_all), size, some),
        "plain": Way(run(lambda world, intakes: all_plain(world, person, intakes)), size, some),
        "limit": Way(all_bare, size, bare_rows),
    }
