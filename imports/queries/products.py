"""Products as the catalogue's pages show them, and their goods records."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, Max, Q, QuerySet, When

from core.models import Pool
from imports.domain.eligibility import assess
from imports.models import (
    GoodsImage,
    GoodsRecord,
    Product,
    SupplierOffer,
    Variant,
)
from imports.queries.eligibility import GOODS_COLUMNS, eligibility_rules, goods_from

State = GoodsRecord.State


@dataclass(frozen=True)
class ProductRow:
    """A product of the catalogue with its verdict and the state of its goods records."""

    product_id: int
    sku: str
    gtin: str
    name: str
    name_zh: str
    brand: str
    category: str
    hs_code: str
    verdict: str
    record_state: str


@dataclass(frozen=True)
class RecordRow:
    """A version of a goods record, with the product that it is of."""

    record_id: int
    product_id: int
    sku: str
    name: str
    name_zh: str
    zone_code: str
    version: int
    state: str
    hs_code: str
    submitted_at: datetime
    decided_at: datetime | None
    remark: str


@dataclass(frozen=True)
class GtinRow:
    """A registered number: whose it is and what it stands on."""

    gtin: str
    owner: str
    level: str
    units: int
    registered_on: date
    ended_on: date | None


def products(on: date, *, text: str = "", start: int = 0, limit: int = 100) -> list[ProductRow]:
    """Products whose SKU, GTIN, name or HS code holds a text, by SKU. Five queries at most."""
    rows = list(
        _matching(text)
        .annotate(lead_time=Max("offers__lead_time_days", filter=_offered(on)))
        .order_by("sku")
        .values_list("pk", "sku", "gtin", "name", "brand", "category", "lead_time", *GOODS_COLUMNS)[
            start : start + limit
        ]
    )
    states = _states_of(row[0] for row in rows)
    rules = eligibility_rules()
    found = []
    for pk, sku, gtin, name, brand, category, lead_time, *columns in rows:
        state = states.get(pk, "")
        goods = goods_from(
            columns, lead_time_days=lead_time or 0, is_confirmed=state == State.CONFIRMED
        )
        called = (pk, sku, gtin, name, goods.name_zh, brand, category, goods.hs_code)
        found.append(ProductRow(*called, str(assess(goods, rules, on).verdict), state))
    return found


def _matching(text: str) -> QuerySet[Product]:
    asked = text.strip()
    if not asked:
        return Product.objects.all()
    digits = asked.replace(" ", "").replace(".", "")
    by_name = Q(sku__icontains=asked) | Q(name__icontains=asked) | Q(name_zh__icontains=asked)
    if digits.isdigit():
        by_name |= Q(gtin__contains=digits) | Q(hs_code__startswith=digits)
    return Product.objects.filter(by_name)


def _offered(on: date) -> Q:
    ends_later = Q(offers__valid_before__isnull=True) | Q(offers__valid_before__gt=on)
    return Q(offers__valid_from__lte=on) & ends_later


def _states_of(product_ids: Iterable[int]) -> Mapping[int, str]:
    """The state that counts of each product's records: one in force, else the latest. One query."""
    rows = (
        GoodsRecord.objects.filter(product_id__in=list(product_ids))
        .order_by("product_id", "version")
        .values_list("product_id", "state")
    )
    found: dict[int, str] = {}
    for product, state in rows:
        if found.get(product) != State.CONFIRMED:
            found[product] = state
    return found


def record_rows(
    *, zones: Iterable[str] | None = None, start: int = 0, limit: int = 100, **wanted: Any
) -> list[RecordRow]:
    """Versions of goods records, those that wait longest first, then the newest. One query."""
    rows = _records(zones).filter(**wanted)
    waits = Case(When(state=State.SUBMITTED, then=0), default=1)
    since = Case(When(state=State.SUBMITTED, then=F("submitted_at")))
    ordered = rows.order_by(waits, since, "-submitted_at", "-version", "pk")
    return [
        RecordRow(*row)
        for row in ordered.values_list(
            "pk", "product_id", "product__sku", "product__name", "product__name_zh", "zone_code",
            "version", "state", "hs_code", "submitted_at", "decided_at", "remark",
        )[start : start + limit]
    ]  # fmt: skip


def waiting_records(zones: Iterable[str] | None) -> list[int]:
    """Records that wait for the broker, the longest first. One query."""
    rows = _records(zones).filter(state=State.SUBMITTED)
    return list(rows.order_by("submitted_at", "pk").values_list("pk", flat=True))


def _records(zones: Iterable[str] | None) -> QuerySet[GoodsRecord]:
    rows = GoodsRecord.objects.all()
    return rows if zones is None else rows.filter(zone_code__in=list(zones))


def unconfirmed(product_ids: Iterable[int], zone_code: str) -> set[int]:
    """Which of these products may not be declared in a zone yet. One query, whatever the number.

    A product may once a broker has confirmed its goods record there, with the HS code that it has.
    """
    wanted = set(product_ids)
    in_force = GoodsRecord.objects.filter(
        product_id__in=wanted,
        zone_code=zone_code,
        state=State.CONFIRMED,
        hs_code=F("product__hs_code"),
    )
    return wanted - set(in_force.values_list("product_id", flat=True))


def gtins_of(product: Product) -> list[GtinRow]:
    """The numbers of a product, consumer unit first. One query."""
    rows = product.gtins.order_by("units", "gtin").values_list(
        "gtin", "owner__name", "level", "units", "registered_on", "ended_on"
    )
    return [GtinRow(*row) for row in rows]


def siblings_of(product: Product) -> tuple[str, list[tuple[int, str, str]]]:
    """The family of a product and its variants as id, label and SKU; empty without one."""
    variant = Variant.objects.filter(product=product).select_related("family").first()
    if variant is None:
        return "", []
    rows = variant.family.variants.order_by("label").values_list(
        "product_id", "label", "product__sku"
    )
    return variant.family.name, list(rows)


def images_of(product: Product) -> list[GoodsImage]:
    """The pictures of a product, oldest first. One query."""
    return list(product.images.select_related("document").order_by("pk"))


def offers_of(product: Product, on: date) -> list[SupplierOffer]:
    """The offers in force for a product with their suppliers and prices. Two queries."""
    rows = SupplierOffer.objects.in_force(on).filter(product=product).select_related("supplier")
    return list(rows.prefetch_related("tiers").order_by("supplier__name"))


def zones(**wanted: Any) -> list[str]:
    """The zones of pools, newest pool first. One query."""
    rows = Pool.objects.filter(**wanted).order_by("-year", "pk").values_list("zone_code", flat=True)
    return list(dict.fromkeys(rows))
