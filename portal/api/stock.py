"""What an importer may sell: its stock by product, and the products of the pool."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from django.http import HttpRequest
from ninja import Query
from pydantic import BaseModel

from core import clock
from core.api_keys import Scope
from imports.models import Product
from portal.api.gate import importer_of, operation
from portal.api.shapes import Listed, Page
from warehouse import queries
from warehouse.queries import Position


class StockRow(BaseModel):
    """Units of a product that the importer owns in the pool's warehouse.

    ``free_units`` can be sold now: on the shelves, promised to nobody, not expired.
    ``nearest_expiry`` is the earliest last day of use among them.
    """

    gtin: str
    name: str
    name_zh: str
    owned_units: int
    reserved_units: int
    free_units: int
    nearest_expiry: date | None


class ProductRow(BaseModel):
    """A product that the pool can import."""

    sku: str
    gtin: str
    name: str
    name_zh: str
    brand: str
    category: str
    hs_code: str
    origin: str
    shelf_life_days: int | None
    net_weight_g: int
    gross_weight_g: int


@operation("GET", "/stock", scope=Scope.STOCK_READ, answers={200: Listed[StockRow]})
def list_stock(request: HttpRequest, page: Query[Page]) -> Listed[StockRow]:
    """What can be sold: owned, reserved and free units by product, with the nearest expiry."""
    owned = sorted(queries.positions(importer_of(request)), key=lambda row: row.product_id)
    by_product = groupby(owned, key=lambda row: row.product_id)
    rows = [
        (product_id, told(list(lots), clock.today()))
        for product_id, lots in by_product
        if product_id > (page.position or 0)
    ]
    shown = rows[: page.limit]
    last = shown[-1][0] if len(rows) > page.limit else None
    return Listed(items=[row for _, row in shown], next=str(last) if last else None)


def told(lots: Sequence[Position], today: date) -> StockRow:
    """What may be sold of a product on a day, from the lots of it that are owned."""
    alive = [lot for lot in lots if lot.expires_on is None or lot.expires_on >= today]
    return StockRow(
        gtin=lots[0].gtin,
        name=lots[0].name,
        name_zh=lots[0].name_zh,
        owned_units=sum(lot.owned_units for lot in lots),
        reserved_units=sum(lot.reserved_units for lot in lots),
        free_units=sum(lot.free_units for lot in alive),
        nearest_expiry=_nearest(lot.expires_on for lot in alive if lot.free_units),
    )


def _nearest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


@operation("GET", "/products", scope=Scope.STOCK_READ, answers={200: Listed[ProductRow]})
def list_products(request: HttpRequest, page: Query[Page]) -> Listed[ProductRow]:
    """The products of the pool, with what customs knows them as."""
    fields = ProductRow.model_fields
    rows = Product.objects.filter(pk__gt=page.position or 0).order_by("pk")
    found = list(rows.values("pk", *fields)[: page.limit + 1])
    shown = found[: page.limit]
    last = shown[-1]["pk"] if len(found) > page.limit else None
    items = [ProductRow.model_validate(row) for row in shown]
    return Listed(items=items, next=str(last) if last else None)
