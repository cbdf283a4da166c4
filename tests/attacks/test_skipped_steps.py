"""Steps taken out of turn: every state × every action of every table, and as forms."""

import re
from importlib import import_module
from itertools import product
from pathlib import Path

import pytest

from core import tenancy
from core.domain.errors import Refusal
from core.domain.transitions import StepNotAllowed
from customs import services as customs
from imports.models import Consignment, PurchaseOrder
from tests.attacks.world import changed, standing
from warehouse import services as warehouse
from warehouse.models import DispatchOrder

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("core", "imports", "warehouse", "fx_settlement", "customs", "traceability", "portal")
WRITTEN = re.compile(r"^(\w+)(?:: \w+)? = StateTable\(", re.MULTILINE)


def tables():
    """Every table of steps that the product has, by its dotted name."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for name in WRITTEN.findall(path.read_text(encoding="utf-8")):
                module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                yield f"{module}.{name}", getattr(import_module(module), name)


TABLES = dict(tables())


def test_every_table_of_steps_is_found():
    spoken_of = sum(
        path.read_text(encoding="utf-8").count(" StateTable(")
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
    )

    assert (len(TABLES), "customs.domain.states.STATES" in TABLES) == (spoken_of, True)


@pytest.mark.parametrize("name", TABLES)
def test_a_step_that_a_state_does_not_have_is_refused_and_all_others_lead_on(name):
    table = TABLES[name]
    actions = {action for steps in table.steps.values() for action in steps} | {"", "close "}

    for state, action in product(table.states | {"unheard-of"}, actions):
        if action in table.steps.get(state, {}):
            assert table.next(state, action) in table.states
        else:
            with pytest.raises(StepNotAllowed):
                table.next(state, action)


@pytest.mark.django_db
def test_a_settlement_takes_no_step_before_its_turn(world):
    client, batch = world.client("operator"), world.settlement
    before = standing()
    met = {}

    for step in (
        "quote",
        "approve",
        "convert",
        "instruct",
        "accept",
        "settle",
        "allocate",
        "close",
    ):
        sent = {"version": batch.version}
        met[step] = client.post(f"/settlement/batches/{batch.pk}/{step}/", sent).status_code

    assert set(met.values()) <= {409, 422}
    assert changed(before) == []


@pytest.mark.django_db
def test_goods_do_not_arrive_before_they_left_nor_leave_twice(world):
    client, order = world.client("operator"), world.awaited.order
    client.post(f"/imports/rounds/orders/{order.pk}/ship/", {"on": "2025-05-01"})
    first = Consignment.objects.filter(order=order).count()
    met = [
        client.post(f"/imports/rounds/orders/{order.pk}/ship/", {"on": "2025-05-01"}),
        client.post(
            f"/imports/rounds/consignments/{world.awaited.pk}/arrive/", {"on": "2025-05-01"}
        ),
        client.post(f"/imports/rounds/{world.round.pk}/place/"),
    ]

    assert [answer.status_code in (302, 409, 422) for answer in met] == [True] * 3
    assert Consignment.objects.filter(order=order).count() == first
    assert PurchaseOrder.objects.get(pk=order.pk).state in ("placed", "shipped")


@pytest.mark.django_db
def test_nothing_is_shipped_before_it_was_picked_nor_after_it_was_shipped(world):
    client, parcel = world.client("operator"), world.parcel
    path = f"/warehouse/parcels/{parcel.pk}/ship/"

    early = client.post(path).status_code
    state = DispatchOrder._base_manager.get(pk=parcel.pk).state

    assert (early, state) == (409, "open")


@pytest.mark.django_db
def test_an_order_that_customs_has_is_neither_cancelled_nor_declared_anew(world):
    before = standing()

    for call in (
        lambda: customs.cancel_order(world.order),
        lambda: customs.declare_batch(world.pool, [world.order], request_key="again"),
    ):
        with pytest.raises(StepNotAllowed):
            call()

    assert changed(before) == []


@pytest.mark.django_db
def test_an_answer_from_before_the_declaration_releases_nothing(world):
    before = standing()
    with tenancy.as_operator("test"):
        made = world.waiting.declaration

    with pytest.raises(customs.AnswerBeforeDeclaration):
        customs.receive_answer(made, "800", world.order.ordered_at)

    assert changed(before) == []


@pytest.mark.django_db
def test_units_that_another_order_has_reserved_are_not_dispatched_for_this_one(world):
    with tenancy.as_operator("test"):
        held = warehouse.reserve(world.importer, world.lot.product, 2, "mine")
        warehouse.dispatch(world.importer, "first", held)
        before = standing()
        with pytest.raises(Refusal):
            warehouse.dispatch(world.importer, "second", held)

    assert changed(before) == []
