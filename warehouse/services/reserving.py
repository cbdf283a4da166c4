"""Reservations: units promised to a request, first to expire first, never twice."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet

from core import bulk, clock
from core.domain.errors import Refusal
from core.domain.transitions import StepNotAllowed
from core.models import Party
from imports.models import Product
from warehouse.domain.fefo import LotOnHand, NotEnoughStock, Pick, pick_first_expiring
from warehouse.domain.liens import UnderLien
from warehouse.domain.stock import DISPATCH_STEPS, RESERVATION_STEPS, Place
from warehouse.models import Holding, Reservation
from warehouse.services import moving, rules

HELD_FOR = timedelta(days=3)
"""How long a reservation stands when the request names no end."""

MOST_ATTEMPTS = 5
"""How often a request starts over whose lots others took between the look and the grip."""

EXPIRED_AT_ONCE = 500
"""How many reservations one step of the sweep releases at most."""


class TakenMeanwhile(Refusal):
    """Raised when others took units of a lot between the look at the shelf and the grip."""

    code = "taken-meanwhile"
    reason = "Others took units of lot {lot} at the same moment."
    remedy = "Ask again; the answer then counts what is left."


class SameRequestOtherGoods(Refusal):
    """Raised when a request key returns with another product or number of units."""

    code = "same-request-other-goods"
    reason = "Request “{request_key}” reserved other goods before."
    remedy = "Give a new request a key of its own."


@dataclass(frozen=True)
class _Wish:
    """From when on goods must still be usable, and whether fewer units will do."""

    last_day_from: date
    in_part: bool


def reserve(
    importer: Party,
    product: Product,
    units: int,
    request_key: str,
    minimum_expiry: date | None = None,
    *,
    expires_at: datetime | None = None,
    channel: str = "",
    in_part: bool = False,
) -> list[Reservation]:
    """Promise units of a product that an importer owns, from the lots that expire first.

    ``minimum_expiry`` is the day until which the channel promises use; what expires before it,
    or before today, is not taken; ``channel`` names one whose promise the importer has set. All
    units or none, unless the request may be served ``in_part``. The same request again returns
    the first result. What other requests held too long is freed before one is refused; a request
    that meets others at the same lot starts over, a bounded number of times.

    Raises:
        NoUnitsAsked: fewer than one unit.
        NotEnoughStock: too few free units live long enough; nothing is reserved.
        SameRequestOtherGoods: the key reserved something else before.
        TakenMeanwhile: others came first every time; nothing is reserved.
    """
    today = clock.today()
    promised = rules.last_day_from(importer, channel, on=today) if channel else today
    wish = _Wish(max(promised, minimum_expiry or date.min), in_part=in_part)
    until = expires_at or clock.later(HELD_FOR)
    for _ in range(MOST_ATTEMPTS - 1):
        try:
            return _reserve_once(importer, product, units, request_key, wish, until)
        except NotEnoughStock:
            if not expire_reservations(importer=importer, product=product):
                raise
        except (TakenMeanwhile, IntegrityError):
            continue
    return _reserve_once(importer, product, units, request_key, wish, until)


@transaction.atomic
def _reserve_once(
    importer: Party,
    product: Product,
    units: int,
    request_key: str,
    wish: _Wish,
    until: datetime,
) -> list[Reservation]:
    earlier = list(
        Reservation.objects.filter(importer_id=importer.pk, request_key=request_key)
        .select_related("lot")
        .order_by("part")
    )
    if earlier:
        return _refuse_if_different(earlier, product, units, in_part=wish.in_part)
    picks = pick_first_expiring(
        _on_hand(importer, product), units, last_day_from=wish.last_day_from, in_part=wish.in_part
    )
    if len(picks) > 1:
        moving.lock((pick.lot_id, importer.pk) for pick in picks)
    for pick in picks:
        grip(importer.pk, pick.lot_id, pick.units)
    return Reservation.objects.bulk_create(
        Reservation(
            importer_id=importer.pk,
            lot_id=pick.lot_id,
            units=pick.units,
            expires_at=until,
            request_key=request_key,
            part=part,
        )
        for part, pick in enumerate(picks)
    )


def _refuse_if_different(
    earlier: list[Reservation], product: Product, units: int, *, in_part: bool
) -> list[Reservation]:
    reserved = sum(row.units for row in earlier)
    is_as_asked = reserved <= units if in_part else reserved == units
    if earlier[0].lot.product_id != product.pk or not is_as_asked:
        raise SameRequestOtherGoods(request_key=earlier[0].request_key)
    return earlier


def _on_hand(importer: Party, product: Product) -> list[LotOnHand]:
    return on_hand(importer, [product.pk])[product.pk]


def on_hand(importer: Party, product_ids: Iterable[int]) -> dict[int, list[LotOnHand]]:
    """Free units of products on the bonded shelves: lots by product. One query."""
    found: dict[int, list[LotOnHand]] = {pk: [] for pk in product_ids}
    rows = Holding.objects.filter(
        owner_id=importer.pk,
        place=Place.BONDED,
        lot__product__in=found,
        units__gt=F("reserved_units"),
    )
    free = F("units") - F("reserved_units")
    for product_id, *row in rows.values_list(
        "lot__product_id", "lot_id", "lot__expires_on", "lot__received_on", free
    ):
        found[product_id].append(LotOnHand(*row))
    return found


Picked = tuple[str, Sequence[Pick]]
"""A request key and what was picked for it."""


@transaction.atomic
def reserve_picked(
    importer: Party, requests: Sequence[Picked], *, expires_at: datetime
) -> list[Reservation]:
    """Promise what was picked among :func:`on_hand` for new requests, all of it or nothing.

    Four queries, whatever the number. Holdings are locked in the order of their ids.

    Raises:
        TakenMeanwhile: others took units of a lot since it was looked at; nothing is reserved.
    """
    asked: Counter[int] = Counter()
    for _, picks in requests:
        asked.update({pick.lot_id: pick.units for pick in picks})
    held = Holding.objects.filter(owner_id=importer.pk, place=Place.BONDED, lot_id__in=asked)
    gripped = []
    for holding in held.select_for_update(no_key=True).order_by("pk"):
        promised = holding.reserved_units + asked[holding.lot_id]
        if promised > holding.units:
            raise TakenMeanwhile(lot=holding.lot_id)
        gripped.append((holding.pk, promised))
    bulk.update(Holding, ("reserved_units",), gripped)
    rows = [
        (importer.pk, pick.lot_id, pick.units, expires_at, request_key, part)
        for request_key, picks in requests
        for part, pick in enumerate(picks)
    ]
    return bulk.create(Reservation, _RESERVED, rows)


_RESERVED = ("importer_id", "lot_id", "units", "expires_at", "request_key", "part")


def lock_stock(importer: Party, product_ids: Iterable[int]) -> None:
    """Lock an importer's holdings of products in the order of their ids, before several are used.

    One query on PostgreSQL, none on SQLite, which has one writer.
    """
    if connection.features.has_select_for_update:
        held = Holding.objects.filter(owner_id=importer.pk, place=Place.BONDED)
        rows = held.filter(lot__product_id__in=set(product_ids)).order_by("pk")
        list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


def has_expired(importer: Party, product_ids: Iterable[int]) -> bool:
    """Whether the importer has reservations of products that :func:`reserve` would free first."""
    return (
        _due(clock.now())
        .filter(importer_id=importer.pk, lot__product__in=set(product_ids))
        .exists()
    )


def grip(owner_id: int, lot_id: int, units: int) -> None:
    """Promise units of one lot on the shelves if they are still free: the database decides.

    Raises:
        TakenMeanwhile: others were faster.
    """
    taken = Holding.objects.filter(
        owner_id=owner_id,
        place=Place.BONDED,
        lot_id=lot_id,
        units__gte=F("reserved_units") + units,
    ).update(reserved_units=F("reserved_units") + units)
    if not taken:
        raise TakenMeanwhile(lot=lot_id)


@transaction.atomic
def release_reservation(reservation: Reservation) -> Reservation:
    """Give a held reservation's units back to its owner's free stock; again: no change.

    Raises:
        StepNotAllowed: the units are picked, or wait in an open dispatch order.
        UnderLien: a lien keeps them.
    """
    rows = Reservation.objects.select_related("dispatch_line__order", "lien")
    current: Reservation = rows.get(pk=reservation.pk)
    if current.state == Reservation.State.RELEASED:
        return current
    if (lien := getattr(current, "lien", None)) is not None:
        raise UnderLien(number=lien.number)
    line = getattr(current, "dispatch_line", None)
    if line is not None and DISPATCH_STEPS.allowed(line.order.state):
        raise StepNotAllowed(action="release", state=line.order.state, allowed="cancel")
    RESERVATION_STEPS.next(current.state, "release")
    give_back([current])
    return current


def give_back(reservations: Sequence[Reservation]) -> int:
    """Release those of some reservations that are still held; how many that were."""
    held = Reservation.objects.filter(
        pk__in=[row.pk for row in reservations], state=Reservation.State.HELD
    )
    rows = list(held.select_for_update().order_by("pk"))
    released = Reservation.State.RELEASED
    if held.filter(pk__in=[row.pk for row in rows]).update(state=released) != len(rows):
        raise TakenMeanwhile(lot=rows[0].lot_id)
    free(rows)
    ids = {row.pk for row in rows}
    for reservation in reservations:
        if reservation.pk in ids:
            reservation.state = released
    return len(rows)


def free(reservations: Iterable[Reservation]) -> None:
    """Take reservations' units off the promised ones; one query per owner and lot."""
    promised: Counter[tuple[int, int]] = Counter()
    for row in reservations:
        promised[row.lot_id, row.importer_id] += row.units
    if len(promised) > 1:
        moving.lock(promised)
    for (lot_id, owner_id), units in sorted(promised.items()):
        Holding.objects.filter(owner_id=owner_id, place=Place.BONDED, lot_id=lot_id).update(
            reserved_units=F("reserved_units") - units
        )


def _due(now: datetime) -> QuerySet[Reservation]:
    """Held reservations whose time is over and that no dispatch order took up."""
    return Reservation.objects.filter(
        state=Reservation.State.HELD, expires_at__lte=now, dispatch_line__isnull=True
    )


@transaction.atomic
def expire_reservations(
    now: datetime | None = None,
    *,
    importer: Party | None = None,
    product: Product | None = None,
) -> int:
    """Release held reservations whose time is over and that no dispatch order took up.

    At most 500 a call, oldest first; returns how many were released, so a caller goes on until
    it gets 0. A request that finds too few free units does this for its own product first.
    """
    due = _due(now or clock.now())
    if importer is not None:
        due = due.filter(importer_id=importer.pk)
    if product is not None:
        due = due.filter(lot__product=product)
    return give_back(list(due.order_by("expires_at", "pk")[:EXPIRED_AT_ONCE]))
