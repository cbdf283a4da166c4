"""Ways out of the account book that need a document of their own."""

from enum import StrEnum

from core.domain.errors import Refusal
from warehouse.domain.stock import MovementKind, Place


class NotEnoughInPlace(Refusal):
    """Raised when a document or a sale takes more units than the owner has free in a place."""

    code = "not-enough-in-place"
    reason = "{free} units of lot {lot} are free there; {asked} were to go."
    remedy = "Free reserved units or withdraw other documents first, or take fewer units."


class PaperAlreadyDone(Refusal):
    """Raised when a document that was executed, approved or withdrawn takes another step."""

    code = "paper-already-done"
    reason = "Document {number} is “{state}” and cannot be “{action}”."
    remedy = "Draw up a new document for further units."


class PaperKind(StrEnum):
    """Why goods leave other than to a consumer."""

    DESTRUCTION = "destruction"
    RETURN_ABROAD = "return_abroad"
    SAMPLE = "sample"
    ZONE_TRANSFER = "zone_transfer"


PREFIXES = {
    PaperKind.DESTRUCTION: "DX",
    PaperKind.RETURN_ABROAD: "RA",
    PaperKind.SAMPLE: "SA",
    PaperKind.ZONE_TRANSFER: "ZT",
}
"""How the numbers of documents start."""

WAYS_OUT: dict[PaperKind, tuple[MovementKind, Place]] = {
    PaperKind.DESTRUCTION: (MovementKind.DESTROY, Place.DESTROYED),
    PaperKind.RETURN_ABROAD: (MovementKind.SEND_ABROAD, Place.ABROAD),
    PaperKind.SAMPLE: (MovementKind.SAMPLE, Place.SAMPLED),
    PaperKind.ZONE_TRANSFER: (MovementKind.LEAVE_ZONE, Place.OTHER_ZONE),
}
"""All of them start from quarantine: what waits to leave can neither be sold nor picked."""

MODES = {
    PaperKind.DESTRUCTION: "0200",
    PaperKind.RETURN_ABROAD: "4561",
    PaperKind.SAMPLE: "",
    PaperKind.ZONE_TRANSFER: "",
}
"""Customs' supervision mode of the declaration, where it has one of its own.

Source: GACC announcement 2025 No. 79 (料件销毁 0200, 退运货物 4561)."""
