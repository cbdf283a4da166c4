"""Reads of pay and charge: plain rows and frozen values, never querysets."""

from fx_settlement.queries.batches import (
    BatchRow,
    DepositRow,
    PaymentRow,
    Rate,
    ShareRow,
    WaitingRow,
    batch_rows,
    batches_of,
    conversion_of,
    deposit_rows,
    payment_rows,
    rate_of,
    share_rows,
    waiting_rows,
)
from fx_settlement.queries.counterfactual import Basis, Reference, basis_of, row_used
from fx_settlement.queries.pooled import (
    importers_of,
    pooled_minor,
    pools_of,
    stock_changes,
    years_of,
)

__all__ = [
    "Basis",
    "BatchRow",
    "DepositRow",
    "PaymentRow",
    "Rate",
    "Reference",
    "ShareRow",
    "WaitingRow",
    "basis_of",
    "batch_rows",
    "batches_of",
    "conversion_of",
    "deposit_rows",
    "importers_of",
    "payment_rows",
    "pooled_minor",
    "pools_of",
    "rate_of",
    "row_used",
    "share_rows",
    "stock_changes",
    "waiting_rows",
    "years_of",
]
