"""The pool buys what an importer who leaves, or gave its goods up, has on the shelves."""

from dataclasses import dataclass

from core import clock
from core.models import Party
from warehouse.domain.ownership import Cause
from warehouse.domain.releasing import DiscountAboveCap
from warehouse.models import Lot, OwnershipTransfer
from warehouse.services import pricing
from warehouse.services.releasing import cap_of
from warehouse.services.transferring import Sale, pool_of, transfer_ownership


@dataclass(frozen=True)
class Purchase:
    """Units of an importer's lot that the pool takes over, and what a unit loses (minor units)."""

    lot: Lot
    seller: Party
    units: int
    cause: Cause
    discount_minor: int
    request_key: str


def price_of(lot: Lot, *, discount_minor: int = 0) -> int:
    """What the pool pays for a unit: what it has cost so far, less a discount within the cap.

    Raises:
        NoReleaseTerms, DiscountAboveCap: as for a release.
    """
    today = clock.today()
    cap = cap_of(pool_of(lot), today)
    if discount_minor > cap:
        raise DiscountAboveCap(discount_minor=discount_minor, cap_minor=cap)
    return pricing.basis_of([lot], on=today)[lot.pk].price_minor(discount_minor)


def buy_in(what: Purchase) -> OwnershipTransfer:
    """Take free units over into the pool's buffer, paid from the operator's income at once.

    The same key again returns the first purchase and pays nothing.

    Raises:
        NoReleaseTerms, DiscountAboveCap: the price is not one that the pool's terms allow.
        NotEnoughInPlace: the importer has fewer free units.
        Overdrawn: the operator's income does not cover the price.
        SameKeyOtherSale: the key bought something else.
    """
    earlier: OwnershipTransfer | None = OwnershipTransfer.objects.filter(
        request_key=what.request_key
    ).first()
    price = (
        earlier.price_minor if earlier else price_of(what.lot, discount_minor=what.discount_minor)
    )
    return transfer_ownership(
        Sale(
            lot=what.lot,
            seller_id=what.seller.pk,
            buyer_id=pool_of(what.lot).operator_id,
            units=what.units,
            price_minor=price,
            request_key=what.request_key,
            cause=what.cause,
        )
    )
