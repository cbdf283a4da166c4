"""Draws documents page by page; a page drawn is bytes that stand in a file as they are.

What a page is made of hangs on no other page: characters stand in it as their code points and
forms by name. So pages may be drawn in any order and in any process, and are the same bytes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.pdf.document import MARGIN, Document, Form, Page, Paper
from core.pdf.embedding import EmbeddedFont
from core.pdf.fonts import Weight, typeface
from core.pdf.objects import deflated, name
from core.pdf.pen import LINE, QUIET, Align, Pen

_SMALL = 7.0

Remark = tuple[str, str]
"""Kind and text of a note, before it is known on which page of the file it stands."""


@dataclass(frozen=True, slots=True)
class DrawnForm:
    """A form as it stands in a file once, its content deflated."""

    paper: Paper
    content: bytes
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """One page, its content deflated."""

    paper: Paper
    form: str
    """Name of the form that it is laid over, or nothing."""

    content: bytes
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class DrawnDocument:
    """The pages of one document."""

    title: str
    pages: tuple[DrawnPage, ...]


@dataclass(frozen=True, slots=True)
class Sheaf:
    """Documents drawn elsewhere, with their forms and the characters drawn in each weight."""

    documents: tuple[DrawnDocument, ...]
    forms: Mapping[str, DrawnForm]
    used: Mapping[Weight, frozenset[str]]


class Drawer:
    """Draws documents with one set of fonts and forms."""

    def __init__(self) -> None:
        self.fonts = {
            weight: EmbeddedFont(typeface(weight), f"B{number}")
            for number, weight in enumerate(Weight)
        }
        self.forms: dict[str, DrawnForm] = {}
        self._known: dict[str, Form] = {}

    def draw(self, document: Document) -> DrawnDocument:
        """A document with its forms, which are drawn once.

        Raises:
            ValueError: two different forms have the same name.
        """
        count = len(document.pages)
        pages = tuple(
            self._page(page, f"{number} / {count}")
            for number, page in enumerate(document.pages, start=1)
        )
        return DrawnDocument(document.title, pages)

    def sheaf(self, documents: Iterable[DrawnDocument]) -> Sheaf:
        """Documents that were drawn here, ready to be taken in elsewhere."""
        used = {weight: frozenset(font.used) for weight, font in self.fonts.items()}
        return Sheaf(tuple(documents), self.forms, used)

    def learn(self, sheaf: Sheaf) -> None:
        """Take over the forms and characters of documents drawn elsewhere.

        Raises:
            ValueError: two different forms have the same name.
        """
        for name_of_form, form in sheaf.forms.items():
            if self.forms.setdefault(name_of_form, form) != form:
                raise ValueError(f"two forms are called {name_of_form!r}")
        for weight, used in sheaf.used.items():
            self.fonts[weight].used |= used

    def _page(self, page: Page, number: str) -> DrawnPage:
        paper, form = page.paper, ""
        pen = Pen(self.fonts, paper.height)
        if page.form is not None:
            paper, form = page.form.paper, page.form.name
            pen = Pen(self.fonts, paper.height)
            self._know(page.form)
            pen.code.append(f"{form_resource(form)} Do")
            _write_values(pen, page.form, page)
        for mark in page.marks:
            mark.draw(pen)
        _draw_edges(pen, page, paper, number)
        return DrawnPage(paper, form, _content(pen), _remarks(pen))

    def _know(self, form: Form) -> None:
        known = self._known.setdefault(form.name, form)
        if known is not form:
            raise ValueError(f"two forms are called {form.name!r}")
        if form.name not in self.forms:
            pen = Pen(self.fonts, form.paper.height)
            for mark in (*form.marks, *form.slots):
                mark.draw(pen)
            self.forms[form.name] = DrawnForm(form.paper, _content(pen), _remarks(pen))


def form_resource(form: str) -> str:
    """The name by which pages call a form."""
    return name(f"FormXob.{form}")


def _write_values(pen: Pen, form: Form, page: Page) -> None:
    for slot in form.slots:
        value = page.values.get(slot.name)
        if value:
            slot.write(pen, value)


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


def _content(pen: Pen) -> bytes:
    return deflated("\n".join(pen.code).encode("latin-1"))


def _remarks(pen: Pen) -> tuple[Remark, ...]:
    unknown: Iterable[Remark] = (("unknown", text) for text in sorted(pen.unknown))
    return (*unknown, *(("shortened", text) for text in pen.shortened))
