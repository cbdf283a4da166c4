"""What importers' consumers drew from the pool, month by month."""

from collections import defaultdict
from datetime import date

from django.db.models import Max, Min

from core.domain.calendar import add_months
from imports.models import Product, SupplierOffer, UnitsDrawn

Series = dict[int, list[int]]


def drawn_by_month(first: date, months: int) -> dict[int, Series]:
    """Units drawn by product and importer, one figure for each of so many months. One query."""
    before = add_months(first, months)
    rows = UnitsDrawn.objects.filter(month__gte=first, month__lt=before)
    found: dict[int, Series] = defaultdict(lambda: defaultdict(lambda: [0] * months))
    columns = ("product_id", "importer_id", "month", "units")
    for product, importer, month, units in rows.values_list(*columns):
        place = (month.year - first.year) * 12 + month.month - first.month
        found[product][importer][place] += units
    return {product: dict(series) for product, series in found.items()}


def months_drawn() -> tuple[date, date] | None:
    """The first and the last month in which anything was drawn. One query."""
    found = UnitsDrawn.objects.aggregate(first=Min("month"), last=Max("month"))
    return (found["first"], found["last"]) if found["first"] else None


def products_named(products: set[int]) -> dict[int, tuple[str, str, str]]:
    """SKU and names by product. One query."""
    rows = Product.objects.filter(pk__in=products).values_list("pk", "sku", "name", "name_zh")
    return {pk: (sku, name, name_zh) for pk, sku, name, name_zh in rows}


def lead_times(on: date) -> dict[int, int]:
    """The longest lead time of each product's offers in force, in days. One query."""
    rows = (
        SupplierOffer.objects.in_force(on).values_list("product_id").annotate(Max("lead_time_days"))
    )
    return dict(rows.order_by("product_id"))
