"""Suppliers acknowledge and announce; orders travel in parts; pages of both sides."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core import tenancy
from core.domain.transitions import StepNotAllowed
from core.links import LinkNotValid
from core.models import Fact
from imports import queries, services
from imports.domain.shipping import ContainerWrong, MoreThanLeft, NothingTravels
from imports.models import (
    ConsignmentCharge,
    ExpectedArrival,
    OrderAmendment,
    OrderAmendmentLine,
    PurchaseOrder,
    ShippingNotice,
)
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march", "tariffs")
READY = date(2026, 4, 1)
LEFT = date(2026, 3, 4)
PDF = b"%PDF-1.7"


@pytest.fixture
def order(pool, importer, stranger, supplier, serum):
    """60 units of one product: 45 of the importer, 15 of another one."""
    factories.load_rates(LEFT, READY)
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=45)
    factories.plan(stranger, serum, m05=15)
    return factories.placed_order(pool)


@pytest.fixture
def line(order):
    return order.lines.get()


def notice_of(order, line, units, **more):
    fields = {
        "departs_on": LEFT, "expected_on": date(2026, 4, 10), "packages": 2,
        "containers": ["CSQU3054383"], **more,
    }  # fmt: skip
    return services.send_notice(order, units={line.pk: units}, **fields)


def test_a_supplier_accepts_an_order_as_placed(order, line):
    made = services.acknowledge(order, ready_on=READY)

    assert (made.version, made.state) == (1, OrderAmendment.State.ACCEPTED)
    assert queries.agreed_units(order) == {line.pk: 60}
    assert Fact.objects.get(name="imports.amendment.accepted").data["ready"] == "2026-04-01"


def test_a_proposal_counts_once_the_operator_accepts_it(order, line):
    made = services.propose(order, ready_on=READY, units={line.pk: 40}, note="short of jars")
    assert queries.agreed_units(order) == {line.pk: 60}

    services.decide(made, accepts=True)

    line.refresh_from_db()
    assert (queries.agreed_units(order), line.units) == ({line.pk: 40}, 60)


def test_a_declined_proposal_changes_nothing_and_another_may_follow(order, line):
    services.decide(services.propose(order, ready_on=READY, units={line.pk: 40}), accepts=False)

    assert queries.agreed_units(order) == {line.pk: 60}
    assert services.propose(order, ready_on=READY, units={line.pk: 50}).version == 2


def test_one_proposal_waits_at_a_time_and_is_decided_once(order, line):
    made = services.propose(order, ready_on=READY, units={line.pk: 40})
    late = OrderAmendment.objects.get()

    with pytest.raises(services.ProposalWaits):
        services.acknowledge(order, ready_on=READY)
    services.decide(made, accepts=False)
    with pytest.raises(StepNotAllowed):
        services.decide(late, accepts=True)
    assert OrderAmendment.objects.get().state == OrderAmendment.State.DECLINED


def test_nobody_proposes_more_than_was_ordered(order, line):
    with pytest.raises(services.MoreThanOrdered):
        services.propose(order, ready_on=READY, units={line.pk: 61})
    assert OrderAmendment.objects.count() == 0


def test_what_a_version_says_is_never_rewritten(order, line):
    services.acknowledge(order, ready_on=READY)

    for rows, changed in (
        (OrderAmendment.objects, {"ready_on": LEFT}),
        (OrderAmendmentLine.objects, {"units": 1}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**changed)
    services.propose(order, ready_on=READY, units={})
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderAmendment.objects.create(
            order=order, version=9, state="proposed", ready_on=READY, made_at=factories.STARTED
        )


def test_an_order_travels_in_parts_and_is_shipped_with_the_last(order, line):
    first = services.ship_order(order, departed_on=LEFT, units={line.pk: 20})
    order.refresh_from_db()
    assert (order.state, queries.unshipped_units(order)) == ("placed", {line.pk: 40})

    services.arrive(first, on=date(2026, 4, 1))
    order.refresh_from_db()
    assert order.state == "placed"
    second = services.ship_order(order, departed_on=READY)
    order.refresh_from_db()
    assert (order.state, second.lines.get().units) == ("shipped", 40)

    services.arrive(second, on=date(2026, 5, 1))
    order.refresh_from_db()
    assert order.state == "arrived"


def test_a_part_carries_its_part_of_the_goods_value(order, line):
    first = services.ship_order(order, departed_on=LEFT, units={line.pk: 20})

    # 20 of 60 units of 10 USD at 7 CNY
    assert first.goods_cny_minor == 1_400_00
    assert ConsignmentCharge.objects.filter(consignment=first).exists()


def test_no_more_travels_than_is_agreed(order, line):
    services.decide(services.propose(order, ready_on=READY, units={line.pk: 40}), accepts=True)

    with pytest.raises(MoreThanLeft):
        services.ship_order(order, departed_on=LEFT, units={line.pk: 41})
    with pytest.raises(NothingTravels):
        services.ship_order(order, departed_on=LEFT, units={line.pk: 0})
    services.ship_order(order, departed_on=LEFT)
    order.refresh_from_db()
    assert (order.state, order.consignments.get().lines.get().units) == ("shipped", 40)


def test_a_notice_becomes_a_consignment_when_it_departs(order, line):
    notice = notice_of(order, line, 20)
    assert queries.unannounced_units(order) == {line.pk: 40}

    consignment = services.ship_notice(notice, departed_on=LEFT)

    assert consignment.lines.get().units == 20
    assert consignment.expectations.get().expected_on == date(2026, 4, 10)
    with pytest.raises(services.NoticeUsed):
        services.ship_notice(notice, departed_on=LEFT)
    assert queries.unannounced_units(order) == {line.pk: 40}


def test_a_notice_that_cannot_be_true_leaves_nothing_behind(order, line):
    with pytest.raises(ContainerWrong):
        notice_of(order, line, 20, containers=["CSQU3054384"])
    with pytest.raises(services.ArrivalBeforeDeparture):
        notice_of(order, line, 20, expected_on=LEFT - timedelta(days=1))
    with pytest.raises(MoreThanLeft):
        notice_of(order, line, 61)
    assert ShippingNotice.objects.count() == 0


def test_an_order_that_left_takes_no_answers(order, line):
    services.ship_order(order, departed_on=LEFT)

    for answer in (
        lambda: services.acknowledge(order, ready_on=READY),
        lambda: services.propose(order, ready_on=READY, units={}),
        lambda: notice_of(order, line, 1),
    ):
        with pytest.raises(services.OrderNotOpen):
            answer()


def test_the_latest_word_on_an_arrival_holds_and_earlier_ones_stay(order, importer):
    consignment = services.ship_order(order, departed_on=LEFT)
    services.expect_arrival(consignment, on=date(2026, 4, 8))
    services.expect_arrival(consignment, on=date(2026, 4, 20), reason="port closed")

    (mine,) = queries.coming_to(importer)
    assert (mine.arrival.units, mine.arrival.expected_on) == (45, date(2026, 4, 20))
    # ordered on 2 March, 30 days of lead time and 35 of transit
    assert mine.arrival.planned_on == date(2026, 5, 6)
    assert ExpectedArrival.objects.count() == 2
    with pytest.raises(services.ArrivalBeforeDeparture):
        services.expect_arrival(consignment, on=LEFT - timedelta(days=1))


def test_an_importer_sees_its_part_of_each_leg_and_only_its_own(order, line, importer, stranger):
    services.ship_order(order, departed_on=LEFT, units={line.pk: 20})

    mine = [one.arrival.units for one in queries.coming_to(importer)]
    theirs = [one.arrival.units for one in queries.coming_to(stranger)]

    assert (mine, theirs) == ([15, 30], [5, 10])
    with tenancy.acting_for(importer):
        assert queries.coming_to(stranger) == []


def test_a_link_opens_its_order_and_no_draft(order):
    token = services.order_address(order).strip("/").split("/")[-1]
    assert services.order_of(token) == order

    PurchaseOrder.objects.update(state="draft", ordered_on=None)
    with pytest.raises(LinkNotValid):
        services.order_of(token)


def test_a_paper_of_an_order_is_kept_once(order):
    first = services.add_paper(order, kind="invoice", content=PDF)

    assert services.add_paper(order, kind="invoice", content=PDF) == first
    with pytest.raises(services.NotAPaper):
        services.add_paper(order, kind="invoice", content=b"MZ")


def test_a_supplier_answers_on_the_page_without_signing_in(order, line):
    guest, address = Client(), services.order_address(order)
    field = f"line{line.pk}"
    page = guest.get(address).content.decode()
    assert "Accept as ordered" in page

    wrong = guest.post(address, {"do": "propose", "ready_on": "", field: 40})
    guest.post(address, {"do": "propose", "ready_on": "2026-04-01", field: 40, "note": "jars"})
    again = guest.post(address, {"do": "accept", "ready_on": "2026-04-01"})

    assert (wrong.status_code, again.status_code) == (422, 422)
    assert "waits for the buyer" in again.content.decode()
    services.decide(OrderAmendment.objects.get(), accepts=True)
    sent = {"do": "notice", "departs_on": "2026-03-04", "expected_on": "2026-04-10",
            "packages": 2, "containers": "CSQU3054384", field: 40}  # fmt: skip
    slip = guest.post(address, sent).content.decode()
    guest.post(address, {**sent, "containers": "CSQU3054383"})

    assert "should end in 3" in slip
    assert "CSQU3054383" in guest.get(address).content.decode()
    assert Fact.objects.get(name="imports.notice.sent").actor == f"party:{order.supplier_id}"


def test_the_operator_decides_ships_and_notes_delays_on_one_page(
    client, operator_user, order, line
):
    client.force_login(operator_user)
    amendment = services.propose(order, ready_on=READY, units={line.pk: 40})
    page = reverse("imports:order-supplier", args=[order.pk])
    assert "Proposal, version 1: decide" in client.get(page).content.decode()

    client.post(reverse("imports:amendment", args=[amendment.pk, "accept"]))
    notice = notice_of(order, line, 40)
    client.post(reverse("imports:notice-ship", args=[notice.pk]), {"on": "2026-03-04"})
    consignment = order.consignments.get()
    client.post(
        reverse("imports:expect", args=[consignment.pk]), {"on": "2026-05-20", "reason": "storm"}
    )
    client.post(reverse("imports:order-paper", args=[order.pk]), {"kind": "bill"})
    shown = client.get(page).content.decode()

    for text in (
        "expected 20 May 2026",
        "storm",
        "CSQU3054383",
        "http://testserver/imports/answer",
    ):
        assert text in shown
    assert client.post(reverse("imports:amendment", args=[amendment.pk, "eat"])).status_code == 404
