"""What is printed, as frozen values: forms, pages, documents, and the file that comes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from core.pdf.marks import Mark, Slot

MARGIN = 36.0
"""Clear edge of a page in points (half an inch); header and footer stand inside it."""


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
