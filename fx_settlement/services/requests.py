"""What importers are asked to pay in, what arrived of it, and what follows when it is late."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from core import clock, facts, jobs, numbering
from core.domain.errors import Refusal
from core.models import Party, Pool
from fx_settlement import notices
from fx_settlement.models import FundingRequest, LateCharge, SettlementBatch
from fx_settlement.services import tiers
from fx_settlement.services.funding import fund
from fx_settlement.services.late_dues import collect

OPEN = FundingRequest.State.OPEN
MARK_LATE = "fx.mark_late"
REMIND_BEFORE = timedelta(days=3)
jobs.daily.append(MARK_LATE)


class NotOpenAnyMore(Refusal):
    """Raised when a request for money is changed that is paid or cancelled."""

    code = "funding-request-not-open"
    reason = "Request {number} is not open any more."
    remedy = "Look at what became of it; ask anew if money is still needed."


@transaction.atomic
def ask_for(
    importer_id: int, pool: Pool, kind: FundingRequest.Kind, amount_minor: int, *, due_on: date
) -> FundingRequest:
    """Ask an importer for money under a reference of its own; fen, due on a day."""
    return _ask(pool, kind, {importer_id: amount_minor}, due_on=due_on)[0]


def _ask(
    pool: Pool,
    kind: FundingRequest.Kind,
    wanted: Mapping[int, int],
    *,
    due_on: date,
    batch: SettlementBatch | None = None,
    late_charge: LateCharge | None = None,
) -> list[FundingRequest]:
    """One request for each importer; five queries, however many."""
    numbers = numbering.next_numbers("FR", clock.today().year, len(wanted)) if wanted else []
    made: list[FundingRequest] = FundingRequest.objects.bulk_create(
        FundingRequest(
            importer_id=importer_id,
            pool=pool,
            number=number,
            kind=kind,
            batch=batch,
            late_charge=late_charge,
            amount_minor=minor,
            due_on=due_on,
            asked_at=clock.now(),
        )
        for number, (importer_id, minor) in zip(numbers, sorted(wanted.items()), strict=True)
    )
    facts.append_many([_request(each) for each in made])
    return made


def _request(made: FundingRequest) -> tuple[str, str, dict[str, object]]:
    data = _about(made) | {
        "kind": made.kind,
        "amount_minor": made.amount_minor,
        "due_on": made.due_on.isoformat(),
    }
    return ("fx.funding.requested", f"importer:{made.importer_id}", data)


@transaction.atomic
def ask_for_batch(
    batch: SettlementBatch, missing: Mapping[int, int], *, due_on: date
) -> dict[int, FundingRequest]:
    """One open request for each importer whose deposit for a batch is short, by importer.

    Asked again with another amount, the open request asks for what is missing now; where nothing
    is missing any more it is cancelled.
    """
    standing = FundingRequest.objects.filter(batch=batch)
    known, fresh = _ask_anew(standing, missing)
    made = _ask(batch.pool, FundingRequest.Kind.GOODS, fresh, due_on=due_on, batch=batch)
    return known | {each.importer_id: each for each in made}


@transaction.atomic
def ask_for_late_charge(
    late: LateCharge, missing: Mapping[int, int], *, due_on: date
) -> dict[int, FundingRequest]:
    """One open request for each importer whose account lacks its share of a late charge.

    Asked again, what is asked for is what is missing now.
    """
    known, fresh = _ask_anew(FundingRequest.objects.filter(late_charge=late), missing)
    kind = FundingRequest.Kind.CHARGES
    made = _ask(late.pool, kind, fresh, due_on=due_on, late_charge=late)
    return known | {each.importer_id: each for each in made}


def _ask_anew(
    asked: "QuerySet[FundingRequest]", missing: Mapping[int, int]
) -> tuple[dict[int, FundingRequest], dict[int, int]]:
    """Open requests by importer, now for what is missing; and what nobody was asked for yet."""
    known = {request.importer_id: request for request in asked.filter(state=OPEN).order_by("pk")}
    _cancel([known.pop(importer_id) for importer_id in sorted(known.keys() - missing.keys())])
    changed = [each for who, each in known.items() if each.missing_minor != missing[who]]
    for request in changed:
        request.amount_minor = request.paid_minor + missing[request.importer_id]
    FundingRequest.objects.bulk_update(changed, ["amount_minor"])
    return known, {who: minor for who, minor in missing.items() if who not in known}


def release_requests(batch: SettlementBatch) -> None:
    """A batch is locked or given up: nothing is asked for it any more."""
    _cancel(list(FundingRequest.objects.filter(batch=batch, state=OPEN).order_by("pk")))


@transaction.atomic
def receive(
    request: FundingRequest, amount_minor: int, *, reference: str, on: date | None = None
) -> FundingRequest:
    """Credit what arrived for a request, once per reference; part of it leaves the rest open.

    What is above the request stays on the importer's account.

    Raises:
        NotOpenAnyMore: it was cancelled.
    """
    request.refresh_from_db(from_queryset=FundingRequest.objects.select_for_update())
    if request.state == FundingRequest.State.CANCELLED:
        raise NotOpenAnyMore(number=request.number)
    importer = Party.objects.get(pk=request.importer_id)
    fund(importer, request.pool, amount_minor, reference=reference, on=on)
    paid = request.paid_minor + amount_minor
    is_whole = paid >= request.amount_minor
    state = FundingRequest.State.PAID if is_whole else OPEN
    FundingRequest.objects.filter(pk=request.pk).update(paid_minor=paid, state=state)
    request.refresh_from_db()
    if request.late_charge is not None:
        collect(request.late_charge, [importer.pk])
    data = _about(request) | {"amount_minor": amount_minor}
    facts.append("fx.funding.received", subject=f"importer:{importer.pk}", data=data)
    if is_whole and request.batch_id is not None:
        notices.settle_shortfall(request.batch_id, request.importer_id)
    if is_whole:
        notices.settle_reminders([request])
    if is_whole and request.late_since is not None:
        _say_if_caught_up(request)
    if request.kind == FundingRequest.Kind.DEPOSIT:
        tiers.review_deposit(request)
    return request


@transaction.atomic
def cancel(request: FundingRequest) -> FundingRequest:
    """Ask no longer. What arrived stays on the importer's account.

    Raises:
        NotOpenAnyMore: it is paid.
    """
    request.refresh_from_db(from_queryset=FundingRequest.objects.select_for_update())
    if request.state == FundingRequest.State.PAID:
        raise NotOpenAnyMore(number=request.number)
    if request.state == OPEN:
        _cancel([request])
        request.refresh_from_db()
    return request


def _cancel(requests: list[FundingRequest]) -> None:
    open_ones = FundingRequest.objects.filter(pk__in=[each.pk for each in requests], state=OPEN)
    open_ones.update(state=FundingRequest.State.CANCELLED)
    facts.append_many(
        [
            ("fx.funding.cancelled", f"importer:{each.importer_id}", _about(each))
            for each in requests
        ]
    )
    notices.settle_reminders(requests)
    for each in requests:
        if each.late_since is not None:
            _say_if_caught_up(each)


@transaction.atomic
def mark_late() -> list[FundingRequest]:
    """Note every open request whose day has passed, once; the fact log tells other stages.

    What follows reads ``fx.funding.late`` until ``fx.funding.caught_up``: units are held. Limits
    fall in the same transaction. Who must pay soon, or is late, is reminded.
    """
    today = clock.today()
    due = FundingRequest.objects.filter(state=OPEN, due_on__lt=today, late_since__isnull=True)
    late = list(due.order_by("pk"))
    due.filter(pk__in=[request.pk for request in late]).update(late_since=today)
    facts.append_many([_lateness(request) for request in late])
    tiers.review_late(late)
    soon = Q(due_on__range=(today, today + REMIND_BEFORE)) | Q(late_since__isnull=False)
    waiting = FundingRequest.objects.filter(soon, state=OPEN)
    notices.remind(waiting.order_by("pk"), today)
    return late


def _lateness(request: FundingRequest) -> tuple[str, str, dict[str, object]]:
    data = _about(request) | {
        "number": request.number,
        "missing_minor": request.missing_minor,
        "due_on": request.due_on.isoformat(),
    }
    return ("fx.funding.late", f"importer:{request.importer_id}", data)


def _say_if_caught_up(request: FundingRequest) -> None:
    """Once no late request of an importer is open any more, what followed ends."""
    if request.importer_id in in_arrears(request.pool, [request.importer_id]):
        return
    data = {"importer": request.importer_id, "pool": request.pool_id}
    facts.append("fx.funding.caught_up", subject=f"importer:{request.importer_id}", data=data)
    tiers.review_caught_up(request)


def in_arrears(pool: Pool, importer_ids: Iterable[int] | None = None) -> dict[int, int]:
    """Importers who are late with money they were asked for, and how much is missing in fen."""
    rows = FundingRequest.objects.filter(Q(state=OPEN), pool=pool, late_since__isnull=False)
    if importer_ids is not None:
        rows = rows.filter(importer_id__in=list(importer_ids))
    found: dict[int, int] = {}
    for importer, minor in rows.values_list("importer_id", F("amount_minor") - F("paid_minor")):
        found[importer] = found.get(importer, 0) + minor
    return found


def _about(request: FundingRequest) -> dict[str, object]:
    return {
        "request": request.pk,
        "importer": request.importer_id,
        "pool": request.pool_id,
    }
