"""Labels: what is printed can be scanned."""

from datetime import date

import segno
import zxingcpp
from defusedxml import ElementTree
from PIL import Image

from traceability.domain import label
from traceability.domain.digital_link import ItemKey, parse

GTIN, CODE = "09520123456788", "7F3KQ2ZD98MXT4A0"


def test_an_independent_reader_reads_the_symbol_back_as_the_unit():
    address = label.label_address(GTIN, CODE, "trace.example.org")
    picture = _as_camera_sees(label.symbol_svg(address))

    [read] = zxingcpp.read_barcodes(picture)

    assert read.text == "HTTPS://TRACE.EXAMPLE.ORG/01/09520123456788/21/7F3KQ2ZD98MXT4A0"
    assert parse(read.text) == ItemKey(GTIN, serial=CODE)


def test_the_upper_case_address_leaves_room_to_repair_a_quarter_of_the_symbol():
    address = label.label_address(GTIN, CODE, "trace.example.org")

    symbol = segno.make_qr(address, error=label.ERROR_LEVEL)

    assert (symbol.mode, symbol.error, symbol.version) == ("alphanumeric", "Q", 4)


def test_a_label_shows_its_code_in_groups():
    unit = label.Label(CODE, GTIN, "", "Infant formula", "SP-26", date(2028, 3, 14))

    assert unit.code_shown == "7F3K-Q2ZD-98MX-T4A0"


def _as_camera_sees(svg: bytes) -> Image.Image:
    """The dark strokes of the SVG drawn on white, eight pixels a module."""
    path = next(e for e in ElementTree.fromstring(svg).iter() if e.get("stroke") == "#000")
    modules = list(_dark_modules(path.get("d") or ""))
    side = max(max(x, y) for x, y in modules) + 1 + label.QUIET_ZONE
    picture = Image.new("L", (side, side), 255)
    for module in modules:
        picture.putpixel(module, 0)
    return picture.resize((side * 8, side * 8), Image.Resampling.NEAREST)


def _dark_modules(path: str):
    """Modules that the path ``M x y h n m dx dy h n …`` runs through."""
    x = y = 0.0
    tokens = path.replace("M", " M ").replace("m", " m ").replace("h", " h ").split()
    while tokens:
        command = tokens.pop(0)
        if command == "h":
            length = int(tokens.pop(0))
            yield from ((int(x) + i, int(y)) for i in range(length))
            x += length
        else:
            dx, dy = float(tokens.pop(0)), float(tokens.pop(0))
            x, y = (dx, dy) if command == "M" else (x + dx, y + dy)
