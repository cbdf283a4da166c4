"""Suppliers with their papers and agreements, and quotes beside each other."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q

from core import rates
from core.domain.errors import Refusal
from core.domain.trade import Incoterm, round_half_up
from core.models import Party, Pool
from imports.domain.consolidation import Offer, Tier
from imports.domain.costs import Mode, cheapest
from imports.domain.freight import Load
from imports.domain.supply import CallOff, Standing, call_off, standing
from imports.models import (
    BlanketAgreement,
    Certificate,
    Product,
    PurchaseOrder,
    PurchaseOrderLine,
    Quote,
    QuoteInvitation,
    QuoteRequest,
    QuoteRequestLine,
    ShippingPaper,
    SupplierAddress,
    SupplierContact,
    SupplierLink,
    SupplierOffer,
    SupplierRebate,
)
from imports.queries.tariffs import terms as freight_terms

PAPERS_SHOWN = 40
MODES = (Mode.FCL, Mode.LCL, Mode.AIR)


@dataclass(frozen=True)
class SupplierRow:
    """A supplier with what there is of it."""

    supplier_id: int
    code: str
    name: str
    name_zh: str
    country: str
    offers: int
    warnings: int


@dataclass(frozen=True)
class CertificateRow:
    """A certificate and how long it still holds."""

    certificate_id: int
    kind: str
    supplier_id: int | None
    sku: str | None
    number: str
    issuer: str
    issued_on: date
    expires_on: date | None
    has_paper: bool
    standing: Standing


@dataclass(frozen=True)
class AgreementRow:
    """A blanket agreement and how far it is used."""

    number: str
    supplier_id: int
    sku: str
    currency: str
    valid_from: date
    valid_before: date
    used: CallOff


@dataclass(frozen=True)
class QuoteRow:
    """A quote for a line: its price there, and landed per unit at the day's mid."""

    quote_id: int
    supplier: str
    terms: str
    currency: str
    version: int
    units: int
    price_minor: int | None
    landed_fen: int | None
    moq_units: int
    pack_units: int
    lead_time_days: int
    valid_before: date
    is_best: bool
    is_awarded: bool
    why_not: Refusal | None = None


def suppliers(on: date) -> list[SupplierRow]:
    """The suppliers by name, with offers in force and papers that warn. Three queries."""
    rows = Party.objects.filter(kind=Party.Kind.SUPPLIER, is_active=True).order_by("name", "pk")
    offered = dict(
        SupplierOffer.objects.in_force(on).values_list("supplier_id").annotate(Count("pk"))
    )
    warned = Counter(
        row.supplier_id
        for row in certificates(on, supplier__isnull=False)
        if row.standing is not Standing.VALID
    )
    return [
        SupplierRow(
            each.pk, each.code, each.name, each.name_zh, each.country,
            offered.get(each.pk, 0), warned[each.pk],
        )
        for each in rows
    ]  # fmt: skip


def certificates(on: date, **wanted: object) -> list[CertificateRow]:
    """Certificates, the first to expire first. One query."""
    rows = (
        Certificate.objects.filter(**wanted)
        .order_by("expires_on", "pk")
        .values_list(
            "pk", "kind", "supplier_id", "product__sku", "number", "issuer", "issued_on",
            "expires_on", "document_id",
        )
    )  # fmt: skip
    return [CertificateRow(*row[:-1], row[-1] is not None, standing(row[-2], on)) for row in rows]


def contacts_of(supplier: Party) -> list[SupplierContact]:
    """Who at a supplier is written to. One query."""
    rows = SupplierContact.objects.filter(supplier_id=supplier.pk, ended_at=None)
    return list(rows.select_related("person").order_by("pk"))


def newest_link(
    *, order: PurchaseOrder | None = None, invitation: QuoteInvitation | None = None
) -> SupplierLink | None:
    """The newest link of an order or an invitation, also one that was revoked. One query."""
    rows = SupplierLink.objects.filter(order=order, invitation=invitation)
    found: SupplierLink | None = rows.order_by("-pk").first()
    return found


def order_papers(product: Product, zone_code: str) -> list[ShippingPaper]:
    """Papers of a zone's orders that hold a product, newest first. One query."""
    rows = ShippingPaper.objects.filter(
        order__round__pool__zone_code=zone_code, order__lines__product=product
    )
    return list(rows.select_related("order").order_by("-added_at", "-pk")[:PAPERS_SHOWN])


def addresses_of(supplier: Party, on: date) -> list[SupplierAddress]:
    """The address of each kind that holds on a day. One query."""
    rows = SupplierAddress.objects.filter(supplier_id=supplier.pk, valid_from__lte=on)
    latest = {row.kind: row for row in rows.order_by("valid_from", "pk")}
    return [latest[kind] for kind in sorted(latest, reverse=True)]


def offers_by(supplier: Party) -> list[SupplierOffer]:
    """Every offer of a supplier, newest first, with products and prices. Two queries."""
    rows = SupplierOffer.objects.filter(supplier_id=supplier.pk).select_related("product")
    return list(rows.prefetch_related("tiers").order_by("-valid_from", "product__sku")[:300])


def rebates_by(supplier: Party) -> list[SupplierRebate]:
    """Every rebate of a supplier on its total, newest first. One query."""
    rows = SupplierRebate.objects.filter(supplier_id=supplier.pk)
    return list(rows.order_by("-valid_from", "from_units")[:100])


def agreements(pools: Iterable[Pool], **wanted: object) -> list[AgreementRow]:
    """Blanket agreements of pools with what orders called off. Two queries."""
    rows = list(
        BlanketAgreement.objects.filter(pool__in=list(pools), **wanted)
        .select_related("product")
        .order_by("-valid_from", "number")
    )
    lines = PurchaseOrderLine.objects.filter(
        order__round__pool__in={row.pool_id for row in rows},
        order__supplier__in={row.supplier_id for row in rows},
    ).select_related("order", "order__round")
    ordered = list(lines)
    return [_agreement_row(row, ordered) for row in rows]


def _agreement_row(row: BlanketAgreement, lines: list[PurchaseOrderLine]) -> AgreementRow:
    calls = (
        (line.units if row.units else line.amount_minor, line.order.ordered_on is not None)
        for line in lines
        if _calls(row, line)
    )
    return AgreementRow(
        number=row.number,
        supplier_id=row.supplier_id,
        sku=row.product.sku if row.product else "",
        currency=row.currency,
        valid_from=row.valid_from,
        valid_before=row.valid_before,
        used=call_off(row.units or row.value_minor or 0, calls),
    )


def _calls(row: BlanketAgreement, line: PurchaseOrderLine) -> bool:
    """Whether a line calls an agreement off: a draft counts as if it were placed in its time."""
    order = line.order
    if order.supplier_id != row.supplier_id or order.round.pool_id != row.pool_id:
        return False
    if row.product_id not in (None, line.product_id):
        return False
    if row.value_minor and order.currency != row.currency:
        return False
    return order.ordered_on is None or row.valid_from <= order.ordered_on < row.valid_before


def quote_requests(pools: Iterable[Pool]) -> list[QuoteRequest]:
    """Requests of pools, newest first, with how many were asked and have answered. One query."""
    answered = Q(invitations__answered_at__isnull=False)
    rows = QuoteRequest.objects.filter(pool__in=list(pools)).annotate(
        asked=Count("invitations", distinct=True),
        answered=Count("invitations", filter=answered, distinct=True),
    )
    return list(rows.order_by("-number")[:100])


def comparison(request: QuoteRequest, on: date) -> list[tuple[QuoteRequestLine, list[QuoteRow]]]:
    """Each line with the latest quote of every supplier, the cheapest landed first.

    Landed is goods and carriage to the warehouse door for the units asked, raised to packs and
    minimum, at the mid of the day; None with the reason where no tariff or rate covers it.
    """
    lines = list(request.lines.select_related("product").order_by("product__sku"))
    quotes = Quote.objects.filter(line__request=request).select_related("invitation__supplier")
    latest: dict[tuple[int, int], Quote] = {}
    for quote in quotes.prefetch_related("tiers").order_by("version"):
        latest[quote.line_id, quote.invitation_id] = quote
    awarded: set[int | None] = set(
        request.lines.filter(award__isnull=False).values_list("award__quote_id", flat=True)
    )
    return [
        (line, _ranked(line, [q for q in latest.values() if q.line_id == line.pk], awarded, on))
        for line in lines
    ]


def _ranked(
    line: QuoteRequestLine, quotes: list[Quote], awarded: set[int | None], on: date
) -> list[QuoteRow]:
    priced = [(quote, *_landed(quote, line, on)) for quote in quotes]
    known = [landed for _, _, landed, _ in priced if landed is not None]
    best = min(known, default=None)
    rows = [
        _row(quote, units, landed, why, is_best=landed is not None and landed == best,
             is_awarded=quote.pk in awarded)
        for quote, units, landed, why in priced
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.landed_fen is None, row.landed_fen, row.supplier))


def _row(
    quote: Quote,
    units: int,
    landed: int | None,
    why_not: Refusal | None,
    *,
    is_best: bool,
    is_awarded: bool,
) -> QuoteRow:
    return QuoteRow(
        quote_id=quote.pk,
        supplier=quote.invitation.supplier.name,
        terms=f"{quote.incoterm} {quote.origin_port}",
        currency=quote.currency,
        version=quote.version,
        units=units,
        price_minor=as_offer(quote).price_minor(units),
        landed_fen=landed,
        moq_units=quote.moq_units,
        pack_units=quote.pack_units,
        lead_time_days=quote.lead_time_days,
        valid_before=quote.valid_before,
        is_best=is_best,
        is_awarded=is_awarded,
        why_not=why_not,
    )


def as_offer(quote: Quote) -> Offer:
    """A quote as rounds plan with it."""
    return Offer(
        offer_id=0,
        supplier_id=quote.invitation.supplier_id,
        product_id=quote.line.product_id,
        currency=quote.currency,
        incoterm=quote.incoterm,
        moq_units=quote.moq_units,
        pack_units=quote.pack_units,
        tiers=tuple(Tier(tier.from_units, tier.price_minor) for tier in quote.tiers.all()),
        lead_time_days=quote.lead_time_days,
        origin_port=quote.origin_port,
        is_incremental=quote.is_incremental,
    )


def _landed(
    quote: Quote, line: QuoteRequestLine, on: date
) -> tuple[int, int | None, Refusal | None]:
    """Units bought for a line, fen per unit landed, and why that is not known."""
    offer = as_offer(quote)
    units = offer.least_units(line.units)
    try:
        goods = rates.convert_on(offer.amount_minor(units) or 0, quote.currency, "CNY", on)
        lane = freight_terms(quote.origin_port, on, incoterm=Incoterm(quote.incoterm))
        product = line.product
        load = Load(
            volume_m3=Decimal(units * product.volume_cm3) / 1_000_000,
            weight_kg=Decimal(units * product.gross_weight_g) / 1_000,
            goods_minor=goods,
        )
        carried = cheapest(load, lane, modes=MODES).total_minor
    except Refusal as refusal:
        return units, None, refusal
    return units, round_half_up(Decimal(goods + carried) / units), None
