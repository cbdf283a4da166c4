"""The steps of a supplier's invoice."""

from core.domain.transitions import StateTable

INVOICE_STEPS = StateTable(
    {
        "waiting": {"match": "matched", "differ": "differs"},
        "matched": {"dispute": "disputed"},
        "differs": {"release": "released", "dispute": "disputed"},
        "disputed": {"release": "released"},
        "released": {"dispute": "disputed"},
    }
)
"""It waits for the receipt, agrees or differs, is disputed and released."""
