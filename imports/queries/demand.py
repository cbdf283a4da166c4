"""What was drawn, by importer and month."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from imports.domain.pool_history import month_number
from imports.models import Product, UnitsDrawn


@dataclass(frozen=True)
class ProductName:
    """A product as pages name it, with its category."""

    product_id: int
    sku: str
    name: str
    name_zh: str
    category: str


def drawn_rows(*, since: date) -> npt.NDArray[np.int64]:
    """Importer, product, month number and units, a row each, of those in view. One query."""
    rows = UnitsDrawn.objects.filter(month__gte=since).order_by("pk")
    found = [
        (importer, product, month_number(month.year, month.month), units)
        for importer, product, month, units in rows.values_list(
            "importer_id", "product_id", "month", "units"
        )
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 4)


def product_names(products: "set[int]") -> dict[int, ProductName]:
    """Products by id. One query."""
    rows = Product.objects.filter(pk__in=products).order_by("sku")
    found = rows.values_list("pk", "sku", "name", "name_zh", "category")
    return {row[0]: ProductName(*row) for row in found}
