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
)
from core.pdf.flow import Drawing, Facts, Heading, Prose, Rows, Space, flow
from core.pdf.fonts import Weight
from core.pdf.marks import QR, Barcode, Box, Mark, Panel, Paragraph, Rule, Slot, Text
from core.pdf.pen import INK, LINE, PALE, QUIET, Align, Colour, Pen
from core.pdf.press import merge, render
from core.pdf.sharing import merge_from
from core.pdf.tables import Cells, Column, Grid, Table

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
    "Drawing",
    "Facts",
    "Form",
    "Grid",
    "Heading",
    "Mark",
    "Note",
    "Page",
    "Panel",
    "Paper",
    "Paragraph",
    "Pdf",
    "Pen",
    "Prose",
    "Rows",
    "Rule",
    "Slot",
    "Space",
    "Table",
    "Text",
    "Weight",
    "flow",
    "merge",
    "merge_from",
    "render",
]
