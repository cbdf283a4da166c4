"""A batch of retail declarations as one file: Chinese, Code 128, QR, an outline entry each."""

import zlib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache, partial
from io import BytesIO
from itertools import count

from pypdf import PdfReader
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.ways import Way, Ways
from core.pdf import A4, QR, Document, Pdf, merge_from
from core.pdf.fonts import FONT_DIR
from customs import printing
from customs.domain.declaration import DeclaredLine
from customs.domain.forms import Sheet
from customs.jurisdictions.cn.layouts import RETAIL_FORM, retail_sheet
from tests.customs.declarations import declaration

LINES = 6
PLAIN_PAGES = 60
NAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
QR_SIDE = 62.0
WIDE = int(A4.width - 2 * 36)
"""Points between the margins of a page."""

_SAMPLE = 40
"""Pages of ours whose streams the limit deflates, over and over."""

_run = count(1)
"""Every run prints symbols of its own, so that none is remembered from the run before."""


def sheets(number_of: int) -> Iterator[Sheet]:
    """Declarations that differ in all that orders differ in; goods come from a range of twenty."""
    base = declaration(LINES)
    for number in range(number_of):
        lines = tuple(_line(line, number * 7 + line.line_no * 3) for line in base.lines)
        total = sum(line.total_minor for line in lines)
        yield retail_sheet(
            replace(
                base,
                cop_no=f"DEC-2026-{number:06d}",
                order_no=f"SH20260501-{number}",
                waybill_no=f"YT{7423891000000 + number * 7919}",
                buyer_name=NAMES[number % len(NAMES)] + NAMES[number // 7 % len(NAMES)] + "*",
                buyer_id_number=f"{110105 + number % 9000}**********{number % 97:02d}",
                buyer_phone=f"138****{number % 10_000:04d}",
                gross_weight_g=2_000 + number * 37 % 9_000,
                net_weight_g=1_600 + number * 37 % 9_000,
                lines=lines,
                taxes=replace(base.taxes, dutiable_minor=total, vat_minor=total * 91 // 1_000),
            )
        )


def _line(line: DeclaredLine, number: int) -> DeclaredLine:
    kind, units = number % 20, 1 + number // 20 % 9
    return replace(
        line,
        record_no=str(kind + 1),
        hs_code=f"{1901101000 + kind * 10}",
        name_zh=f"婴儿配方奶粉（{1 + kind % 4}段）",
        specification=f"{400 + kind * 50}克/罐 | Karicare Gold+",
        units=units,
        statutory_quantity=Decimal(units * (400 + kind * 50)) / 1_000,
        price_minor=18_900 + kind * 750,
    )


def documents(number_of: int) -> Iterator[Document]:
    """The product's own pages, each with a QR symbol of its number besides."""
    return map(partial(_with_symbol, next(_run)), sheets(number_of))


def _with_symbol(run: int, sheet: Sheet) -> Document:
    document = printing.document(RETAIL_FORM, sheet)
    symbol = QR(f"https://pool.example/d/{sheet.number}/{run}", 36, 22, QR_SIDE)
    pages = tuple(replace(page, marks=(*page.marks, symbol)) for page in document.pages)
    return replace(document, pages=pages)


def ours(number_of: int) -> Pdf:
    """The batch through the product's own printing."""
    make = partial(_with_symbol, next(_run))
    return merge_from(sheets(number_of), make, title="DB-2026-000001")


def plain(number_of: int) -> bytes:
    """The same fields drawn one by one with the PDF library's canvas."""
    _plain_font()
    packed = BytesIO()
    canvas = Canvas(packed, pagesize=A4, pageCompression=1)
    for sheet in sheets(number_of):
        canvas.bookmarkPage(sheet.number)
        canvas.addOutlineEntry(sheet.outline, sheet.number)
        _plain_page(canvas, sheet)
        canvas.showPage()
    canvas.save()
    return packed.getvalue()


@cache
def _plain_font() -> None:
    pdfmetrics.registerFont(TTFont("Plain", str(FONT_DIR / "NotoSansSC-Regular.ttf")))


def _plain_page(canvas: Canvas, sheet: Sheet) -> None:
    canvas.setFont("Plain", 14)
    canvas.drawString(36, A4.height - 62, RETAIL_FORM.title)
    top = A4.height - 84
    for row in (*RETAIL_FORM.rows, *RETAIL_FORM.tax_rows, *RETAIL_FORM.closing_rows):
        wide = WIDE / len(row)
        for place, field in enumerate(row):
            left = 36 + place * wide
            canvas.rect(left, top - printing.ROW, wide, printing.ROW)
            canvas.setFont("Plain", 5.5)
            canvas.drawString(left + 3.5, top - 7, field.label)
            canvas.setFont("Plain", 8)
            canvas.drawString(left + 3.5, top - 18, sheet.values.get(field.name, ""))
        top -= printing.ROW
    _plain_lines(canvas, sheet, top)
    Code128(sheet.number, barWidth=0.8, barHeight=26).drawOn(canvas, 380, A4.height - 64)
    symbol = QrCodeWidget(f"https://pool.example/d/{sheet.number}", barLevel="M")
    left, bottom, right, upper = symbol.getBounds()
    scale = QR_SIDE / (right - left), QR_SIDE / (upper - bottom)
    drawing = Drawing(QR_SIDE, QR_SIDE, transform=[scale[0], 0, 0, scale[1], 0, 0])
    drawing.add(symbol)
    renderPDF.draw(drawing, canvas, 36, A4.height - 84)


def _plain_lines(canvas: Canvas, sheet: Sheet, top: float) -> None:
    canvas.setFont("Plain", 7)
    wide = WIDE / len(RETAIL_FORM.columns)
    for place, column in enumerate(RETAIL_FORM.columns):
        canvas.drawString(36 + place * wide, top - 12, column.heading)
    for number, line in enumerate(sheet.lines, start=1):
        base = top - 12 - number * 24
        canvas.line(36, base + 14, 36 + WIDE, base + 14)
        for place, cell in enumerate(line):
            for part, text in enumerate(cell.splitlines()):
                canvas.drawString(36 + place * wide, base - part * 9, text)


def _streams() -> list[bytes]:
    """Page contents of ours before they were deflated."""
    pages = PdfReader(BytesIO(ours(_SAMPLE).content)).pages
    return [page["/Contents"].get_object().get_data() for page in pages]


def ways(size: int) -> Ways:
    """Ours and the limit at ``size`` pages, the plain way at fewer."""
    few = min(size, PLAIN_PAGES)
    pages = _streams()

    def run_ours() -> dict[str, float]:
        return {"bytes a page": len(ours(size).content) / size}

    def run_plain() -> dict[str, float]:
        return {"bytes a page": len(plain(few)) / few}

    def run_limit() -> None:
        for number in range(size):
            zlib.compress(pages[number % len(pages)])

    return {
        "ours": Way(run_ours, size),
        "plain": Way(run_plain, few),
        "limit": Way(run_limit, size),
    }
