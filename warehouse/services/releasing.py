"""Release of unused units: announce, keep, offer, ask, and pass ownership on; each once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Max

from core import clock, facts, ledger, tenancy
from core.domain.chart import AccountCode, TransferCode
from core.models import Party, Pool
from imports.models import Product
from warehouse import notices
from warehouse.domain.ownership import Cause
from warehouse.domain.releasing import (
    RELEASE_STEPS,
    DatesOutOfOrder,
    DiscountAboveCap,
    FreeUnits,
    NoReleaseTerms,
    OfferedUnits,
    OfferingOwnUnits,
    ReleaseNotOpen,
    ReleaseTooEarly,
    Sold,
    share_out,
    unused,
)
from warehouse.domain.stock import Place
from warehouse.models import (
    Holding,
    Lot,
    Release,
    ReleaseAsk,
    ReleaseGrant,
    ReleaseKeep,
    ReleaseOffer,
    ReleaseTerms,
    Reservation,
)
from warehouse.services import moving, pricing, reserving
from warehouse.services.transferring import Sale, transfer_many

HELD_BEYOND = timedelta(days=30)
"""How long offered units stay held after the last day of asking, should nobody close in time."""


_FROM = {"offer": ("announced", "keep_before"), "close": ("offered", "ask_before")}
_ORDER = ("announced", "offered", "closed")


@dataclass(frozen=True)
class Announcement:
    """What is to be released, when, and how much a unit may lose (in minor units)."""

    pool: Pool
    product: Product
    keep_before: date
    ask_before: date
    discount_minor: int = 0
    cause: Cause = Cause.UNUSED
    only_owner: Party | None = None


def set_terms(pool: Pool, *, valid_from: date, fee_cap_minor: int) -> ReleaseTerms:
    """Set from a day on what a unit may lose at most; the same day again replaces it."""
    terms, _ = ReleaseTerms.objects.update_or_create(
        pool=pool, valid_from=valid_from, defaults={"fee_cap_minor": fee_cap_minor}
    )
    return terms


@transaction.atomic
def announce(what: Announcement) -> Release:
    """Announce a release: owners say what they keep until the one day, others ask until the other.

    While one is open for the pool's product, that one is returned.

    Raises:
        DatesOutOfOrder, NoReleaseTerms, DiscountAboveCap: nothing was announced.
    """
    today = clock.today()
    if not today <= what.keep_before <= what.ask_before:
        raise DatesOutOfOrder(
            keep_before=what.keep_before.isoformat(), ask_before=what.ask_before.isoformat()
        )
    cap = cap_of(what.pool, today)
    if what.discount_minor > cap:
        raise DiscountAboveCap(discount_minor=what.discount_minor, cap_minor=cap)
    release, is_new = Release.objects.exclude(state=Release.State.CLOSED).get_or_create(
        pool=what.pool,
        product=what.product,
        defaults={
            "cause": what.cause,
            "only_owner_id": what.only_owner.pk if what.only_owner else None,
            "keep_before": what.keep_before,
            "ask_before": what.ask_before,
            "discount_minor": what.discount_minor,
            "fee_cap_minor": cap,
            "announced_on": today,
        },
    )
    if is_new:
        notices.tell_announced(release, _owners(release))
        _tell(release, "announced", 0)
    return release


def _owners(release: Release) -> set[int]:
    with tenancy.as_operator("whose units may be released"):
        return {each.owner_id for each in _free(release)}


def cap_of(pool: Pool, on: date) -> int:
    """What a unit that changes its owner may lose at most, by the terms in force on a day.

    Raises:
        NoReleaseTerms: the pool has none.
    """
    terms = ReleaseTerms.objects.filter(pool=pool, valid_from__lte=on)
    found = terms.order_by("-valid_from").values_list("fee_cap_minor", flat=True).first()
    if found is None:
        raise NoReleaseTerms(pool=pool.code, on=on.isoformat())
    return found


@transaction.atomic
def keep(release: Release, owner: Party, units: int) -> ReleaseKeep:
    """Say how many free units an owner keeps for itself; a later word replaces it.

    Raises:
        ReleaseNotOpen: the deadline has passed.
    """
    current = Release.objects.select_for_update().get(pk=release.pk)
    if current.state != Release.State.ANNOUNCED or clock.today() >= current.keep_before:
        raise ReleaseNotOpen(state=current.state, until=current.keep_before.isoformat())
    row: ReleaseKeep
    row, _ = ReleaseKeep.objects.update_or_create(
        release=current, owner_id=owner.pk, defaults={"units": units}
    )
    return row


@transaction.atomic
def offer_up(release: Release) -> list[ReleaseOffer]:
    """Hold what nobody keeps for the release and price it: cost so far less the discount.

    Called again it returns the first call's offers and writes nothing.

    Raises:
        ReleaseTooEarly: owners may still say what they keep.
    """
    with tenancy.as_operator("offer unused units"):
        if not _step(release, "offer"):
            return list(ReleaseOffer.objects.filter(release=release).order_by("pk"))
        kept = ReleaseKeep.objects.filter(release=release).values_list("owner_id", "units")
        given = unused(_free(release), dict(kept))
        lots = _lots(each.lot_id for each in given)
        basis = pricing.basis_of(lots.values(), on=clock.today())
        reservations = _hold(release, given)
        offers = ReleaseOffer.objects.bulk_create(
            ReleaseOffer(
                release=release,
                lot_id=each.lot_id,
                owner_id=each.owner_id,
                units=each.units,
                landed_minor=round(basis[each.lot_id].landed),
                storage_minor=round(basis[each.lot_id].storage),
                price_minor=basis[each.lot_id].price_minor(release.discount_minor),
                reservation=reservation,
            )
            for each, reservation in zip(given, reservations, strict=True)
        )
        _tell(release, "offered", sum(offer.units for offer in offers))
    return offers


def _step(release: Release, action: str) -> bool:
    """Take a release one step on; False when that was done before. One UPDATE decides."""
    before, day = _FROM[action]
    if clock.today() < getattr(release, day):
        raise ReleaseTooEarly(day=getattr(release, day).isoformat())
    after = RELEASE_STEPS.next(before, action)
    if Release.objects.filter(pk=release.pk, state=before).update(state=after):
        release.state = after
        return True
    release.refresh_from_db(fields=["state"])
    if _ORDER.index(release.state) < _ORDER.index(before):
        RELEASE_STEPS.next(release.state, action)
    return False


def _free(release: Release) -> list[FreeUnits]:
    """Importers' free units of the product in the pool's warehouse, locked."""
    rows = Holding.objects.select_for_update(of=("self",)).filter(
        place=Place.BONDED,
        lot__product_id=release.product_id,
        lot__receipt_line__receipt__consignment__pool_id=release.pool_id,
        units__gt=F("reserved_units"),
    )
    rows = rows.exclude(owner_id=release.pool.operator_id)
    if release.only_owner_id:
        rows = rows.filter(owner_id=release.only_owner_id)
    return [
        FreeUnits(row.lot_id, row.owner_id, row.units - row.reserved_units, row.lot.expires_on)
        for row in rows.select_related("lot").order_by("pk")
        if row.lot.expires_on is None or row.lot.expires_on >= release.ask_before
    ]


def _lots(lot_ids: Iterable[int]) -> dict[int, Lot]:
    rows = Lot.objects.select_related(
        "product", "receipt_line__receipt__consignment__pool", "receipt_line__order_line"
    )
    return rows.in_bulk(sorted(set(lot_ids)))


def _hold(release: Release, given: Sequence[FreeUnits]) -> list[Reservation]:
    for each in given:
        reserving.grip(each.owner_id, each.lot_id, each.units)
    until = clock.later(release.ask_before - clock.today() + HELD_BEYOND)
    return Reservation.objects.bulk_create(
        Reservation(
            importer_id=each.owner_id,
            lot_id=each.lot_id,
            units=each.units,
            expires_at=until,
            request_key=release.reference,
            part=part,
        )
        for part, each in enumerate(given)
    )


@transaction.atomic
def ask(release: Release, owner: Party, units: int) -> ReleaseAsk:
    """Ask for offered units; money for as many at the highest price is set aside until it closes.

    A later word replaces it; zero withdraws.

    Raises:
        ReleaseNotOpen: nothing is offered yet, or no longer.
        OfferingOwnUnits: the importer gives units in this release itself.
        Overdrawn: its account does not cover the units; the earlier word stands.
    """
    with tenancy.as_operator("ask for offered units"):
        current = Release.objects.select_for_update().select_related("pool").get(pk=release.pk)
        if current.state != Release.State.OFFERED or clock.today() >= current.ask_before:
            raise ReleaseNotOpen(state=current.state, until=current.ask_before.isoformat())
        offers = ReleaseOffer.objects.filter(release=current)
        own = sum(offers.filter(owner_id=owner.pk).values_list("units", flat=True))
        if own:
            raise OfferingOwnUnits(units=own)
        row: ReleaseAsk
        row, is_new = ReleaseAsk.objects.get_or_create(
            release=current, owner_id=owner.pk, defaults={"units": units}
        )
        if not is_new:
            row.units, row.revision = units, row.revision + 1
            row.save(update_fields=["units", "revision"])
        dearest = offers.aggregate(price=Max("price_minor"))["price"] or 0
        _set_aside(current, row, units * dearest)
    return row


def _set_aside(release: Release, row: ReleaseAsk, minor: int) -> None:
    group = _group(release, row.owner_id)
    ledger.void_group(group)
    if not minor:
        return
    subject = f"pool:{release.pool_id}"
    currency = release.pool.currency
    ledger.hold(
        key=f"{group}/{row.revision}",
        debit=ledger.account(AccountCode.ESCROW, currency, Party(pk=row.owner_id), subject),
        credit=ledger.account(AccountCode.SUSPENSE, currency, None, subject),
        amount_minor=minor,
        code=TransferCode.STOCK_SALE,
        group=group,
    )


def _group(release: Release, owner_id: int) -> str:
    return f"warehouse.{release.reference}/ask/{owner_id}"


@transaction.atomic
def close(release: Release) -> list[ReleaseGrant]:
    """Grant what was asked by the uniform rule and pass ownership on; the rest returns to owners.

    An offer whose units its owner took back meanwhile counts no more. Called again it returns
    the first call's grants and writes nothing.

    Raises:
        ReleaseTooEarly: others may still ask.
        StepNotAllowed: nothing was offered yet.
    """
    with tenancy.as_operator("close a release"):
        if not _step(release, "close"):
            return list(ReleaseGrant.objects.filter(release=release).order_by("owner_id"))
        asks = ReleaseAsk.objects.filter(release=release, units__gt=0)
        asked = dict(asks.order_by("owner_id").values_list("owner_id", "units"))
        offers, lots = _standing_offers(release, list(asked))
        rationing, sold = share_out(offers, asked)
        for owner_id in asked:
            ledger.void_group(_group(release, owner_id))
        transfer_many([_sale(release, each, lots) for each in sold])
        paid: Counter[int] = Counter()
        for each in sold:
            paid[each.buyer_id] += each.units * each.offer.price_minor
        grants = ReleaseGrant.objects.bulk_create(
            ReleaseGrant(
                release=release,
                owner_id=owner_id,
                asked_units=units,
                granted_units=rationing.granted[owner_id],
                level_units=rationing.level_units,
                paid_minor=paid[owner_id],
            )
            for owner_id, units in asked.items()
        )
        notices.tell_released(release, grants)
        _tell(release, "closed", sum(each.units for each in sold))
    return grants


def _standing_offers(
    release: Release, buyers: Sequence[int]
) -> tuple[list[OfferedUnits], dict[int, Lot]]:
    """The offers whose units are still held for the release; these are free from now on.

    Reservations are locked before holdings, as everywhere.
    """
    held = Reservation.objects.select_for_update().filter(offer__release=release, state="held")
    standing_ids = [row.pk for row in held.order_by("pk")]
    rows = ReleaseOffer.objects.filter(reservation__in=standing_ids).select_related("reservation")
    standing = list(rows.order_by("pk"))
    lots = _lots(row.lot_id for row in standing)
    moving.lock((row.lot_id, owner) for row in standing for owner in (row.owner_id, *buyers))
    reserving.give_back([row.reservation for row in standing])
    offers = [
        OfferedUnits(
            row.lot_id, row.owner_id, row.units, lots[row.lot_id].expires_on, row.price_minor
        )
        for row in standing
    ]
    return offers, lots


def _sale(release: Release, each: Sold, lots: dict[int, Lot]) -> Sale:
    lot_id, seller_id = each.offer.lot_id, each.offer.owner_id
    return Sale(
        lot=lots[lot_id],
        seller_id=seller_id,
        buyer_id=each.buyer_id,
        units=each.units,
        price_minor=each.offer.price_minor,
        request_key=f"{release.reference}:{lot_id}:{seller_id}:{each.buyer_id}",
        cause=Cause(release.cause),
        reference=release.reference,
    )


def advance_all() -> int:
    """Offer and close every release whose day has come; how many steps were taken."""
    today = clock.today()
    steps = 0
    due = Release.objects.select_related("pool")
    for release in due.filter(state="announced", keep_before__lte=today).order_by("pk"):
        offer_up(release)
        steps += 1
    for release in due.filter(state="offered", ask_before__lte=today).order_by("pk"):
        close(release)
        steps += 1
    return steps


def _tell(release: Release, step: str, units: int) -> None:
    data = {"release": release.pk, "product": release.product_id, "units": units}
    facts.append(f"warehouse.release.{step}", subject=f"release:{release.pk}", data=data)
