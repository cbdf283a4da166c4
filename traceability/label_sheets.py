"""Label sheets: forty labels on an A4 page as SVG, and a table for a printing house."""

import csv
from collections.abc import Iterable, Iterator
from io import BytesIO, StringIO

import segno

from traceability.labels import Printed

COLUMNS, ROWS = 4, 10
PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
"""A4 in points."""
PER_SHEET = COLUMNS * ROWS
SHEETS_PER_FILE = 25
PER_FILE = PER_SHEET * SHEETS_PER_FILE
MARGIN = 22.0
FOOT = 34.0
WIDTH, HEIGHT = (PAGE_WIDTH - 2 * MARGIN) / COLUMNS, (PAGE_HEIGHT - MARGIN - FOOT) / ROWS
SIDE = 62.0
"""Edge of the QR symbol in points, quiet zone included: 22 mm."""


_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="297mm" '
    'viewBox="0 0 {width} {height}" font-family="sans-serif">'
)


def rows(labels: Iterable[Printed]) -> Iterator[str]:
    """A table for a printing house, line by line: number, code, GTIN, lot, address, PIN."""
    yield _line(["number", "code", "gtin", "lot", "expires_on", "address", "pin"])
    for each in labels:
        label = each.label
        ends = label.expires_on.isoformat() if label.expires_on else ""
        yield _line(
            [each.number, label.code, label.gtin, label.lot_number, ends, label.address, each.pin]
        )


def _line(cells: list[object]) -> str:
    out = StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def as_svg(labels: Iterable[Printed]) -> bytes:
    """One sheet of at most forty labels as a drawing in points."""
    parts = [_SVG.format(width=PAGE_WIDTH, height=PAGE_HEIGHT)]
    for place, each in enumerate(labels):
        row, column = divmod(place, COLUMNS)
        x, y = MARGIN + column * WIDTH, MARGIN + row * HEIGHT
        parts.append(f'<g transform="translate({x:.2f} {y:.2f})">{_drawn(each)}</g>')
    return "".join([*parts, "</svg>"]).encode()


def _drawn(each: Printed) -> str:
    label, left = each.label, SIDE + 4
    lines: list[tuple[float, float, float, str]] = [(left, 37, 5.5, f"LOT {label.lot_number}")]
    if label.expires_on:
        lines.append((left, 45, 5.5, f"EXP {label.expires_on:%Y-%m-%d}"))
    if each.pin:
        lines.append((left + 4, 59.5, 8, f"PIN {each.pin}"))
    lines += [
        (4, HEIGHT - 4.5, 6.5, label.code_shown),
        (WIDTH - 24, HEIGHT - 4.5, 5, str(each.number)),
    ]
    texts = "".join(
        f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size}">{_safe(text)}</text>'
        for x, y, size, text in lines
    )
    frame = f'<path d="M0 0h{WIDTH:.2f}v{HEIGHT:.2f}H0z" fill="none" stroke="#999"/>'
    return f"{frame}{_symbol(label.address)}{texts}"


def _symbol(address: str) -> str:
    """The QR symbol as one path, scaled to its square."""
    symbol = segno.make_qr(address, error="m", boost_error=False)
    modules = symbol.symbol_size(border=4)[0]
    out = BytesIO()
    symbol.save(out, kind="svg", xmldecl=False, svgns=False, border=4, scale=SIDE / modules,
                omitsize=True, dark="#000")  # fmt: skip
    path = out.getvalue().decode()
    inner = path[path.index("<path") : path.rindex("</svg>")]
    return f'<g transform="translate(2 5)">{inner}</g>'


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
