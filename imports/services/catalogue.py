"""Products and supplier offers enter the catalogue."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from djmoney.money import Money

from core.domain.errors import Refusal
from core.domain.trade import gtin, hs_code, to_minor
from core.models import Party
from imports.domain.lanes import lane_from
from imports.models import PriceTier, Product, SupplierOffer


class PriceInOtherCurrency(Refusal):
    """Raised when a price tier is in another currency than its offer."""

    code = "price-in-other-currency"
    reason = "The offer is in {currency}; a price is in {other}."
    remedy = "Give every price of the offer in {currency}."


def add_product(*, sku: str, **fields: Any) -> Product:
    """Record a product; GTIN and HS code are checked and normalised.

    Raises:
        BadGTIN, BadHSCode: nothing was recorded.
    """
    fields["gtin"] = gtin(fields["gtin"])
    fields["hs_code"] = hs_code(fields["hs_code"], digits=(10,))
    return Product.objects.create(sku=sku, **fields)


@transaction.atomic
def add_offer(
    *,
    supplier: Party,
    product: Product,
    incoterm: str,
    prices: Mapping[int, Money],
    currency: str,
    valid_from: date,
    origin_port: str = "",
    **terms: Any,
) -> SupplierOffer:
    """Record a supplier's offer: unit prices by the units from which they hold.

    ``terms`` are moq_units, pack_units, lead_time_days, valid_before. Without ``origin_port``
    goods leave from the usual port of the supplier's country.

    Raises:
        PriceInOtherCurrency, BadMoney, NoLane: nothing was recorded.
    """
    for price in prices.values():
        if str(price.currency) != currency:
            raise PriceInOtherCurrency(currency=currency, other=str(price.currency))
        to_minor(price.amount, currency)
    offer = SupplierOffer.objects.create(
        supplier_id=supplier.pk,
        product=product,
        currency=currency,
        incoterm=incoterm,
        origin_port=origin_port or lane_from(supplier.country).port,
        valid_from=valid_from,
        **terms,
    )
    PriceTier.objects.bulk_create(
        PriceTier(offer=offer, from_units=start, price=price.amount, price_currency=currency)
        for start, price in sorted(prices.items())
    )
    return offer
