"""Products, suppliers' offers and the account book of the demonstration."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from django.db import transaction

from core.domain.trade import gtin
from imports.models import GoodsRecord, GtinRegistration, PriceTier, Product, SupplierOffer
from portal.demo import catalogue
from portal.demo.catalogue import OfferRow, ProductRow
from portal.demo.world import World


@transaction.atomic
def make_products(rows: Iterable[ProductRow]) -> dict[str, Product]:
    """The products by SKU."""
    made = Product.objects.bulk_create(_product(row) for row in rows)
    return {product.sku: product for product in made}


def _product(row: ProductRow) -> Product:
    return Product(
        sku=row.sku,
        gtin=gtin(row.gtin),
        name=row.name,
        name_zh=row.name_zh,
        brand=row.brand,
        category=row.category,
        hs_code=row.hs_code,
        origin=row.origin,
        shelf_life_days=row.shelf_life_days,
        net_weight_g=row.net_weight_g,
        gross_weight_g=row.gross_weight_g,
        volume_cm3=row.volume_cm3,
        declared_unit=row.declared_unit,
        statutory_unit=row.statutory_unit,
        statutory_qty_per_unit=row.statutory_qty_per_unit,
        model_zh=row.model_zh,
    )


@transaction.atomic
def make_offers(world: World, products: dict[str, Product], *, valid_from: date) -> int:
    """The suppliers' offers for these products, with their price tiers; the number of offers."""
    ports = {row.code: row.origin_port for row in catalogue.suppliers()}
    rows = [row for row in catalogue.offers() if row.sku in products]
    offers = SupplierOffer.objects.bulk_create(
        SupplierOffer(
            supplier_id=world.suppliers[row.supplier].pk,
            product=products[row.sku],
            currency=row.currency,
            incoterm=row.incoterm,
            origin_port=ports[row.supplier],
            moq_units=row.moq_units,
            pack_units=row.pack_units,
            lead_time_days=row.lead_time_days,
            valid_from=valid_from,
        )
        for row in rows
    )
    PriceTier.objects.bulk_create(
        tier for offer, row in zip(offers, rows, strict=True) for tier in _tiers(offer, row)
    )
    return len(offers)


@transaction.atomic
def make_records(world: World, products: Iterable[Product], *, on: date) -> int:
    """A goods record in force for every product in the pool's zone, and its number's owner."""
    rows = list(products)
    at = datetime.combine(on, time(4), tzinfo=UTC)
    owner = next(iter(world.suppliers.values()))
    owners = dict(SupplierOffer.objects.values_list("product_id", "supplier_id"))
    GtinRegistration.objects.bulk_create(
        GtinRegistration(
            gtin=each.gtin,
            product=each,
            owner_id=owners.get(each.pk, owner.pk),
            registered_on=on,
        )
        for each in rows
    )
    records = [_record(each, world.pool.zone_code, at) for each in rows]
    return len(GoodsRecord.objects.bulk_create(records))


def _record(product: Product, zone_code: str, at: datetime) -> GoodsRecord:
    return GoodsRecord(
        product=product,
        zone_code=zone_code,
        version=1,
        state=GoodsRecord.State.CONFIRMED,
        hs_code=product.hs_code,
        name_zh=product.name_zh,
        model_zh=product.model_zh,
        origin=product.origin,
        declared_unit=product.declared_unit,
        statutory_unit=product.statutory_unit,
        statutory_qty_per_unit=product.statutory_qty_per_unit,
        elements=[["品牌类型", "4"], ["出口享惠情况", "3"], ["品种", product.name_zh]],
        shelf_life_days=product.shelf_life_days,
        submitted_at=at,
        decided_at=at,
    )


def _tiers(offer: SupplierOffer, row: OfferRow) -> list[PriceTier]:
    return [
        PriceTier(offer=offer, from_units=units, price=price, price_currency=row.currency)
        for units, price in row.tiers
    ]
