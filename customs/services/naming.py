"""From the codes that shops send to the parties, pools and products that they stand for."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from core import clock
from core.domain.errors import Phrase, Refusal
from core.models import Party, Pool
from customs.domain.plain_orders import PlainLine, PlainOrder
from customs.services.intake import OrderedLine, OrderIntake, Parcel, Payment
from imports.models import Product

OLDEST = timedelta(days=366)
AHEAD = timedelta(hours=1)
"""How far clocks of platforms may run before ours."""


class PoolUnknown(Refusal):
    """Raised for a code that no pool has."""

    code = "pool-unknown"
    reason = "There is no pool with the code “{value}”."
    remedy = "Give the pool's code as your pages show it, such as {example}."


class PartyUnknown(Refusal):
    """Raised for a code that no active party of the kind has."""

    code = "party-unknown"
    reason = "There is no {kind} with the code “{value}”."
    remedy = "Give its code in the pool or its customs registration, or have the operator enter it."


class OrderedProductUnknown(Refusal):
    """Raised for a SKU or GTIN that is not in the catalogue."""

    code = "product-unknown"
    reason = "No product has the SKU or GTIN “{value}”."
    remedy = "Use the SKU or GTIN of a product that you hold in the pool."


class TimeImplausible(Refusal):
    """Raised for an order or payment from the future or from long ago."""

    code = "time-implausible"
    reason = "Order {order_no}: {at} lies in the future or more than {days} days back."
    remedy = "Send the time with its offset from UTC, as the platform recorded it."


KINDS = {
    Party.Kind.PLATFORM: Phrase("shop platform"),
    Party.Kind.PAYMENT: Phrase("payment company"),
    Party.Kind.LOGISTICS: Phrase("logistics company"),
}


def intake_of(order: PlainOrder) -> OrderIntake:
    """The order with everything it names looked up. Three queries.

    Raises:
        PoolUnknown, PartyUnknown, OrderedProductUnknown: a code stands for nothing.
        TimeImplausible: its times cannot be right.
    """
    return _Names([order]).intake(order)


def intakes_of(orders: Sequence[PlainOrder]) -> list[OrderIntake | Refusal]:
    """Each order as ``intake_of`` gives it, or its refusal. Three queries, whatever the number."""
    names = _Names(orders)
    found: list[OrderIntake | Refusal] = []
    for order in orders:
        try:
            found.append(names.intake(order))
        except Refusal as refusal:
            found.append(refusal)
    return found


class _Names:
    """What the codes in some orders stand for."""

    def __init__(self, orders: Sequence[PlainOrder]) -> None:
        codes = {code for order in orders for code in _party_codes(order)} - {""}
        parties = Party.objects.filter(
            Q(code__in=codes) | Q(customs_code__in=codes), kind__in=KINDS, is_active=True
        )
        self.parties: dict[tuple[str, str], Party] = {}
        for party in parties.order_by("pk"):
            for code in {party.code, party.customs_code} & codes:
                self.parties.setdefault((party.kind, code), party)
        pools = Pool.objects.filter(code__in={order.pool for order in orders})
        self.pools = {pool.code: pool for pool in pools}
        self.products = _products(line.product for order in orders for line in order.lines)

    def intake(self, order: PlainOrder) -> OrderIntake:
        """One of the orders with everything it names."""
        for at in (order.ordered_at, order.payment.paid_at):
            _refuse_implausible(order.order_no, at)
        lines = _lines(order.lines, self.products)
        return OrderIntake(
            pool=self.pools.get(order.pool) or pool_named(order.pool),
            platform=self.party(Party.Kind.PLATFORM, order.platform),
            order_no=order.order_no,
            ordered_at=order.ordered_at,
            buyer=order.buyer,
            lines=lines,
            goods_minor=order.goods_minor,
            freight_minor=order.freight_minor,
            discount_minor=order.discount_minor,
            tax_minor=order.tax_minor,
            paid_minor=order.paid_minor,
            payment=self._payment(order),
            parcel=self._parcel(order),
            minimum_expiry=order.minimum_expiry,
        )

    def party(self, kind: Party.Kind, code: str) -> Party:
        """The active party of a kind that has this code, ours or that of its customs registration.

        Raises:
            PartyUnknown: there is none.
        """
        found = self.parties.get((kind, code))
        if found is None:
            raise PartyUnknown(kind=KINDS[kind], value=code)
        return found

    def _payment(self, order: PlainOrder) -> Payment:
        paid = order.payment
        return Payment(
            company=self.party(Party.Kind.PAYMENT, paid.company),
            transaction_no=paid.transaction_no,
            order_no=paid.order_no,
            payer=paid.payer,
            amount_minor=paid.amount_minor,
            paid_at=paid.paid_at,
        )

    def _parcel(self, order: PlainOrder) -> Parcel:
        sent = order.parcel
        return Parcel(
            carrier=self.party(Party.Kind.LOGISTICS, sent.carrier),
            waybill_no=sent.waybill_no,
            order_no=sent.order_no,
            consignee_name=sent.consignee_name,
            consignee_phone=sent.consignee_phone,
            consignee_address=sent.consignee_address,
            gross_weight_g=sent.gross_weight_g,
            pieces=sent.pieces,
        )


def _party_codes(order: PlainOrder) -> tuple[str, str, str]:
    return (order.platform, order.payment.company, order.parcel.carrier)


def _refuse_implausible(order_no: str, at: datetime) -> None:
    now = clock.now()
    if not now - OLDEST <= at <= now + AHEAD:
        raise TimeImplausible(order_no=order_no, at=at.isoformat(), days=OLDEST.days)


def pool_named(code: str) -> Pool:
    """The pool with a code.

    Raises:
        PoolUnknown: there is none.
    """
    found = Pool.objects.filter(code=code).first()
    if found is None:
        newest = Pool.objects.order_by("-year", "-pk").first()
        raise PoolUnknown(value=code, example=newest.code if newest else "—")
    return found


def ordered_lines(lines: Iterable[PlainLine]) -> tuple[OrderedLine, ...]:
    """Lines with their products looked up by SKU or GTIN. One query.

    Raises:
        OrderedProductUnknown: a name stands for no product.
    """
    wanted = list(lines)
    return _lines(wanted, _products(line.product for line in wanted))


def _products(named: Iterable[str]) -> dict[str, Product]:
    """Products by the SKUs and GTINs that name them. One query."""
    names = set(named)
    gtins = {name.zfill(14) for name in names if name.isascii() and name.isdigit()}
    rows = Product.objects.filter(Q(sku__in=names) | Q(gtin__in=gtins)).order_by("pk")
    by_name: dict[str, Product] = {}
    for product in rows:
        by_name |= {product.gtin: product, product.sku: product}
    return by_name


def _lines(lines: Iterable[PlainLine], by_name: dict[str, Product]) -> tuple[OrderedLine, ...]:
    return tuple(
        OrderedLine(_product(by_name, line.product), line.units, line.price_minor) for line in lines
    )


def _product(by_name: dict[str, Product], name: str) -> Product:
    found = by_name.get(name) or by_name.get(name.zfill(14))
    if found is None:
        raise OrderedProductUnknown(value=name)
    return found
