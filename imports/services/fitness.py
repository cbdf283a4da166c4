"""Which products importers may plan, and why not the others."""

from collections.abc import Iterable

from core import clock
from core.domain.errors import Refusal
from imports import queries
from imports.domain.forecasts import CatalogueProduct
from imports.domain.perishables import StorageTerms, refuse_unfit_for_pool

TERMS = StorageTerms()
"""The pool's terms of storage against which perishables are judged."""


def refuse_unfit(product: CatalogueProduct) -> None:
    """Decline a product that the pool may not hold.

    Raises:
        The refusals of ``refuse_unfit_for_pool`` and of ``imports.domain.eligibility``.
    """
    if product.refusal is not None:
        raise product.refusal
    refuse_unfit_for_pool(
        hs_code=product.hs_code,
        shelf_life_days=product.shelf_life_days,
        lead_time_days=product.lead_time_days,
        terms=TERMS,
    )


def why_unfit(product: CatalogueProduct) -> Refusal | None:
    """Why the pool may not hold a product; None where it may."""
    try:
        refuse_unfit(product)
    except Refusal as refusal:
        return refusal
    return None


def eligible_products(products: Iterable[int] | None = None) -> dict[int, Refusal | None]:
    """Every product, or some, with why the pool may not hold it or None. Three queries."""
    found = queries.catalogue(clock.today(), products)
    return {each.product_id: why_unfit(each) for each in found}
