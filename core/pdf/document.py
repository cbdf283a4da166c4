"""Draws documents into one PDF: forms once, pages after pages, outline, page n of m.

Every character drawn is embedded and nothing else is; the same input gives the same bytes. Other
documents are drawn into the same canvas, never pasted from files: one font, one form, small.
"""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, NamedTuple

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from core.pdf.embedding import EmbeddedFont
from core.pdf.fonts import Weight, typeface
from core.pdf.marks import Mark, Slot
from core.pdf.pen import LINE, QUIET, Align, Pen

rl_config.useA85 = 0  # binary streams: a fifth smaller, a third faster

MARGIN = 36.0
"""Clear edge of a page in points (half an inch); header and footer stand inside it."""

_SMALL = 7.0


class Paper(NamedTuple):
    """Width and height of a page in points."""

    width: float
    height: float


A4 = Paper(595.28, 841.89)
A4_LANDSCAPE = Paper(841.89, 595.28)


@dataclass(frozen=True, eq=False)
class Form:
    """What stands on every page of a kind: drawn once in a file, however many pages use it."""

    name: str
    paper: Paper
    slots: tuple[Slot, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Page:
    """One page: values for the slots of its form, and marks of its own."""

    form: Form | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()
    paper: Paper = A4
    """Used where there is no form."""

    header: str = ""
    footer: str = ""
    numbered: bool = True
    """Whether the page's number and its document's page count are printed at the foot."""


@dataclass(frozen=True)
class Document:
    """Pages that belong together: numbered together, one entry in the outline."""

    title: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader of a page must be told: it does not show a text as it was given.

    ``page`` counts from 1 through the whole file. ``kind`` is "unknown" (the fonts lack the
    character; its code stands in brackets) or "shortened" (the text did not fit and was cut).
    """

    document: str
    page: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Pdf:
    """A finished file, its page count, and what it could not show as given."""

    content: bytes
    page_count: int
    notes: tuple[Note, ...]


def render(document: Document) -> Pdf:
    """Draw one document."""
    return merge([document], title=document.title)


def merge(documents: Iterable[Document], *, title: str) -> Pdf:
    """Draw documents one after the other into one file, each with an entry in its outline.

    ``documents`` may be a generator: each is drawn and forgotten.
    """
    press = _Press(title)
    for document in documents:
        press.print(document)
    return press.finish()


class _Press(Canvas):  # type: ignore[misc]  # the PDF library has no types
    """One PDF file while it is drawn."""

    def __init__(self, title: str) -> None:
        faces = {weight: typeface(weight) for weight in Weight}
        super().__init__(
            BytesIO(),
            pagesize=A4,
            pageCompression=1,
            invariant=1,
            initialFontName=Weight.REGULAR.value,
        )
        self.setTitle(title)
        self.setAuthor("Bondpool")
        self.setCreator("Bondpool")
        self.fonts = {
            weight: EmbeddedFont(face, f"B{number}")
            for number, (weight, face) in enumerate(faces.items())
        }
        self._doc.delayedFonts.extend(self.fonts.values())
        self.forms: dict[str, Form] = {}
        self.notes: list[Note] = []
        self.page_count = 0

    def print(self, document: Document) -> None:
        """Draw the pages of a document and enter it in the outline."""
        for number, page in enumerate(document.pages, start=1):
            self.page_count += 1
            paper = page.form.paper if page.form else page.paper
            self.setPageSize(paper)
            if page.form:
                self._use(page.form, document.title)
            if number == 1:
                key = f"p{self.page_count}"
                self.bookmarkPage(key)
                self.addOutlineEntry(document.title, key)
            pen = Pen(self.fonts, paper.height)
            _draw_page(pen, page)
            _draw_edges(pen, page, paper, f"{number} / {len(document.pages)}")
            self._take(pen, document.title)
            self.showPage()
            _pack(self._doc.Pages.pages[-1])

    def finish(self) -> Pdf:
        """Close the file."""
        return Pdf(self.getpdfdata(), self.page_count, tuple(self.notes))

    def _use(self, form: Form, title: str) -> None:
        known = self.forms.setdefault(form.name, form)
        if known is not form:
            raise ValueError(f"two forms are called {form.name!r}")
        if not self.hasForm(form.name):
            self.beginForm(form.name)
            pen = Pen(self.fonts, form.paper.height)
            for mark in (*form.marks, *form.slots):
                mark.draw(pen)
            self._take(pen, title)
            self.endForm()
        self.doForm(form.name)

    def _take(self, pen: Pen, title: str) -> None:
        self.addLiteral("\n".join(pen.code))
        kinds = [("unknown", text) for text in sorted(pen.unknown)]
        kinds += [("shortened", text) for text in pen.shortened]
        self.notes += [Note(title, self.page_count, kind, text) for kind, text in kinds]


def _pack(page: Any) -> None:
    """Compress a drawn page now, not at the end, so that a long file stays small in memory."""
    content = zlib.compress(page.stream.encode("ascii"))
    page.Contents = pdfdoc.PDFStream(content=content)
    page.Contents.dictionary["Filter"] = pdfdoc.PDFName("FlateDecode")
    page.stream = None


def _draw_page(pen: Pen, page: Page) -> None:
    if page.form:
        for slot in page.form.slots:
            value = page.values.get(slot.name)
            if value:
                slot.write(pen, value)
    for mark in page.marks:
        mark.draw(pen)


def _draw_edges(pen: Pen, page: Page, paper: Paper, number: str) -> None:
    right = paper.width - MARGIN
    if page.header:
        pen.text(page.header, MARGIN, MARGIN - 12, size=_SMALL, colour=QUIET)
        pen.line(MARGIN, MARGIN - 8, right, MARGIN - 8, colour=LINE)
    foot = paper.height - MARGIN + 16
    if page.footer:
        pen.text(page.footer, MARGIN, foot, size=_SMALL, colour=QUIET)
    if page.numbered:
        pen.text(number, right, foot, size=_SMALL, align=Align.RIGHT, colour=QUIET)
