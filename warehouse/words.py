"""What kinds of movement and places are called on pages."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from warehouse.domain.stock import MovementKind, Place

PLACES: Final[dict[str, Promise]] = {
    Place.SUPPLIER: _("supplier"),
    Place.QUARANTINE: _("quarantine"),
    Place.BONDED: _("bonded shelves"),
    Place.PACKED: _("packing table"),
    Place.CONSUMER: _("consumer"),
    Place.DESTROYED: _("destroyed"),
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
}
