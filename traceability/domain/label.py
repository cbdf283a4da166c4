"""The label of one unit: a QR symbol that a camera reads and a code that a person reads."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO

import segno

from traceability.domain.codes import shown
from traceability.domain.digital_link import ItemKey, printed

ERROR_LEVEL = "Q"
"""A quarter of the symbol may be scratched; the upper-case address leaves room for it."""

QUIET_ZONE = 4
"""Light modules around the symbol (ISO/IEC 18004)."""


@dataclass(frozen=True)
class Label:
    """What is printed on one unit. The code is in clear: labels are printed once, never stored."""

    code: str
    gtin: str
    address: str
    product: str
    lot_number: str
    expires_on: date | None

    @property
    def code_shown(self) -> str:
        """The code in four groups of four."""
        return shown(self.code)


def label_address(gtin: str, code: str, host: str) -> str:
    """What the symbol says: the unit's Digital Link in upper case."""
    return printed(ItemKey(gtin, serial=code), host)


def symbol_svg(address: str) -> bytes:
    """The QR symbol of an address as a stand-alone SVG image."""
    image = BytesIO()
    symbol = segno.make_qr(address, error=ERROR_LEVEL, boost_error=True)
    symbol.save(image, kind="svg", border=QUIET_ZONE, scale=4, dark="#000", light="#fff")
    return image.getvalue()
