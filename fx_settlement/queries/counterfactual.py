"""What the figure “alone” is reckoned from: the importer's own units, terms and dates."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import F, Sum

from core.domain.trade import Incoterm, round_half_up, to_minor
from core.models import Party, Pool
from fx_settlement.domain.alone import OwnOrder, Sailing, Want, own_part_minor
from fx_settlement.domain.conversion import converted_minor
from fx_settlement.domain.statement import is_old
from fx_settlement.models import ChargeShare, FeeRow, Obligation
from imports import queries as imports_queries
from imports.domain.consolidation import Offer, Tier
from imports.domain.costs import Terms
from imports.domain.tariffs import RowUsed, TariffBook, Trust
from imports.models import Consignment, OrderShare, PriceTier, SupplierOffer
from warehouse.models import AllocationShare

HOME = "CNY"


@dataclass
class Basis:
    """An importer's paid orders as they would have been its own, and its part of the pool's.

    ``pooled_minimums_minor`` is the importer's part of minimum and fixed charges that the pool
    paid, ``pooled_surplus_minor`` what it paid for the pool's surplus, both in fen.
    """

    units: int = 0
    sailings: list[Sailing] = field(default_factory=list)
    pooled_minimums_minor: int = 0
    pooled_surplus_minor: int = 0
    rows: list[RowUsed] = field(default_factory=list)


@dataclass(frozen=True)
class PaidInvoice:
    """An importer's invoice with the rate at which, and the wire by which, it was paid."""

    order_id: int
    currency: str
    payment_id: int
    mid: Decimal
    mid_on: date
    all_in: Decimal
    settled_on: date
    margin_row_id: int
    wire_row_id: int


class Reference:
    """Tariffs, rates and offers, each read once however many statements are made."""

    def __init__(self) -> None:
        self._terms: dict[tuple[str, date, str], Terms] = {}
        self._offers: dict[int, Offer] = {}
        self._book: TariffBook | None = None
        self._fee_rows: dict[int, FeeRow] = {}

    def book(self) -> TariffBook:
        """Every tariff row."""
        if self._book is None:
            self._book = imports_queries.tariff_book()
        return self._book

    def fee_row(self, pk: int) -> FeeRow:
        """One row of the fee table."""
        if pk not in self._fee_rows:
            self._fee_rows = FeeRow.objects.in_bulk()
        return self._fee_rows[pk]

    def terms(self, consignment: Consignment) -> Terms:
        """The terms on which goods could have travelled when a consignment departed."""
        key = (consignment.origin_port, consignment.departed_on, consignment.order.incoterm)
        if key not in self._terms:
            port, on, incoterm = key
            self._terms[key] = imports_queries.terms(port, on, incoterm=Incoterm(incoterm))
        return self._terms[key]

    def offers(self, offer_ids: Iterable[int]) -> Mapping[int, Offer]:
        """Suppliers' offers with their tiers. At most two queries."""
        new = set(offer_ids) - self._offers.keys()
        if new:
            tiers: dict[int, list[Tier]] = defaultdict(list)
            prices = PriceTier.objects.filter(offer_id__in=new).order_by("offer_id", "from_units")
            for tier in prices:
                minor = to_minor(tier.price.amount, str(tier.price.currency))
                tiers[tier.offer_id].append(Tier(tier.from_units, minor))
            for row in SupplierOffer.objects.filter(pk__in=new):
                self._offers[row.pk] = _offer(row, tiers[row.pk])
        return self._offers


def _offer(row: SupplierOffer, tiers: Sequence[Tier]) -> Offer:
    return Offer(
        offer_id=row.pk,
        supplier_id=row.supplier_id,
        product_id=row.product_id,
        currency=row.currency,
        incoterm=row.incoterm,
        moq_units=row.moq_units,
        pack_units=row.multiple_units,
        tiers=tuple(tiers),
        is_incremental=row.is_incremental,
        lead_time_days=row.lead_time_days,
    )


def basis_of(importer: Party, pools: Sequence[Pool], reference: Reference) -> Basis:
    """Everything behind an importer's figure alone, over its paid orders in pools.

    A fixed number of queries, besides those of ``reference`` for each new departure.
    """
    paid = _paid_invoices(importer, pools)
    made = Basis()
    wants = _wants(importer, paid, reference, made)
    departures = Consignment.objects.filter(order_id__in=paid).select_related("order")
    seen: set[int] = set()
    for consignment in departures.order_by("departed_on", "pk"):
        if consignment.order_id in seen or not wants[consignment.order_id]:
            continue
        seen.add(consignment.order_id)
        own = _own_order(paid[consignment.order_id], wants[consignment.order_id], reference)
        made.sailings.append(Sailing((own,), reference.terms(consignment)))
    _add_charges(importer, paid, reference, made)
    _add_bank(importer, paid, reference, made)
    _add_surplus(importer, paid, made)
    return made


def _paid_invoices(importer: Party, pools: Sequence[Pool]) -> dict[int, PaidInvoice]:
    """The importer's paid invoices by order, with conversion and wire. One query."""
    rows = Obligation.objects.filter(
        importer_id=importer.pk,
        kind=Obligation.Kind.INVOICE,
        state=Obligation.State.PAID,
        order__round__pool__in=pools,
    ).values_list(
        "order_id", "currency", "payment_id", "conversion__quote__mid",
        "conversion__quote__mid_on", "conversion__quote__all_in",
        "payment__settled_on", "conversion__quote__margin_row_id", "payment__fee_row_id",
    )  # fmt: skip
    invoices = (PaidInvoice(*row) for row in rows.order_by("pk"))
    return {invoice.order_id: invoice for invoice in invoices}


def _wants(
    importer: Party, paid: Mapping[int, PaidInvoice], reference: Reference, made: Basis
) -> dict[int, list[Want]]:
    """What the importer got of each order, by product; units are counted into ``made``."""
    rows = list(
        AllocationShare.objects.filter(owner_id=importer.pk, order_line__order_id__in=paid)
        .values_list(
            "order_line__order_id",
            "order_line__product_id",
            "order_line__offer_id",
            "order_line__unit_price_minor",
            "order_line__product__volume_cm3",
            "order_line__product__gross_weight_g",
        )
        .annotate(got=Sum("units"))
        .order_by("order_line__order_id", "order_line__product_id")
    )
    offers = reference.offers(row[2] for row in rows)
    wants: dict[int, list[Want]] = defaultdict(list)
    for order_id, product_id, offer_id, price, volume, weight, units in rows:
        if units:
            made.units += units
            want = Want(product_id, units, offers[offer_id], price, volume, weight)
            wants[order_id].append(want)
    return wants


def _own_order(invoice: PaidInvoice, wants: Sequence[Want], reference: Reference) -> OwnOrder:
    wire = reference.fee_row(invoice.wire_row_id).rule().fee
    return OwnOrder(invoice.currency, invoice.mid, invoice.all_in, wire, tuple(wants))


def _add_charges(
    importer: Party, paid: Mapping[int, PaidInvoice], reference: Reference, made: Basis
) -> None:
    """The tariff rows behind the pool's own charges, and the importer's part of its minimums."""
    shares = ChargeShare.objects.filter(
        importer_id=importer.pk, charge__consignment__order_id__in=paid
    ).select_related("charge__consignment__order")
    keys: dict[Consignment, set[str]] = defaultdict(set)
    for share in shares:
        charge = share.charge
        whole = charge.amount_cny_minor
        unmoved = whole if charge.is_fixed else whole - charge.at_rate_cny_minor
        made.pooled_minimums_minor += own_part_minor(unmoved, share=share.amount_minor, of=whole)
        keys[charge.consignment].add(charge.tariff_key)
    for consignment, used in keys.items():
        terms = reference.terms(consignment)
        made.rows += terms.book.used(used, on=terms.on, proxies=terms.lane.proxies)


def _add_bank(
    importer: Party, paid: Mapping[int, PaidInvoice], reference: Reference, made: Basis
) -> None:
    """The fee rows behind wires and margins, and the importer's part of minimum fees."""
    cost: Counter[int] = Counter()
    fees: Counter[int] = Counter()
    wires = {
        invoice.payment_id: reference.fee_row(invoice.wire_row_id) for invoice in paid.values()
    }
    rows = Obligation.objects.filter(importer_id=importer.pk, payment_id__in=wires)
    for payment_id, minor, fee in rows.values_list("payment_id", "cny_minor", "fee_minor"):
        cost[payment_id] += minor or 0
        fees[payment_id] += fee or 0
    for payment_id, wire in wires.items():
        at_rate = round_half_up(max(0, cost[payment_id]) * wire.percent / 100)
        made.pooled_minimums_minor += max(0, fees[payment_id] - at_rate)
    for invoice in paid.values():
        margin, wire = map(reference.fee_row, (invoice.margin_row_id, invoice.wire_row_id))
        made.rows += [row_used(margin, invoice.mid_on), row_used(wire, invoice.settled_on)]


def row_used(row: FeeRow, on: date) -> RowUsed:
    """A fee row as it is printed under a figure."""
    return RowUsed(
        key=row.key,
        priced_on=row.priced_on,
        date_kind=row.date_kind,
        source=row.source,
        trust=Trust(row.trust),
        lane_fit="n/a",
        is_stale=is_old(row.priced_on, on),
        is_midpoint=False,
    )


def _add_surplus(importer: Party, paid: Mapping[int, PaidInvoice], made: Basis) -> None:
    """What the importer's invoices hold beyond its own units at the pool's price."""
    rows = (
        OrderShare.objects.filter(owner_id=importer.pk, line__order_id__in=paid)
        .values_list("line__order_id")
        .annotate(beyond=Sum(F("cost_minor") - F("units") * F("line__unit_price_minor")))
        .order_by("line__order_id")
    )
    for order_id, minor in rows:
        invoice = paid[order_id]
        made.pooled_surplus_minor += converted_minor(
            minor, base=invoice.currency, quote=HOME, rate=invoice.mid
        )
