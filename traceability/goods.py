"""Public answers about a product or a lot: what it is, when it ends, and whether it is recalled."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from core import tenancy
from core.models import Country
from imports.models import Product
from traceability import queries, sampling
from traceability.domain.epcis import Issuer
from traceability.domain.page import Named, Step, Voyage
from traceability.models import Recall
from traceability.sampling import PublicFinding
from warehouse.models import Lot


@dataclass(frozen=True)
class PublicRecall:
    """A recall as everybody may know it; ``lot`` is empty when it concerns every lot."""

    number: str
    reason: str
    lot: str
    opened_at: datetime


@dataclass(frozen=True)
class LotFacts:
    """What is known of one lot of a product: its dates, its way, what examinations found."""

    number: str
    produced_on: date | None
    expires_on: date | None
    entered_on: date
    zone: Named
    has_expired: bool
    steps: tuple[Step, ...]
    voyage: Voyage | None
    findings: tuple[PublicFinding, ...]


@dataclass(frozen=True)
class GoodsPage:
    """A product, or one lot of it, as anybody may read it."""

    gtin: str
    product: Named
    brand: str
    origin: Named
    net_weight_g: int
    lot: LotFacts | None
    recalls: tuple[PublicRecall, ...]
    is_simulated: bool


def goods_page(gtin: str, lot_number: str = "", *, at: datetime) -> GoodsPage | None:
    """What may be told of a product, or of one of its lots; None for what is not ours.

    At most ten queries.
    """
    with tenancy.as_operator("anybody reads about goods", actor="public"):
        product = Product.objects.filter(gtin=gtin).first()
        if product is None:
            return None
        lot = _lot(product, lot_number) if lot_number else None
        if lot_number and lot is None:
            return None
        country = Country.objects.filter(pk=lot.origin if lot else product.origin).first()
        return GoodsPage(
            gtin=product.gtin,
            product=Named(product.name, product.name_zh),
            brand=product.brand,
            origin=Named(country.name, country.name_zh) if country else Named(product.origin),
            net_weight_g=product.net_weight_g,
            lot=_facts(lot, timezone.localtime(at).date()) if lot else None,
            recalls=_recalls(product, lot_number),
            is_simulated=lot.book_item.book.pool.is_simulated if lot else False,
        )


def _lot(product: Product, number: str) -> Lot | None:
    """The lot of a number; of several receipts the first."""
    rows = Lot.objects.select_related("book_item__book__pool")
    return rows.filter(product=product, number=number).order_by("pk").first()


def _facts(lot: Lot, today: date) -> LotFacts:
    pool = lot.book_item.book.pool
    way = queries.lot_journey(lot, Issuer(settings.PUBLIC_HOST))
    return LotFacts(
        number=lot.number,
        produced_on=lot.produced_on,
        expires_on=lot.expires_on,
        entered_on=lot.received_on,
        zone=Named(pool.zone_name, pool.zone_name_zh),
        has_expired=lot.expires_on is not None and lot.expires_on < today,
        steps=way.steps,
        voyage=way.voyage,
        findings=sampling.findings(lot),
    )


def _recalls(product: Product, lot_number: str) -> tuple[PublicRecall, ...]:
    """Recalls of a product; for a lot, those that reach it. The newest first."""
    rows = Recall.objects.filter(product=product).select_related("lot").order_by("-opened_at")
    found = (
        PublicRecall(row.number, row.reason, row.lot.number if row.lot else "", row.opened_at)
        for row in rows
    )
    return tuple(each for each in found if not lot_number or each.lot in ("", lot_number))
