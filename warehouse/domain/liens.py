"""The steps of a lien on stock, and what is declined about one."""

from core.domain.errors import Refusal
from core.domain.transitions import StateTable

LIEN_STEPS = StateTable(
    {
        "asked": {"set": "set", "decline": "declined"},
        "set": {"ask_lift": "lifting"},
        "lifting": {"lift": "lifted", "keep": "set"},
    }
)


class SamePersonDecides(Refusal):
    """Raised when who asked for a lien, or for its end, would decide about it."""

    code = "same-person-decides"
    reason = "Lien {number} waits for a second person: you asked for this step yourself."
    remedy = "Ask a colleague with the right to do it."


class HeldForLateMoney(Refusal):
    """Raised when a lien for late money would be changed by hand."""

    code = "held-for-late-money"
    reason = "Lien {number} holds units for money that is late."
    remedy = "It is lifted by itself when the money is there, or is not asked for any more."


class UnderLien(Refusal):
    """Raised when units are to be given out that a lien keeps."""

    code = "under-lien"
    reason = "These units are kept under lien {number}."
    remedy = "Take other units, or have the lien lifted by two people."
