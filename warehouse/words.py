"""What kinds of movement and places are called on pages."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from warehouse.domain.claims import Against, Cause
from warehouse.domain.stock import MovementKind, Place

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

CAUSES: Final[dict[str, Promise]] = {
    Cause.SHORT: _("short"),
    Cause.DAMAGED: _("damaged"),
}

AGAINST: Final[dict[str, Promise]] = {
    Against.SUPPLIER: _("supplier"),
    Against.INSURER: _("insurer"),
}
