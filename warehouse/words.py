"""What kinds of movement and places are called on pages."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from warehouse.domain.ageing import Exit, Urgency
from warehouse.domain.allocation import Rule
from warehouse.domain.charges import Basis, ChargeKind
from warehouse.domain.claims import Against, Cause
from warehouse.domain.closing import CauseKind, Outcome
from warehouse.domain.counting import Reason
from warehouse.domain.disposal import DisposalReason, EvidenceKind, Way
from warehouse.domain.ownership import Cause as OwnerCause
from warehouse.domain.papers import PaperKind
from warehouse.domain.returning import ReturnedAs
from warehouse.domain.scanning import Condition, Task
from warehouse.domain.stock import MovementKind, Place

SALE_CAUSES: Final[dict[str, Promise]] = {
    OwnerCause.SALE: _("sale"),
    OwnerCause.UNUSED: _("unused units"),
    OwnerCause.LEAVING: _("importer leaves"),
    OwnerCause.ABANDONED: _("abandoned"),
}
PLACES: Final[dict[str, Promise]] = {
    Place.SUPPLIER: _("supplier"),
    Place.QUARANTINE: _("quarantine"),
    Place.BONDED: _("bonded shelves"),
    Place.PACKED: _("packing table"),
    Place.CONSUMER: _("consumer"),
    Place.DESTROYED: _("destroyed"),
    Place.MISSING: _("missing"),
    Place.ABROAD: _("abroad"),
    Place.SAMPLED: _("taken as a sample"),
    Place.OTHER_ZONE: _("another zone"),
}

KINDS: Final[dict[str, Promise]] = {
    MovementKind.RECEIVE: _("received"),
    MovementKind.ALLOCATE: _("allocated"),
    MovementKind.TRANSFER: _("ownership transferred"),
    MovementKind.QUARANTINE: _("put in quarantine"),
    MovementKind.CLEAR: _("cleared from quarantine"),
    MovementKind.PICK: _("picked"),
    MovementKind.UNPICK: _("put back"),
    MovementKind.SHIP: _("shipped"),
    MovementKind.DESTROY: _("destroyed"),
    MovementKind.MISS: _("not found at a count"),
    MovementKind.FIND: _("found at a count"),
    MovementKind.RETURN: _("came back"),
    MovementKind.SEND_ABROAD: _("returned abroad"),
    MovementKind.SAMPLE: _("taken as a sample"),
    MovementKind.LEAVE_ZONE: _("moved to another zone"),
}

RULES: Final[dict[str, Promise]] = {
    Rule.UNIFORM: _("one level for all"),
    Rule.WEIGHTED: _("by tier and accuracy of forecasts"),
    Rule.PROPORTIONAL: _("in proportion to what was asked"),
}

REASONS: Final[dict[str, Promise]] = {
    Reason.MISCOUNTED: _("miscounted before"),
    Reason.MISPLACED: _("found in another place"),
    Reason.WRONG_PICK: _("wrong units picked"),
    Reason.DAMAGED: _("damaged, not reported"),
    Reason.STOLEN: _("stolen"),
    Reason.UNKNOWN: _("unknown"),
}

RETURNED_AS: Final[dict[str, Promise]] = {
    ReturnedAs.SEALED: _("sealed, as new"),
    ReturnedAs.OPENED: _("opened"),
    ReturnedAs.DAMAGED: _("damaged"),
}

PAPERS: Final[dict[str, Promise]] = {
    PaperKind.DESTRUCTION: _("destruction"),
    PaperKind.RETURN_ABROAD: _("return abroad"),
    PaperKind.SAMPLE: _("sample"),
    PaperKind.ZONE_TRANSFER: _("move to another zone"),
}

CAUSES: Final[dict[str, Promise]] = {
    Cause.SHORT: _("short"),
    Cause.DAMAGED: _("damaged"),
}

AGAINST: Final[dict[str, Promise]] = {
    Against.SUPPLIER: _("supplier"),
    Against.INSURER: _("insurer"),
}

CONDITIONS: Final[dict[str, Promise]] = {
    Condition.GOOD: _("good"),
    Condition.DAMAGED: _("damaged"),
    Condition.QUARANTINED: _("held back for a check"),
}

TASKS: Final[dict[str, Promise]] = {
    Task.RECEIVE: _("Receive"),
    Task.PUT_AWAY: _("Put away"),
    Task.MOVE: _("Move"),
    Task.PICK: _("Pick"),
    Task.PACK: _("Pack up"),
    Task.SHIP: _("Ship"),
}

TASK_ADVICE: Final[dict[str, Promise]] = {
    Task.RECEIVE: _("Scan each carton at the door; the office closes the count."),
    Task.PUT_AWAY: _("Scan the carton, then the shelf or pallet it goes to."),
    Task.MOVE: _("Scan where it is, what it is, and where it goes."),
    Task.PICK: _("Scan the parcel's slip, the shelf, and what you take."),
    Task.PACK: _("Scan the slip and every serial; leave empty what bears none."),
    Task.SHIP: _("Scan the parcel as the carrier takes it."),
}

SCANNED: Final[dict[str, Promise]] = {
    "consignment": _("Consignment"),
    "item": _("Carton"),
    "units": _("Units"),
    "condition": _("Condition"),
    "target": _("To shelf or pallet"),
    "source": _("From shelf or pallet"),
    "parcel": _("Parcel"),
    "codes": _("Serials, one a line"),
}

URGENCIES: Final[dict[str, tuple[str, Promise]]] = {
    Urgency.FINE: ("ok", _("in time")),
    Urgency.WARNED: ("warn", _("sell soon")),
    Urgency.TOO_LATE: ("bad", _("too late to sell")),
    Urgency.EXPIRED: ("bad", _("expired")),
}

EXITS: Final[dict[str, Promise]] = {
    Exit.OFFER: _("Offer in the pool"),
    Exit.RETURN_ABROAD: _("Return abroad"),
    Exit.DESTROY: _("Destroy"),
}

CHARGE_KINDS: Final[dict[str, Promise]] = {
    ChargeKind.STORAGE: _("Storage"),
    ChargeKind.HANDLING: _("Handling"),
    ChargeKind.INSURANCE: _("Insurance"),
    ChargeKind.CAPITAL: _("Cost of capital (not charged)"),
}

BASES: Final[dict[str, Promise]] = {
    Basis.M3_DAY: _("per m³ and day"),
    Basis.UNIT: _("per unit"),
    Basis.TOUCH: _("per time"),
    Basis.M3: _("per m³"),
    Basis.PERCENT_YEAR: _("% of worth a year"),
}

AGES: Final[tuple[Promise, ...]] = (
    _("to 30 days"),
    _("31–60"),
    _("61–90"),
    _("91–180"),
    _("over 180"),
)

OUTCOMES: Final[dict[str, Promise]] = {
    Outcome.EQUAL: _("equal"),
    Outcome.RAISED: _("book is raised"),
    Outcome.TAXED: _("tax is paid"),
    Outcome.OPEN: _("reason missing"),
}

CLOSE_CAUSES: Final[dict[str, Promise]] = {
    CauseKind.LEFT_NOT_WRITTEN_OFF: _("left, not written off"),
    CauseKind.WRITTEN_OFF_NOT_LEFT: _("written off, did not leave"),
    CauseKind.ARRIVED_NOT_BOOKED: _("arrived, not in the book as such"),
    CauseKind.MISSED_AT_A_COUNT: _("not found at a count"),
    CauseKind.FOUND_AT_A_COUNT: _("found at a count"),
    CauseKind.CLOSING_COUNT: _("only seen at the closing count"),
}

DISPOSAL_REASONS: Final[dict[str, Promise]] = {
    DisposalReason.EXPIRED: _("expired"),
    DisposalReason.DAMAGED: _("goods or packing damaged"),
    DisposalReason.RECALLED: _("banned or recalled"),
    DisposalReason.QUALITY: _("brand or quality"),
    DisposalReason.FORCE_MAJEURE: _("force majeure"),
    DisposalReason.OTHER: _("other"),
}

WAYS: Final[dict[str, Promise]] = {
    Way.RETURN_ABROAD: _("Return abroad"),
    Way.DESTRUCTION: _("Destroy"),
}

EVIDENCE: Final[dict[str, Promise]] = {
    EvidenceKind.AUTHORISATION: _("Agent's authorisation"),
    EvidenceKind.LICENCE: _("Destroyer's licence"),
    EvidenceKind.CONTRACT: _("Contract with the destroyer"),
    EvidenceKind.VIDEO: _("Recording of the whole process"),
    EvidenceKind.RECORD: _("Record of what was done"),
}

LIEN_CAUSES: Final[dict[str, Promise]] = {
    "pledge": _("pledged"),
    "arrears": _("money is late"),
}
"""Why units are kept."""

LIEN_STEP_WORDS: Final[dict[str, Promise]] = {
    "set": _("Set"),
    "decline": _("Decline"),
    "ask_lift": _("Ask to lift"),
    "lift": _("Lift"),
    "keep": _("Keep"),
}
"""What a button says that takes a lien one step on."""
