"""Places, routes and steps of units in the warehouse."""

import pytest

from core.domain.transitions import StepNotAllowed
from warehouse.domain.stock import (
    DISPATCH_STEPS,
    INSIDE,
    ROUTES,
    MovementKind,
    OwnerMayNotChange,
    Place,
    RouteNotAllowed,
    check_route,
)


def test_three_places_are_inside_the_warehouse():
    assert sorted(INSIDE) == [Place.BONDED, Place.PACKED, Place.QUARANTINE]


def test_every_kind_of_movement_has_a_route():
    assert set(ROUTES) == set(MovementKind)


def test_nothing_is_destroyed_but_from_quarantine():
    check_route(MovementKind.DESTROY, Place.QUARANTINE, Place.DESTROYED, owner_changes=False)

    with pytest.raises(RouteNotAllowed) as refusal:
        check_route(MovementKind.DESTROY, Place.BONDED, Place.DESTROYED, owner_changes=False)

    assert refusal.value.params == {
        "kind": MovementKind.DESTROY,
        "from_place": Place.BONDED,
        "to_place": Place.DESTROYED,
    }


def test_packing_never_changes_the_owner():
    with pytest.raises(OwnerMayNotChange):
        check_route(MovementKind.PICK, Place.BONDED, Place.PACKED, owner_changes=True)


def test_an_allocation_always_changes_the_owner():
    with pytest.raises(OwnerMayNotChange):
        check_route(MovementKind.ALLOCATE, Place.BONDED, Place.BONDED, owner_changes=False)


def test_a_shipped_dispatch_is_final():
    with pytest.raises(StepNotAllowed):
        DISPATCH_STEPS.next("shipped", "cancel")
