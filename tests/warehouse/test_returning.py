"""What a consumer sends back enters the zone again: counted, inspected, relabelled or put aside."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock, invariants, ledger
from core.domain.transitions import StepNotAllowed
from core.ledger import Overdrawn
from tests.warehouse.conftest import ARRIVED
from tests.warehouse.test_dispatching import code
from tests.warehouse.test_transferring import pay_in, purse
from warehouse import services
from warehouse.domain.returning import (
    DoesNotSell,
    MoreReturnedThanSent,
    NotSentYet,
    ReturnedAs,
    TooLateToApply,
)
from warehouse.models import (
    BookItem,
    DispatchLine,
    Holding,
    Lot,
    ReturnCase,
    UnitIdentity,
)
from warehouse.services import returning
from warehouse.services.returning import Inspection


@pytest.fixture
def codes(shelf):
    made = [code(n) for n in range(1, 5)]
    services.commission_units(Lot.objects.get(), made)
    return made


@pytest.fixture
def line(shelf, codes):
    held = services.reserve(shelf.importer, shelf.product, 4, "order")
    order = services.dispatch(shelf.importer, "parcel-1", held)
    services.book_expect_out(shelf.product, 4, "parcel-1")
    services.book_actual_out(shelf.product, 4, "parcel-1")
    services.pick(order, codes)
    services.ship(order)
    return DispatchLine.objects.get()


@pytest.fixture
def case(line):
    return returning.announce_return(line, 2, request_key="back-1")


def places(shelf):
    rows = Holding.objects.filter(owner=shelf.importer).exclude(units=0)
    return dict(rows.values_list("place", "units"))


def nothing_is_broken():
    return [law.name for law in invariants.check_all(only="warehouse.") if not law.holds] == []


def test_two_units_come_back_are_relabelled_and_sell_again(case, shelf, codes):
    pay_in(shelf.importer, shelf.pool, 500)
    arrived = returning.receive_back(case, codes[:2])
    assert nothing_is_broken()
    returning.approve_return(case)
    assert nothing_is_broken()

    found = Inspection(
        ReturnedAs.SEALED, restock=True, fee_minor=300, new_codes=[code(91), code(92)]
    )
    done = returning.inspect(case, found)

    assert (arrived.voided_codes, done.state) == (2, "restocked")
    assert places(shelf) == {"bonded": 58, "consumer": 2}
    states = sorted(UnitIdentity.objects.values_list("state", flat=True))
    assert states == ["applied", "applied", "released", "released", "void", "void"]
    item = BookItem.objects.get()
    assert (item.actual_in, item.actual_out) == (102, 4)
    assert ledger.balance(purse(shelf.importer, shelf.pool)) == 200
    assert nothing_is_broken()


def test_every_step_twice_is_one_step(case, shelf, codes):
    for _ in range(2):
        returning.receive_back(case, codes[:2])
        returning.approve_return(case)
    for _ in range(2):
        returning.inspect(case, Inspection(ReturnedAs.SEALED, restock=True))

    assert places(shelf) == {"bonded": 58, "consumer": 2}
    assert BookItem.objects.get().actual_in == 102


def test_opened_goods_wait_in_quarantine(case, shelf):
    returning.receive_back(case)
    with pytest.raises(DoesNotSell):
        returning.inspect(case, Inspection(ReturnedAs.OPENED, restock=True))

    returning.inspect(case, Inspection(ReturnedAs.OPENED, restock=False))

    assert places(shelf) == {"bonded": 56, "consumer": 2, "quarantine": 2}
    assert nothing_is_broken()


def test_recalled_goods_do_not_go_back_on_the_shelves(case):
    services.block_units(UnitIdentity.objects.values_list("pk")[:1])
    returning.receive_back(case)

    with pytest.raises(DoesNotSell):
        returning.inspect(case, Inspection(ReturnedAs.SEALED, restock=True))


def test_without_the_fee_nothing_is_decided(case, shelf):
    returning.receive_back(case)

    with pytest.raises(Overdrawn):
        returning.inspect(case, Inspection(ReturnedAs.SEALED, restock=True, fee_minor=300))

    assert places(shelf)["quarantine"] == 2
    assert ReturnCase.objects.get().state == "arrived"


def test_no_more_comes_back_than_was_sent(case, line):
    with pytest.raises(MoreReturnedThanSent) as refusal:
        returning.announce_return(line, 3, request_key="back-2")

    assert refusal.value.params == {"sent": 4, "returned": 2, "left": 2}


def test_what_has_not_left_cannot_come_back(shelf):
    held = services.reserve(shelf.importer, shelf.product, 1, "order")
    services.dispatch(shelf.importer, "parcel-2", held)

    with pytest.raises(NotSentYet):
        returning.announce_return(DispatchLine.objects.get(), 1, request_key="back-3")


def test_after_thirty_days_no_return_is_announced(line):
    with clock.at(ARRIVED + timedelta(days=31)), pytest.raises(TooLateToApply):
        returning.announce_return(line, 1, request_key="back-4")


def test_what_does_not_come_may_be_announced_again(case, line):
    returning.cancel_return(case)

    assert returning.announce_return(line, 4, request_key="back-5").units == 4
    with pytest.raises(StepNotAllowed):
        returning.receive_back(case)


def test_the_operator_leads_a_return_on_its_page(client, line, codes, operator_user):
    client.force_login(operator_user)
    page = reverse("warehouse:returns")
    sent = {"parcel": line.order.number, "lot": "L-1", "units": 1, "request_key": "k"}
    client.post(page, sent)
    client.post(page, sent)
    step = reverse("warehouse:return-step", args=[ReturnCase.objects.get().pk])

    with clock.at(ARRIVED + timedelta(days=40)):
        assert "less than a week" in client.get(page).text
        client.post(step, {"step": "arrive", "scans": ""})
        client.post(step, {"step": "approve"})
        client.post(step, {"step": "inspect", "condition": "sealed"})

    row = client.get(page).context["rows"][0]
    assert (row.state, row.is_approved) == ("restocked", True)
    assert nothing_is_broken()


def test_the_fee_of_a_return_is_written_at_its_inspection(
    client, operator_user, shelf, case, codes
):
    pay_in(shelf.importer, shelf.pool, 10_00)
    returning.receive_back(case, codes[:2])
    client.force_login(operator_user)
    address = reverse("warehouse:return-step", args=[case.pk])
    told = {"step": "inspect", "condition": "opened"}

    assert client.post(address, {**told, "fee": "three"}).status_code == 422
    assert client.post(address, {**told, "fee": "-1"}).status_code == 422
    client.post(address, {**told, "fee": "3.50"})

    case.refresh_from_db()
    assert (case.fee_minor, ledger.balance(purse(shelf.importer, shelf.pool))) == (3_50, 6_50)
    assert "3.50" in client.get(reverse("warehouse:returns")).text
