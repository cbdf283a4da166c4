"""Puts drawn documents into one PDF: forms once, pages after pages, outline, fonts at the end.

Every character drawn is embedded and nothing else is; the same input gives the same bytes. Other
documents are drawn into the same file, never pasted from files: one font, one form, small.
"""

from collections.abc import Iterable

from core.pdf.document import Document, Note, Pdf
from core.pdf.drawing import (
    Drawer,
    DrawnDocument,
    DrawnForm,
    DrawnPage,
    Remark,
    Sheaf,
    form_resource,
)
from core.pdf.objects import PdfFile, string

_MADE = "D:20000101000000+00'00'"
"""Written as the time of every file, so that it depends on its content only."""


def render(document: Document) -> Pdf:
    """Draw one document."""
    return merge([document], title=document.title)


def merge(documents: Iterable[Document], *, title: str) -> Pdf:
    """Draw documents one after the other into one file, each with an entry in its outline.

    ``documents`` may be a generator: each is drawn and forgotten.
    """
    press = Press(title)
    for document in documents:
        press.print(press.drawer.draw(document))
    return press.finish()


class Press:
    """One PDF file while it is put together."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.drawer = Drawer()
        self.file = PdfFile()
        self.catalog, self.tree, self.resources = (self.file.reserve() for _ in range(3))
        self.forms: dict[str, int] = {}
        self.pages: list[int] = []
        self.entries: list[tuple[str, int]] = []
        self.notes: list[Note] = []

    def print(self, document: DrawnDocument) -> None:
        """Add a document's pages and enter it in the outline."""
        for number, page in enumerate(document.pages):
            remarks = page.remarks
            if page.form and page.form not in self.forms:
                form = self.drawer.forms[page.form]
                self.forms[page.form] = self._add_form(form)
                remarks = (*form.remarks, *remarks)
            self.pages.append(self._add_page(page))
            if number == 0:
                self.entries.append((document.title, self.pages[-1]))
            if remarks:
                self._note(document.title, remarks)

    def take(self, sheaf: Sheaf) -> None:
        """Add documents that were drawn elsewhere."""
        self.drawer.learn(sheaf)
        for document in sheaf.documents:
            self.print(document)

    def finish(self) -> Pdf:
        """Close the file."""
        fonts = "".join(
            f"/{font.resource} {font.write_into(self.file)} 0 R"
            for font in self.drawer.fonts.values()
        )
        forms = "".join(f"{form_resource(form)} {at} 0 R" for form, at in self.forms.items())
        kids = " ".join(f"{page} 0 R" for page in self.pages)
        self._put(self.resources, f"<</Font<<{fonts}>>/XObject<<{forms}>>>>")
        self._put(self.tree, f"<</Type/Pages/Count {len(self.pages)}/Kids[{kids}]>>")
        outline = self._add_outline()
        self._put(self.catalog, f"<</Type/Catalog/Pages {self.tree} 0 R/Outlines {outline} 0 R>>")
        info = self.file.add(
            f"<</Title{string(self.title)}/Author(Bondpool)/Creator(Bondpool)/Producer(Bondpool)"
            f"/CreationDate({_MADE})/ModDate({_MADE})>>".encode()
        )
        content = self.file.finished(root=self.catalog, info=info)
        return Pdf(content, len(self.pages), tuple(self.notes))

    def _put(self, number: int, body: str) -> None:
        self.file.put(number, body.encode())

    def _add_form(self, form: DrawnForm) -> int:
        width, height = form.paper
        return self.file.add_stream(
            form.content,
            f"/Type/XObject/Subtype/Form/BBox[0 0 {width:g} {height:g}]"
            f"/Resources {self.resources} 0 R",
        )

    def _add_page(self, page: DrawnPage) -> int:
        width, height = page.paper
        content = self.file.add_stream(page.content)
        return self.file.add(
            f"<</Type/Page/Parent {self.tree} 0 R/MediaBox[0 0 {width:g} {height:g}]"
            f"/Resources {self.resources} 0 R/Contents {content} 0 R>>".encode()
        )

    def _add_outline(self) -> int:
        """The outline with an entry for each document, in one row; its number."""
        outline = self.file.reserve()
        first, last = outline + 1, outline + len(self.entries)
        for at, (title, page) in enumerate(self.entries, start=first):
            before = f"/Prev {at - 1} 0 R" if at > first else ""
            after = f"/Next {at + 1} 0 R" if at < last else ""
            self.file.add(
                f"<</Title{string(title)}/Parent {outline} 0 R{before}{after}"
                f"/Dest[{page} 0 R/Fit]>>".encode()
            )
        ends = f"/First {first} 0 R/Last {last} 0 R" if self.entries else ""
        self._put(outline, f"<</Type/Outlines/Count {len(self.entries)}{ends}>>")
        return outline

    def _note(self, title: str, remarks: Iterable[Remark]) -> None:
        page = len(self.pages)
        self.notes += [Note(title, page, kind, text) for kind, text in remarks]
