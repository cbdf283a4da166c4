"""Reads of pay and charge: plain rows and frozen values, never querysets."""

from fx_settlement.queries.counterfactual import Basis, Reference, basis_of, row_used
from fx_settlement.queries.pooled import importers_of, pooled_minor, pools_of, stock_changes

__all__ = [
    "Basis",
    "Reference",
    "basis_of",
    "importers_of",
    "pooled_minor",
    "pools_of",
    "row_used",
    "stock_changes",
]
