"""What importers plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max, Q

from core import clock
from core.domain.errors import Refusal
from core.domain.trade import to_minor
from core.models import Party, Pool
from imports.domain.consolidation import Offer, Tier, asked_units
from imports.domain.eligibility import Goods, assess
from imports.domain.forecasts import MONTHS, CatalogueProduct
from imports.domain.purchase import Rebate, Size
from imports.models import (
    Commitment,
    ForecastLine,
    ForecastUpload,
    PriceTier,
    Product,
    Round,
    RoundMember,
    SupplierOffer,
    SupplierRebate,
)
from imports.queries.commitments import departed
from imports.queries.eligibility import GOODS_COLUMNS, eligibility_rules, goods_from


@dataclass(frozen=True)
class PlanRow:
    """An importer's current plan of one product: units of January to December."""

    product_id: int
    sku: str
    gtin: str
    name: str
    name_zh: str
    year: int
    tolerance_units: int
    months: tuple[int, ...]

    @property
    def total_units(self) -> int:
        """Units of the year."""
        return sum(self.months)


@dataclass(frozen=True)
class UploadRow:
    """A sheet that was sent, and what became of it."""

    upload_id: int
    filename: str
    year: int
    state: str
    row_count: int
    changed_count: int
    error_count: int
    uploaded_at: datetime


@dataclass(frozen=True)
class AskRow:
    """What an importer plans of a product in the months of a round."""

    importer_id: int
    product_id: int
    units: int
    tolerance_units: int


@dataclass(frozen=True)
class Names:
    """SKU, name and Chinese name of products, and names of importers, by id."""

    products: dict[int, tuple[str, str, str]]
    parties: dict[int, str]


def year_in_view() -> int:
    """The year that importers plan: that of the newest pool, else the current one. One query."""
    newest: int | None = Pool.objects.aggregate(newest=Max("year"))["newest"]
    return newest or clock.today().year


def plan_of(importer: Party, year: int) -> list[PlanRow]:
    """An importer's current plan of a year, by SKU. One query."""
    rows = (
        ForecastLine.objects.filter(importer_id=importer.pk, year=year, version_before=None)
        .order_by("product__sku")
        .values_list(
            "product_id", "product__sku", "product__gtin", "product__name", "product__name_zh",
            "year", "tolerance_units", *MONTHS,
        )
    )  # fmt: skip
    return [
        PlanRow(product, sku, gtin, name, name_zh, of_year, tolerance, tuple(months))
        for product, sku, gtin, name, name_zh, of_year, tolerance, *months in rows
    ]


def uploads_of(importer: Party, *, limit: int = 10) -> list[UploadRow]:
    """An importer's latest uploads, newest first. One query."""
    rows = (
        ForecastUpload.objects.filter(importer_id=importer.pk)
        .order_by("-uploaded_at", "-pk")
        .values_list(
            "pk", "document__filename", "year", "state", "row_count", "changed_count",
            "fault_count", "uploaded_at",
        )[:limit]
    )  # fmt: skip
    return [
        UploadRow(pk, name, year, state, count, changed, faults, at)
        for pk, name, year, state, count, changed, faults, at in rows
    ]


def catalogue(on: date, products: Iterable[int] | None = None) -> list[CatalogueProduct]:
    """Every product, or some, as forecasts are checked against it, at its lead time. Three queries.

    Goods that are alike in all that rules ask for are judged once.
    """
    in_force = Q(offers__valid_from__lte=on) & (
        Q(offers__valid_before__isnull=True) | Q(offers__valid_before__gt=on)
    )
    rows = (
        Product.objects.annotate(lead_time=Max("offers__lead_time_days", filter=in_force))
        .order_by("sku")
        .values_list("pk", "sku", "gtin", "lead_time", "name", *GOODS_COLUMNS)
    )
    if products is not None:
        rows = rows.filter(pk__in=products)
    rules, refusals = eligibility_rules(), dict[Goods, Refusal | None]()
    found = []
    for pk, sku, gtin, lead_time, name, *columns in rows:
        goods = goods_from(columns, lead_time_days=lead_time or 0)
        if goods not in refusals:
            refusals[goods] = assess(goods, rules, on).refusal
        found.append(_catalogue_product((pk, sku, gtin, name), goods, refusals[goods]))
    return found


def _catalogue_product(
    called: tuple[int, str, str, str], goods: Goods, refusal: Refusal | None
) -> CatalogueProduct:
    pk, sku, gtin, name = called
    return CatalogueProduct(
        product_id=pk,
        sku=sku,
        gtin=gtin,
        hs_code=goods.hs_code,
        shelf_life_days=goods.shelf_life_days,
        lead_time_days=goods.lead_time_days,
        name=name,
        refusal=refusal,
    )


def asks(first_month: date, last_month: date) -> list[AskRow]:
    """What importers plan in months, current lines only, by product and importer. One query."""
    years = range(first_month.year, last_month.year + 1)
    found: dict[tuple[int, int], AskRow] = {}
    rows = (
        ForecastLine.objects.filter(year__in=years, version_before=None)
        .order_by("product_id", "importer_id", "year")
        .values_list("product_id", "importer_id", "tolerance_units", "year", *MONTHS)
    )
    for product, importer, tolerance, year, *months in rows:
        by_month = {date(year, month, 1): count for month, count in enumerate(months, start=1)}
        units = asked_units(by_month, first=first_month, last=last_month)
        earlier = found.get((product, importer), AskRow(importer, product, 0, 0))
        found[(product, importer)] = AskRow(
            importer, product, earlier.units + units, max(earlier.tolerance_units, tolerance)
        )
    return [ask for ask in found.values() if ask.units]


def asks_of(round_: Round) -> list[AskRow]:
    """What importers ask of a round: their forecasts, once submitted their commitments.

    Those who left, are above their limit or withdrew are left out. Two queries at most.
    """
    if round_.submitted_at is None:
        gone = departed(round_.pool_id)
        found = asks(round_.first_month, round_.last_month)
        return [ask for ask in found if ask.importer_id not in gone]
    committed = RoundMember.objects.filter(round=round_, state=RoundMember.State.COMMITTED)
    rows = (
        Commitment.objects.filter(
            round=round_, version_before=None, importer__in=committed.values("importer")
        )
        .order_by("product_id", "importer_id")
        .values_list("importer_id", "product_id", "units", "tolerance_units")
    )
    return [AskRow(*row) for row in rows if row[2]]


def names_of(products: Iterable[int], importers: Iterable[int]) -> Names:
    """SKU and names of products, and names of importers, by id. Two queries."""
    rows = Product.objects.filter(pk__in=products).values_list("pk", "sku", "name", "name_zh")
    parties = Party.objects.filter(pk__in=importers).values_list("pk", "name")
    return Names({pk: (sku, name, zh) for pk, sku, name, zh in rows}, dict(parties))


def offers(products: Iterable[int], on: date) -> dict[int, list[Offer]]:
    """Offers in force for products, with their tiers, by product. Two queries.

    Of one supplier and product the latest counts.
    """
    in_force = SupplierOffer.objects.in_force(on).filter(product_id__in=products)
    latest = {(row.supplier_id, row.product_id): row for row in in_force.order_by("valid_from")}
    rows = sorted(latest.values(), key=lambda row: row.pk)
    tiers: dict[int, list[Tier]] = {row.pk: [] for row in rows}
    prices = PriceTier.objects.filter(offer_id__in=tiers).order_by("offer_id", "from_units")
    for offer_id, start, price, currency in prices.values_list(
        "offer_id", "from_units", "price", "price_currency"
    ):
        tiers[offer_id].append(Tier(start, to_minor(price, currency)))
    found: dict[int, list[Offer]] = {}
    for row in rows:
        found.setdefault(row.product_id, []).append(_offer(row, tiers[row.pk]))
    return found


def _offer(row: SupplierOffer, tiers: list[Tier]) -> Offer:
    return Offer(
        offer_id=row.pk,
        supplier_id=row.supplier_id,
        product_id=row.product_id,
        currency=row.currency,
        incoterm=row.incoterm,
        origin_port=row.origin_port,
        moq_units=row.moq_units,
        pack_units=row.multiple_units,
        lead_time_days=row.lead_time_days,
        tiers=tuple(tiers),
        is_incremental=row.is_incremental,
        capacity_units=row.capacity_units,
    )


def rebates(suppliers: Iterable[int], on: date) -> dict[int, tuple[Rebate, ...]]:
    """Rebates in force on suppliers' totals, rising in units and percent. One query."""
    ends_later = Q(valid_before__isnull=True) | Q(valid_before__gt=on)
    rows = SupplierRebate.objects.filter(ends_later, valid_from__lte=on, supplier__in=suppliers)
    found: dict[int, dict[int, Decimal]] = {}
    for row in rows.order_by("supplier_id", "valid_from"):
        found.setdefault(row.supplier_id, {})[row.from_units] = row.percent
    return {supplier: _rising(steps) for supplier, steps in found.items()}


def _rising(steps: dict[int, Decimal]) -> tuple[Rebate, ...]:
    """Rebates by their start, without those below what fewer units give."""
    made: list[Rebate] = []
    for start, percent in sorted(steps.items()):
        if not made or percent > made[-1].percent:
            made.append(Rebate(start, percent))
    return tuple(made)


def sizes(products: Iterable[int]) -> dict[int, Size]:
    """Volume and gross weight of a unit of products. One query."""
    rows = Product.objects.filter(pk__in=products)
    return {
        pk: Size(volume, weight, sku)
        for pk, volume, weight, sku in rows.values_list("pk", "volume_cm3", "gross_weight_g", "sku")
    }
