"""The steps of a refund."""

from core.domain.transitions import StateTable

REFUND_STEPS = StateTable(
    {
        "asked": {"approve": "approved", "decline": "declined"},
        "approved": {"pay": "paid", "decline": "declined"},
    }
)
"""What has left the bank does not come back by a step: it comes back as a credit."""
