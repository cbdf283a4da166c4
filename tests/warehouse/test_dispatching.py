"""Dispatch: picked from the shelves, bound to the scanned units, gone to the consumer."""

import pytest
from django.db import IntegrityError

from core.domain.transitions import StepNotAllowed
from core.models import Fact
from warehouse import services
from warehouse.models import DispatchOrder, Holding, Lot, Reservation, UnitIdentity

pytestmark = pytest.mark.usefixtures("as_operator")


def code(n):
    return n.to_bytes(32, "big")


def places(importer):
    rows = Holding.objects.filter(owner=importer).exclude(units=0)
    return dict(rows.values_list("place", "units"))


@pytest.fixture
def order(shelf) -> DispatchOrder:
    made = services.reserve(shelf.importer, shelf.product, 2, "order-1")
    return services.dispatch(shelf.importer, "parcel-1", made)


@pytest.fixture
def lot(shelf) -> Lot:
    return Lot.objects.get(receipt_line__receipt=shelf.receipt)


@pytest.fixture
def coded(lot) -> list[UnitIdentity]:
    return services.commission_units(lot, [code(n) for n in range(1, 6)])


def test_a_parcel_is_ordered_from_reservations(order, shelf):
    assert (order.number, order.state) == ("DO-2025-000001", "open")
    assert list(order.lines.values_list("product", "units")) == [(shelf.product.pk, 2)]


def test_the_same_reference_orders_one_parcel(order, shelf):
    again = services.dispatch(
        shelf.importer, "parcel-1", list(Reservation.objects.filter(request_key="order-1"))
    )

    assert again == order
    assert DispatchOrder.objects.count() == 1


def test_a_reference_that_returns_with_other_goods_is_refused(order, shelf):
    other = services.reserve(shelf.importer, shelf.product, 1, "order-2")

    with pytest.raises(services.SameReferenceOtherGoods):
        services.dispatch(shelf.importer, "parcel-1", other)


def test_a_reservation_is_dispatched_once(order, shelf):
    made = list(Reservation.objects.filter(request_key="order-1"))

    with pytest.raises(services.NotYoursToDispatch) as refusal:
        services.dispatch(shelf.importer, "parcel-2", made)

    assert refusal.value.params == {"asked": 1, "found": 0}


def test_another_importers_reservation_is_not_dispatched(shelf):
    made = services.reserve(shelf.stranger, shelf.product, 1, "order-1")

    with pytest.raises(services.NotYoursToDispatch):
        services.dispatch(shelf.importer, "parcel-1", made)

    assert not DispatchOrder.objects.exists()


def test_picked_units_leave_the_shelves_and_their_promise(order, shelf):
    services.pick(order)

    assert places(shelf.importer) == {"bonded": 58, "packed": 2}
    assert Holding.objects.get(owner=shelf.importer, place="bonded").reserved_units == 0
    assert Reservation.objects.get().state == "picked"


def test_shipped_units_are_outside_and_no_step_is_left(order, shelf):
    shipped = services.ship(services.pick(order))

    assert places(shelf.importer) == {"bonded": 58, "consumer": 2}
    assert shipped.state == "shipped"
    with pytest.raises(StepNotAllowed):
        services.cancel_dispatch(shipped)


def test_nothing_is_shipped_before_it_is_picked(order, shelf):
    with pytest.raises(StepNotAllowed) as refusal:
        services.ship(order)

    assert refusal.value.params["allowed"] == "cancel, pick"
    assert places(shelf.importer) == {"bonded": 60}


def test_a_parcel_is_picked_once_even_from_an_old_copy_of_the_order(order, shelf):
    services.pick(order)

    with pytest.raises(StepNotAllowed):
        services.pick(order)

    assert places(shelf.importer) == {"bonded": 58, "packed": 2}


def test_scanned_units_are_bound_to_the_parcel_and_released_when_it_leaves(order, lot, coded):
    services.pick(order, [code(2), code(4)])

    line = order.lines.get()
    bound = [unit.pk for unit in coded if unit.code_hmac in (code(2), code(4))]
    assert list(line.identities.order_by("pk").values_list("pk", "state")) == [
        (pk, "applied") for pk in bound
    ]
    assert Fact.objects.get(name="warehouse.dispatch.picked").data == {
        "importer": order.importer_id,
        "dispatch": order.pk,
        "lot": lot.pk,
        "units": 2,
        "identities": bound,
    }

    services.ship(order)

    assert set(line.identities.values_list("state", flat=True)) == {"released"}
    assert UnitIdentity.objects.filter(state="applied").count() == 3
    assert Fact.objects.get(name="warehouse.dispatch.shipped").data == {
        "importer": order.importer_id,
        "dispatch": order.pk,
        "reference": order.reference,
    }


def test_a_unit_lies_in_one_parcel_only(order, shelf, coded):
    services.pick(order, [code(1), code(2)])
    made = services.reserve(shelf.importer, shelf.product, 2, "order-2")
    second = services.dispatch(shelf.importer, "parcel-2", made)

    with pytest.raises(services.CodeUsed):
        services.pick(second, [code(2), code(3)])

    assert places(shelf.importer) == {"bonded": 58, "packed": 2}


def test_a_recalled_unit_stops_the_parcel(order, coded):
    UnitIdentity.objects.filter(pk=coded[0].pk).update(state="recalled")

    with pytest.raises(services.CodeUsed) as refusal:
        services.pick(order, [code(1), code(2)])

    assert refusal.value.params == {"unit": coded[0].pk, "state": "recalled"}


def test_a_code_of_no_unit_in_the_order_stops_the_parcel(order, coded):
    with pytest.raises(services.CodeUnknown) as refusal:
        services.pick(order, [code(1), code(99)])

    assert refusal.value.params == {"scanned": 2, "unknown": 1}


def test_the_same_code_scanned_twice_is_not_two_units(order, coded):
    with pytest.raises(services.CodeUnknown):
        services.pick(order, [code(1), code(1)])


def test_the_units_of_a_lot_are_scanned_all_or_none(order, lot, coded):
    with pytest.raises(services.CodesDoNotMatch) as refusal:
        services.pick(order, [code(1)])

    assert refusal.value.params == {"scanned": 1, "lot": lot.number, "units": 2}


def test_a_cancelled_open_order_frees_its_units(order, shelf):
    services.cancel_dispatch(order)

    holding = Holding.objects.get(owner=shelf.importer, place="bonded")
    assert (holding.units, holding.reserved_units) == (60, 0)
    assert Reservation.objects.get().state == "released"


def test_a_cancelled_picked_order_returns_units_and_codes_to_the_shelf(order, shelf, coded):
    services.pick(order, [code(1), code(2)])

    services.cancel_dispatch(order)

    holding = Holding.objects.get(owner=shelf.importer, place="bonded")
    assert (holding.units, holding.reserved_units) == (60, 0)
    assert UnitIdentity.objects.filter(state="applied", dispatch_line=None).count() == 5


def test_codes_are_bound_to_a_lot_and_the_log_counts_them(lot, coded):
    assert [(unit.lot_id, unit.state) for unit in coded] == [(lot.pk, "applied")] * 5
    assert Fact.objects.get(name="warehouse.units.commissioned").data == {
        "lot": lot.pk,
        "product": lot.product_id,
        "count": 5,
    }


def test_a_lot_gets_no_more_codes_than_it_has_good_units(lot, coded):
    with pytest.raises(services.MoreCodesThanUnits) as refusal:
        services.commission_units(lot, [code(n) for n in range(100, 196)])

    assert refusal.value.params == {
        "lot": "L-1",
        "units": 100,
        "codes": 5,
        "asked": 96,
        "left": 95,
    }
    assert UnitIdentity.objects.count() == 5


def test_a_unit_recalled_after_packing_does_not_leave(order, shelf, coded):
    services.pick(order, [code(1), code(2)])
    UnitIdentity.objects.filter(pk=coded[1].pk).update(state="recalled")

    with pytest.raises(services.CodeUsed) as refusal:
        services.ship(order)

    assert refusal.value.params == {"unit": coded[1].pk, "state": "recalled"}
    assert places(shelf.importer) == {"bonded": 58, "packed": 2}


def wave(shelf, parcels):
    return [
        services.dispatch(
            shelf.importer,
            f"wave-{n}",
            services.reserve(shelf.importer, shelf.product, 1, f"wave-{n}"),
        )
        for n in range(parcels)
    ]


@pytest.mark.parametrize("parcels", [1, 5])
def test_a_wave_is_picked_and_shipped_at_the_cost_of_one_parcel(
    parcels, shelf, coded, django_assert_max_num_queries
):
    orders = wave(shelf, parcels)
    scans = {order.pk: [code(n)] for n, order in enumerate(orders, start=1)}

    with django_assert_max_num_queries(16):
        services.pick_many(orders, scans)
    with django_assert_max_num_queries(14):
        shipped = services.ship_many(orders)

    assert [order.state for order in shipped] == ["shipped"] * parcels
    assert places(shelf.importer) == {"bonded": 60 - parcels, "consumer": parcels}
    assert UnitIdentity.objects.filter(state="released").count() == parcels


def test_one_code_in_two_parcels_stops_the_whole_wave(shelf, coded):
    first, second = wave(shelf, 2)

    with pytest.raises(services.CodeUsed):
        services.pick_many([first, second], {first.pk: [code(1)], second.pk: [code(1)]})

    assert places(shelf.importer) == {"bonded": 60}


def test_a_wave_with_a_parcel_that_is_not_open_is_not_picked_at_all(order, shelf):
    fresh = wave(shelf, 1)[0]
    services.cancel_dispatch(order)

    with pytest.raises(StepNotAllowed):
        services.pick_many([fresh, order], {})

    assert DispatchOrder.objects.get(pk=fresh.pk).state == "open"


def test_a_reference_that_another_process_dispatched_meanwhile_is_read_again(
    order, shelf, monkeypatch
):
    once = services.dispatching.__dict__["_dispatch_once"]
    tries = []

    def lose_the_first_time(*asked):
        tries.append(asked)
        if len(tries) == 1:
            raise IntegrityError("dispatchorder.reference")
        return once(*asked)

    monkeypatch.setattr(services.dispatching, "_dispatch_once", lose_the_first_time)
    made = list(Reservation.objects.filter(request_key="order-1"))

    assert services.dispatch(shelf.importer, "parcel-1", made) == order
    assert len(tries) == 2
