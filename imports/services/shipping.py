"""Suppliers acknowledge orders and announce dispatches by signed link; parts of an order travel."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.db.models import Max

from core import clock, facts, numbering
from core.domain.errors import Refusal
from imports import queries
from imports.domain.shipping import container_number, refuse_more_than_left
from imports.domain.steps import AMENDMENT_STEPS
from imports.models import (
    Consignment,
    ExpectedArrival,
    NoticeContainer,
    OrderAmendment,
    OrderAmendmentLine,
    PurchaseOrder,
    ShippingNotice,
    ShippingNoticeLine,
    ShippingPaper,
)
from imports.services.consignments import ship_order
from imports.services.supply import keep_paper

State = OrderAmendment.State


MOST_PAPERS = 60
"""How many papers an order may have: whoever holds a supplier's link may send some."""


class OrderNotOpen(Refusal):
    """Raised when an order is not placed yet, or has left already."""

    code = "order-not-open"
    reason = "Order {number} is not waiting for the supplier: its state is “{state}”."
    remedy = "Write to the buyer about this order."


class ProposalWaits(Refusal):
    """Raised when a proposal waits for the operator already."""

    code = "proposal-waits"
    reason = "Version {version} of this order waits for the buyer's decision."
    remedy = "Wait for the decision, then propose again."


class MoreThanOrdered(Refusal):
    """Raised when a supplier proposes more units than were ordered."""

    code = "more-than-ordered"
    reason = "{units} units are proposed of {sku}; {ordered} were ordered."
    remedy = "Propose {ordered} or fewer; nobody has paid for more."


class ArrivalBeforeDeparture(Refusal):
    """Raised when a notice expects the arrival before the departure."""

    code = "arrival-before-departure"
    reason = "The notice departs on {departs_on} and cannot be expected on {expected_on}."
    remedy = "Correct one of the two days."


class TooManyPapers(Refusal):
    """Raised when an order already has as many papers as are kept of one."""

    code = "too-many-papers"
    reason = "Order {number} has {most} papers, as many as are kept of one order."
    remedy = "Join what is left into one PDF, or write to the buyer."


class NoticeUsed(Refusal):
    """Raised when a notice has become a consignment already."""

    code = "notice-used"
    reason = "Notice {number} has departed already."
    remedy = "Look at the order's consignments."


@transaction.atomic
def acknowledge(order: PurchaseOrder, *, ready_on: date) -> OrderAmendment:
    """The supplier accepts an order as placed, ready on a day; it needs no decision.

    Raises:
        OrderNotOpen, ProposalWaits: nothing was written.
    """
    _open(order)
    return _amend(order, ready_on=ready_on, note="", units={}, state=State.ACCEPTED)


@transaction.atomic
def propose(
    order: PurchaseOrder, *, ready_on: date, units: Mapping[int, int], note: str = ""
) -> OrderAmendment:
    """The supplier proposes another day or fewer units, by order line; the operator decides.

    Raises:
        OrderNotOpen, ProposalWaits, MoreThanOrdered: nothing was written.
    """
    _open(order)
    for line in order.lines.select_related("product").filter(pk__in=units).order_by("pk"):
        if units[line.pk] > line.units:
            raise MoreThanOrdered(units=units[line.pk], sku=line.product.sku, ordered=line.units)
    return _amend(order, ready_on=ready_on, note=note, units=units, state=State.PROPOSED)


def _open(order: PurchaseOrder) -> None:
    """Lock an order that waits for its supplier."""
    locked = PurchaseOrder.objects.select_for_update().get(pk=order.pk)
    if locked.state != PurchaseOrder.State.PLACED:
        raise OrderNotOpen(number=locked.number, state=locked.state)
    waiting = OrderAmendment.objects.filter(order=order, state=State.PROPOSED).first()
    if waiting is not None:
        raise ProposalWaits(version=waiting.version)


def _amend(
    order: PurchaseOrder, *, ready_on: date, note: str, units: Mapping[int, int], state: str
) -> OrderAmendment:
    agreed = queries.agreed_units(order)
    rows = OrderAmendment.objects.filter(order=order)
    latest = rows.aggregate(latest=Max("version"))["latest"] or 0
    made = OrderAmendment.objects.create(
        order=order,
        version=latest + 1,
        state=state,
        ready_on=ready_on,
        note=note[:500],
        made_at=clock.now(),
        decided_at=clock.now() if state == State.ACCEPTED else None,
    )
    OrderAmendmentLine.objects.bulk_create(
        OrderAmendmentLine(amendment=made, order_line_id=line, units=units.get(line, before))
        for line, before in agreed.items()
    )
    _note(made, "proposed" if state == State.PROPOSED else "accepted")
    return made


@transaction.atomic
def decide(amendment: OrderAmendment, *, accepts: bool) -> OrderAmendment:
    """The operator accepts or declines a proposal.

    Raises:
        StepNotAllowed: it was decided before; nothing changed.
    """
    state = AMENDMENT_STEPS.next(amendment.state, "accept" if accepts else "decline")
    rows = OrderAmendment.objects.filter(pk=amendment.pk, state=amendment.state)
    if not rows.update(state=state, decided_at=clock.now()):
        amendment.refresh_from_db()
        AMENDMENT_STEPS.next(amendment.state, "accept")
    amendment.refresh_from_db()
    _note(amendment, state)
    return amendment


def _note(amendment: OrderAmendment, what: str) -> None:
    data = {
        "amendment": amendment.pk,
        "order": amendment.order_id,
        "version": amendment.version,
        "ready": amendment.ready_on.isoformat(),
    }
    facts.append(f"imports.amendment.{what}", subject=f"order:{amendment.order_id}", data=data)


@transaction.atomic
def send_notice(
    order: PurchaseOrder,
    *,
    units: Mapping[int, int],
    departs_on: date,
    expected_on: date,
    packages: int,
    reference: str = "",
    containers: Iterable[str] = (),
) -> ShippingNotice:
    """The supplier announces what leaves: units by order line, containers, days.

    Raises:
        OrderNotOpen, ProposalWaits, NothingTravels, MoreThanLeft, ContainerShape, ContainerWrong,
        ArrivalBeforeDeparture: nothing was written.
    """
    _open(order)
    if expected_on < departs_on:
        raise ArrivalBeforeDeparture(departs_on=departs_on, expected_on=expected_on)
    numbers = [container_number(number) for number in containers]
    refuse_more_than_left(units, queries.unannounced_units(order), queries.skus_of(order))
    made = ShippingNotice.objects.create(
        order=order,
        number=numbering.next_number("SN", clock.today().year),
        departs_on=departs_on,
        expected_on=expected_on,
        packages=packages,
        reference=reference,
        made_at=clock.now(),
    )
    ShippingNoticeLine.objects.bulk_create(
        ShippingNoticeLine(notice=made, order_line_id=line, units=count)
        for line, count in sorted(units.items())
        if count
    )
    NoticeContainer.objects.bulk_create(
        NoticeContainer(notice=made, number=number) for number in dict.fromkeys(numbers)
    )
    data = {"notice": made.pk, "order": order.pk, "containers": len(numbers)}
    facts.append("imports.notice.sent", subject=f"order:{order.pk}", data=data)
    return made


@transaction.atomic
def ship_notice(notice: ShippingNotice, *, departed_on: date) -> Consignment:
    """Record that what a notice announced departed: it becomes a consignment of its own.

    Raises:
        NoticeUsed, StepNotAllowed, NoLane, RateTooOld, TariffMissing: nothing was recorded.
    """
    locked = ShippingNotice.objects.select_for_update().select_related("order").get(pk=notice.pk)
    if locked.consignment_id is not None:
        raise NoticeUsed(number=locked.number)
    units = dict(locked.lines.values_list("order_line_id", "units"))
    consignment = ship_order(locked.order, departed_on=departed_on, units=units)
    ShippingNotice.objects.filter(pk=locked.pk).update(consignment=consignment)
    expect_arrival(consignment, on=max(locked.expected_on, departed_on))
    return consignment


@transaction.atomic
def expect_arrival(consignment: Consignment, *, on: date, reason: str = "") -> ExpectedArrival:
    """Note when a consignment is expected; the latest word holds, earlier ones stay on record.

    Raises:
        ArrivalBeforeDeparture: nothing was noted.
    """
    if on < consignment.departed_on:
        raise ArrivalBeforeDeparture(departs_on=consignment.departed_on, expected_on=on)
    made = ExpectedArrival.objects.create(
        consignment=consignment, expected_on=on, reason=reason[:200], noted_at=clock.now()
    )
    data = {"consignment": consignment.pk, "expected": on.isoformat()}
    facts.append("imports.consignment.expected", subject=f"consignment:{consignment.pk}", data=data)
    return made


@transaction.atomic
def add_paper(order: PurchaseOrder, *, kind: str, content: bytes) -> ShippingPaper:
    """Keep a paper of an order; the same paper again returns what is there.

    Raises:
        NotAPaper, TooManyPapers: nothing was kept.
    """
    if order.papers.count() >= MOST_PAPERS:
        raise TooManyPapers(most=MOST_PAPERS, number=order.number)
    document = keep_paper(content, key=f"imports.order:{order.pk}")
    paper, is_new = ShippingPaper.objects.get_or_create(
        order=order, kind=kind, document=document, defaults={"added_at": clock.now()}
    )
    if is_new:
        data = {"paper": paper.pk, "document": document.pk, "kind": kind}
        facts.append("imports.paper.added", subject=f"order:{order.pk}", data=data)
    return paper


def note_paper_read(paper: ShippingPaper) -> None:
    """Record that the one who acts took a paper of an order."""
    data = {"paper": paper.pk, "document": paper.document_id}
    facts.append("imports.paper.read", subject=f"order:{paper.order_id}", data=data)
