"""Taking many orders of one importer: judged one after another, written together.

What comes out is what ``take_order`` makes of the same orders in the same order: the tests hold
the two ways to the same rows, facts and balances. Who takes orders waits for others in one order,
so that nobody waits in a circle: people by id and new ones by digest, orders, payments and
waybills by number, holdings, years and quantities by key, accounts by id.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet

from core import bulk, facts, tenancy, vault
from core.domain.errors import Refusal
from core.models import Party, Person
from customs.models import (
    AnnualUse,
    ConsumerOrder,
    ConsumerOrderLine,
    Declaration,
    DeclarationLine,
    OrderTrace,
    PaymentRecord,
    PersonQuantity,
    Waybill,
)
from customs.services import commitments, guarding, order_rows
from customs.services.grounds import Grounds, grounds_of
from customs.services.intake import OrderIntake, fingerprint
from customs.services.order_rows import Row
from customs.services.standing import (
    Accepted,
    Standing,
    Used,
    buyer_key,
    order_key,
    orders_taken,
    standing_of,
)
from customs.services.taking import MOST_ATTEMPTS, take_order, taken_fact
from warehouse import services as warehouse

M = TypeVar("M", bound=models.Model)
K = TypeVar("K")

AT_ONCE = 100
"""Orders that one transaction takes; it is over before others mind."""


@dataclass(frozen=True)
class Outcome:
    """What became of one of several orders: taken, now or before, or refused."""

    order_no: str
    order: ConsumerOrder | None = None
    refusal: Refusal | None = None


class _OneByOne(Exception):
    """Raised inside when something stands in the way that only the plain way clears."""


def take_orders(importer: Party, intakes: Sequence[OrderIntake]) -> list[Outcome]:
    """Take orders as ``take_order`` would, one after another; what is refused stops no other.

    Some 50 queries for each ``AT_ONCE`` orders, which are taken in a transaction of their own. One
    that meets others at the same order, person or lot starts over, a bounded number of times;
    after that each order is taken by itself.
    """
    return [
        outcome
        for start in range(0, len(intakes), AT_ONCE)
        for outcome in _take_some(importer, intakes[start : start + AT_ONCE])
    ]


def _take_some(importer: Party, intakes: Sequence[OrderIntake]) -> list[Outcome]:
    if len(intakes) == 1:
        return [_take_alone(importer, intakes[0])]
    prints = [fingerprint(importer, intake) for intake in intakes]
    try:
        for _ in range(MOST_ATTEMPTS):
            with suppress(IntegrityError, warehouse.TakenMeanwhile):
                return _take_at_once(importer, intakes, prints)
    except (_OneByOne, Refusal):
        pass
    return [_take_alone(importer, intake) for intake in intakes]


def _take_alone(importer: Party, intake: OrderIntake) -> Outcome:
    try:
        return Outcome(intake.order_no, take_order(importer, intake))
    except Refusal as refusal:
        return Outcome(intake.order_no, refusal=refusal)


@transaction.atomic
def _take_at_once(
    importer: Party, intakes: Sequence[OrderIntake], prints: Sequence[bytes]
) -> list[Outcome]:
    """All orders of one transaction.

    Raises:
        IntegrityError, TakenMeanwhile: others came first; nothing was taken.
        Refusal: what stops every order, such as a closed month; nothing was taken.
    """
    with tenancy.acting_for(importer):
        grounds = grounds_of(intakes)
        standing = standing_of(importer, intakes, grounds)
        earlier = set(standing.taken)
        decided = list(map(_decide(standing), intakes, prints, grounds))
        if standing.short and warehouse.has_expired(importer, standing.short):
            raise _OneByOne
        accepted = [each for each in decided if isinstance(each, Accepted)]
        made = _write(importer, accepted, standing) if accepted else []
    orders = {order_key(each.intake): order for each, order in zip(accepted, made, strict=True)}
    again = [intake for intake in intakes if order_key(intake) in earlier]
    if again:
        found = orders_taken(again)
        orders |= {(order.platform_id, order.order_no): order for order in found}
    return [_outcome(*each, orders) for each in zip(intakes, decided, strict=True)]


Decision = Accepted | Refusal | None
"""That an order is to be taken, or why not; None for one that was taken before."""


def _decide(standing: Standing) -> Callable[[OrderIntake, bytes, Grounds], Decision]:
    def decide(intake: OrderIntake, print_of_it: bytes, grounds: Grounds) -> Decision:
        try:
            if standing.is_taken(intake, print_of_it):
                return None
            return standing.accept(intake, print_of_it, grounds)
        except Refusal as refusal:
            return refusal

    return decide


def _outcome(
    intake: OrderIntake, decided: Decision, orders: dict[tuple[int, str], ConsumerOrder]
) -> Outcome:
    if isinstance(decided, Refusal):
        return Outcome(intake.order_no, refusal=decided)
    return Outcome(intake.order_no, orders[order_key(intake)])


def _write(
    importer: Party, accepted: Sequence[Accepted], standing: Standing
) -> list[ConsumerOrder]:
    """The rows of orders in the phases in which ``take_order`` writes those of one."""
    intakes = [each.intake for each in accepted]
    people = vault.keep_many(order_rows.people_of(intakes))
    buyers, consignees = people[::2], people[1::2]
    orders = _write_orders(importer, accepted, buyers)
    _write_papers(orders, intakes, consignees)
    declarations = _write_declarations(importer, orders, accepted)
    _reserve(importer, declarations, accepted)
    by_key = dict(zip(map(buyer_key, intakes), buyers, strict=True))
    _use_years(standing, by_key)
    _use_quantities(standing, by_key)
    commitments.hold_taxes_in_trust(orders)
    traced = zip(orders, intakes, declarations, strict=True)
    rows = [guarding.trace_row(order, intake.parcel, made) for order, intake, made in traced]
    _create(OrderTrace, rows)
    facts.append_many(list(map(taken_fact, orders, declarations)))
    return orders


def _write_orders(
    importer: Party, accepted: Sequence[Accepted], buyers: Sequence[Person]
) -> list[ConsumerOrder]:
    rows = [
        order_rows.order_row(importer, each.intake, buyer.pk, each.print_of_it)
        for each, buyer in zip(accepted, buyers, strict=True)
    ]
    orders = _create(ConsumerOrder, rows, "platform_id", "order_no")
    for order, each, buyer in zip(orders, accepted, buyers, strict=True):
        order.importer, order.pool, order.platform = (
            importer,
            each.intake.pool,
            each.intake.platform,
        )
        order.buyer = buyer
    return orders


def _write_papers(
    orders: Sequence[ConsumerOrder],
    intakes: Sequence[OrderIntake],
    consignees: Sequence[Person],
) -> None:
    both = list(zip(orders, intakes, strict=True))
    lines = [row for order, intake in both for row in order_rows.line_rows(order.pk, intake)]
    _create(ConsumerOrderLine, lines)
    payments = [order_rows.payment_row(order.pk, intake, order.buyer_id) for order, intake in both]
    _create(PaymentRecord, payments, "company_id", "transaction_no")
    waybills = [
        order_rows.waybill_row(order.pk, intake, consignee.pk)
        for (order, intake), consignee in zip(both, consignees, strict=True)
    ]
    _create(Waybill, waybills, "carrier_id", "waybill_no")


def _write_declarations(
    importer: Party, orders: Sequence[ConsumerOrder], accepted: Sequence[Accepted]
) -> list[Declaration]:
    rows = [
        order_rows.declaration_row(order.pk, importer, each.assessment)
        for order, each in zip(orders, accepted, strict=True)
    ]
    declarations = _create(Declaration, rows)
    lines = [
        row
        for made, each in zip(declarations, accepted, strict=True)
        for row in order_rows.declared_rows(made.pk, each.intake, each.grounds, each.assessment)
    ]
    _create(DeclarationLine, lines)
    return declarations


def _reserve(
    importer: Party, declarations: Sequence[Declaration], accepted: Sequence[Accepted]
) -> None:
    requests = [
        (commitments.request_key(declaration, number), picks)
        for declaration, each in zip(declarations, accepted, strict=True)
        for number, picks in each.picks.items()
    ]
    warehouse.reserve_picked(importer, requests, expires_at=commitments.held_until())


def _use_years(standing: Standing, people: Mapping[bytes, Person]) -> None:
    """Write what orders use of their buyers' years.

    Raises:
        IntegrityError: somebody used more of one meanwhile.
    """
    names = ("used_minor", "limit_minor")
    kept = {(people[who].pk, year): used for (who, year), used in _moved(standing.years)}
    new = [
        {"person_id": person, "year": year, "used_minor": used.total, "limit_minor": used.most}
        for (person, year), used in kept.items()
        if used.row is None
    ]
    _create(AnnualUse, new)
    locked = AnnualUse.objects.order_by("person_id", "year")
    bulk.update(AnnualUse, names, _moved_on(locked, names, kept.values()))


def _use_quantities(standing: Standing, people: Mapping[bytes, Person]) -> None:
    """The same of what the list allows a person of its goods in a year."""
    names = ("used", "most")
    kept = {
        (people[who].pk, year, hs): used for (who, year, hs), used in _moved(standing.quantities)
    }
    new = [
        {
            "person_id": person,
            "year": year,
            "hs": hs,
            "used": used.total,
            "most": used.most,
            "is_by_weight": used.is_by_weight,
        }
        for (person, year, hs), used in kept.items()
        if used.row is None
    ]
    _create(PersonQuantity, new)
    locked = PersonQuantity.objects.order_by("person_id", "year", "hs")
    bulk.update(PersonQuantity, names, _moved_on(locked, names, kept.values()))


def _moved(kept: Mapping[K, Used]) -> Iterator[tuple[K, Used]]:
    """Those that orders use."""
    return ((key, used) for key, used in kept.items() if used.more is not None)


def _moved_on(
    rows: QuerySet[Any], names: tuple[str, str], kept: Iterable[Used]
) -> list[tuple[int, int, int]]:
    """Id, use and limit of rows with what orders use more; locked in the order of ``rows``.

    Raises:
        IntegrityError: more is used of one than when the orders were judged.
    """
    wanted = {used.row: used for used in kept if used.row is not None}
    if not wanted:
        return []
    locked = rows.filter(pk__in=wanted).select_for_update(no_key=True)
    found = []
    for pk, spent, most in locked.values_list("pk", *names):
        used = wanted[pk]
        if spent > used.used:
            raise IntegrityError(f"more is used of {rows.model.__name__} {pk} than was seen")
        found.append((pk, spent + (used.more or 0), max(most, used.most)))
    return found


def _create(model: type[M], rows: Sequence[Row], *written_by: str) -> list[M]:
    if not rows:
        return []
    names = tuple(rows[0])
    by = itemgetter(*map(names.index, written_by)) if written_by else None
    return bulk.create(model, names, [tuple(row.values()) for row in rows], written_by=by)


def objections(importer: Party, intakes: Sequence[OrderIntake]) -> list[list[Refusal]]:
    """Everything that speaks against taking each order now; nothing is written.

    Stock and years are looked at as they are: orders that wait to be taken are not counted.
    """
    with transaction.atomic(), tenancy.acting_for(importer):
        grounds = grounds_of(intakes)
        standing = standing_of(importer, intakes, grounds)
    return [
        _objections(standing, intake, fingerprint(importer, intake), each)
        for intake, each in zip(intakes, grounds, strict=True)
    ]


def _objections(
    standing: Standing, intake: OrderIntake, print_of_it: bytes, grounds: Grounds
) -> list[Refusal]:
    try:
        if standing.is_taken(intake, print_of_it):
            return []
    except Refusal as taken_otherwise:
        return [taken_otherwise]
    broken: list[Refusal] = list(grounds.breaches())
    if broken:
        return broken
    try:
        standing.judge(intake, grounds)
    except Refusal as refusal:
        broken = [refusal]
    return [*broken, *standing.shortages(intake)]
