"""The house that draws PDFs: frozen values in, one small file with embedded Chinese out.

Only code that makes files imports this package; it loads the PDF library and, when something is
first drawn, two fonts.
"""

from core.pdf.document import (
    A4,
    A4_LANDSCAPE,
    MARGIN,
    Document,
    Form,
    Note,
    Page,
    Paper,
    Pdf,
    merge,
    render,
)
from core.pdf.fonts import Weight
from core.pdf.marks import (
    QR,
    Barcode,
    Box,
    Cells,
    Column,
    Grid,
    Mark,
    Panel,
    Paragraph,
    Rule,
    Slot,
    Table,
    Text,
)
from core.pdf.pen import INK, LINE, PALE, QUIET, Align, Colour, Pen

__all__ = [
    "A4",
    "A4_LANDSCAPE",
    "INK",
    "LINE",
    "MARGIN",
    "PALE",
    "QR",
    "QUIET",
    "Align",
    "Barcode",
    "Box",
    "Cells",
    "Colour",
    "Column",
    "Document",
    "Form",
    "Grid",
    "Mark",
    "Note",
    "Page",
    "Panel",
    "Paper",
    "Paragraph",
    "Pdf",
    "Pen",
    "Rule",
    "Slot",
    "Table",
    "Text",
    "Weight",
    "merge",
    "render",
]
