"""Ownership that passes between owners while the goods stay where they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F

from core import clock, facts, ledger, tenancy
from core.domain.chart import AccountCode, TransferCode
from core.domain.errors import Refusal
from core.ledger import TransferSpec
from core.models import Account, Party, Pool
from imports.models import OrderShare
from warehouse.domain.ownership import Cause, check_sale, proceeds_of_buffer
from warehouse.domain.papers import NotEnoughInPlace
from warehouse.domain.stock import MovementKind, Place
from warehouse.models import Holding, Lot, OwnershipTransfer
from warehouse.services import moving


class SameKeyOtherSale(Refusal):
    """Raised when a request key returns with another sale."""

    code = "same-key-other-sale"
    reason = "Request “{request_key}” sold other goods before."
    remedy = "Give a new sale a key of its own."


@dataclass(frozen=True)
class Sale:
    """Units of a lot that pass from one owner to another, at a price in minor units each."""

    lot: Lot
    seller_id: int
    buyer_id: int
    units: int
    price_minor: int
    request_key: str
    cause: Cause = Cause.SALE
    reference: str = ""
    place: Place = Place.BONDED

    @property
    def amount_minor(self) -> int:
        """What the buyer pays."""
        return self.units * self.price_minor


def transfer_ownership(sale: Sale, *, on: date | None = None) -> OwnershipTransfer:
    """Sell free units of a lot where they lie; the money passes in the same transaction.

    The account book does not move: it does not know owners. The same key again, also at the same
    moment, returns the first transfer and writes nothing.

    Raises:
        NothingToTransfer: no units, a price below zero, or one owner only.
        NotEnoughInPlace: the seller has fewer free units; nothing passed.
        Overdrawn: the buyer's account in the pool does not cover the price; nothing passed.
        SameKeyOtherSale: the key sold something else before.
    """
    try:
        return transfer_many([sale], on=on)[0]
    except IntegrityError:
        return transfer_many([sale], on=on)[0]


@transaction.atomic
def transfer_many(sales: Sequence[Sale], *, on: date | None = None) -> list[OwnershipTransfer]:
    """Sell many lots, all or none; what was sold before under its key is returned as it is.

    Holdings are locked once, in primary-key order.

    Raises:
        NothingToTransfer, NotEnoughInPlace, Overdrawn, SameKeyOtherSale: as for one.
    """
    for sale in sales:
        check_sale(sale.units, sale.price_minor, is_same_owner=sale.seller_id == sale.buyer_id)
    known = _known(sales)
    fresh = [sale for sale in sales if sale.request_key not in known]
    if fresh:
        with tenancy.as_operator("ownership passes from one importer to another"):
            known.update(_pass_on(fresh, on or clock.today()))
    return [known[sale.request_key] for sale in sales]


def _known(sales: Sequence[Sale]) -> dict[str, OwnershipTransfer]:
    rows = OwnershipTransfer.objects.select_related("movement").filter(
        request_key__in=[sale.request_key for sale in sales]
    )
    known = {row.request_key: row for row in rows}
    for sale in sales:
        row = known.get(sale.request_key)
        if row is not None and _body(row) != _asked(sale):
            raise SameKeyOtherSale(request_key=sale.request_key)
    return known


def _body(row: OwnershipTransfer) -> tuple[int, ...]:
    return (row.movement.lot_id, row.seller_id, row.buyer_id, row.units, row.price_minor)


def _asked(sale: Sale) -> tuple[int, ...]:
    return (sale.lot.pk, sale.seller_id, sale.buyer_id, sale.units, sale.price_minor)


def _pass_on(sales: Sequence[Sale], on: date) -> dict[str, OwnershipTransfer]:
    moving.lock(
        (sale.lot.pk, owner_id) for sale in sales for owner_id in (sale.seller_id, sale.buyer_id)
    )
    for sale in sales:
        _let_go(sale)
    moved = moving.record([_move(sale) for sale in sales], on=on)
    rows = OwnershipTransfer.objects.bulk_create(
        OwnershipTransfer(
            movement=movement,
            seller_id=sale.seller_id,
            buyer_id=sale.buyer_id,
            units=sale.units,
            price_minor=sale.price_minor,
            amount_minor=sale.amount_minor,
            cause=sale.cause,
            reference=sale.reference,
            request_key=sale.request_key,
            agreed_on=on,
        )
        for sale, movement in zip(sales, moved, strict=True)
    )
    ledger.transfer_many(list(_payments(sales)), on=on, group=sales[0].reference)
    facts.append_many([_fact(row) for row in rows])
    return {row.request_key: row for row in rows}


def _let_go(sale: Sale) -> None:
    """Let the database decide whether the seller's units are still free, holding the row."""
    rows = Holding.objects.filter(lot=sale.lot, owner_id=sale.seller_id, place=sale.place)
    free = rows.filter(units__gte=F("reserved_units") + sale.units)
    if not free.update(reserved_units=F("reserved_units")):
        left = rows.values_list("units", "reserved_units").first() or (0, 0)
        raise NotEnoughInPlace(lot=sale.lot.number, free=left[0] - left[1], asked=sale.units)


def _move(sale: Sale) -> moving.Move:
    return moving.Move(
        kind=MovementKind.TRANSFER,
        lot_id=sale.lot.pk,
        units=sale.units,
        source=moving.Spot(sale.seller_id, sale.place),
        target=moving.Spot(sale.buyer_id, sale.place),
        request_key=f"transfer:{sale.request_key}",
        reference=sale.reference,
    )


def _payments(sales: Iterable[Sale]) -> Iterable[TransferSpec]:
    for sale in sales:
        if not sale.amount_minor:
            continue
        pool = pool_of(sale.lot)
        buyer = _purse(pool, sale.buyer_id)
        for owner_id, minor in _proceeds(sale, pool).items():
            if owner_id == sale.buyer_id:
                continue
            key = f"warehouse.transfer/{sale.request_key}/{owner_id}"
            yield TransferSpec(
                key, buyer, _purse(pool, owner_id), minor, TransferCode.STOCK_SALE, sale.reference
            )


def _proceeds(sale: Sale, pool: Pool) -> dict[int, int]:
    """Who gets what of the price: the seller, or those who bore the cost of the buffer."""
    if sale.seller_id != pool.operator_id:
        return {sale.seller_id: sale.amount_minor}
    shares = OrderShare.objects.filter(line=sale.lot.receipt_line.order_line_id, asked_units__gt=0)
    asked = dict(shares.exclude(owner_id=pool.operator_id).values_list("owner_id", "asked_units"))
    return proceeds_of_buffer(sale.amount_minor, asked) or {pool.operator_id: sale.amount_minor}


def pool_of(lot: Lot) -> Pool:
    """The pool in whose warehouse a lot lies."""
    return lot.receipt_line.receipt.consignment.pool


def _purse(pool: Pool, owner_id: int) -> Account:
    """Where an owner's money in the pool is: an importer's escrow, or the operator's income."""
    is_operator = owner_id == pool.operator_id
    code = AccountCode.OPERATOR_INCOME if is_operator else AccountCode.ESCROW
    return ledger.account(code, pool.currency, Party(pk=owner_id), f"pool:{pool.pk}")


def _fact(row: OwnershipTransfer) -> tuple[str, str, dict[str, object]]:
    data = {
        "lot": row.movement.lot_id,
        "transfer": row.pk,
        "seller": row.seller_id,
        "buyer": row.buyer_id,
        "units": row.units,
        "amount_minor": row.amount_minor,
        "cause": str(row.cause),
    }
    return ("warehouse.ownership.transferred", f"lot:{row.movement.lot_id}", data)
