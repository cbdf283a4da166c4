"""Small makers for tests: a product, an offer, a plan, an order on its way."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from djmoney.money import Money

from core import rates
from core.domain.trade import gs1_check_digit
from core.models import Party, Pool
from imports import services
from imports.models import ForecastLine, Product, PurchaseOrder, Round, SupplierOffer

STARTED = datetime(2026, 1, 2, 4, tzinfo=UTC)
FIXED_ON = date(2026, 3, 2)
EURO_RATES = {"USD": Decimal("1.1"), "JPY": Decimal(165), "CNY": Decimal("7.7")}
"""A US dollar is 7 CNY, a yen 0.0466666667 CNY."""


def load_rates(*days: date) -> None:
    rates.load((currency, day, rate) for day in days for currency, rate in EURO_RATES.items())


def supplier(code: str = "serum-house", country: str = "US") -> Party:
    return Party.objects.create(
        kind=Party.Kind.SUPPLIER, code=code, name=code.title(), country=country
    )


def product(number: int = 1, **more: Any) -> Product:
    digits = f"95200000{number:04d}"
    fields = {
        "gtin": digits + gs1_check_digit(digits),
        "name": f"Serum {number}",
        "name_zh": f"精华液{number}",
        "hs_code": "3304990099",
        "origin": "US",
        "net_weight_g": 50,
        "gross_weight_g": 100,
        "volume_cm3": 500,
        "declared_unit": "011",
        "statutory_unit": "035",
        "statutory_qty_per_unit": Decimal("0.05"),
        **more,
    }
    return services.add_product(sku=f"SERUM-{number}", **fields)


def offer(
    by: Party,
    of: Product,
    prices: Mapping[int, str] | None = None,
    *,
    currency: str = "USD",
    **terms: Any,
) -> SupplierOffer:
    return services.add_offer(
        supplier=by,
        product=of,
        currency=currency,
        incoterm="FOB",
        prices={start: Money(price, currency) for start, price in (prices or {1: "10.00"}).items()},
        **{"lead_time_days": 30, "valid_from": date(2026, 1, 1), **terms},
    )


def plan(importer: Party, of: Product, *, year: int = 2026, **fields: int) -> ForecastLine:
    return ForecastLine.objects.create(
        importer_id=importer.pk, product=of, year=year, version_from=STARTED, **fields
    )


def quarter(pool: Pool, first: date = date(2026, 4, 1), last: date = date(2026, 6, 1)) -> Round:
    return services.open_round(pool, first_month=first, last_month=last)


def placed_order(pool: Pool, on: date = FIXED_ON) -> PurchaseOrder:
    """The one order of a round over April to June; plans and offers must exist."""
    round_ = quarter(pool)
    services.consolidate_round(round_)
    (order,) = services.place_orders(round_, on=on)
    return order
