"""Products, suppliers' offers and the account book of the demonstration."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from core.domain.trade import gtin
from imports.models import PriceTier, Product, SupplierOffer
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


def _tiers(offer: SupplierOffer, row: OfferRow) -> list[PriceTier]:
    return [
        PriceTier(offer=offer, from_units=units, price=price, price_currency=row.currency)
        for units, price in row.tiers
    ]
