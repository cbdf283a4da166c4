"""Master data in the header of a document: vocabulary elements with attributes and children.

Source: GS1 EPCIS 2.0.1, section 9 (master data in the header) and CBV 2.0, section 10.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from traceability.domain.repository.reading import spell
from traceability.domain.repository.values import (
    LONGEST_NAME,
    expanded,
    fit,
    identifier,
    prefixes_of,
)

CHILD, ATTRIBUTE = "child", "attribute|"

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One element: its vocabulary, its identifier in the one form, its bytes, its terms."""

    vocabulary: str
    element: str
    body: bytes
    terms: tuple[tuple[str, str], ...]


def entries_of(document: Body) -> list[Entry]:
    """The elements of a valid document, each once: of several the last counts."""
    header = document.get("epcisHeader") or {}
    listed = (header.get("epcisMasterData") or {}).get("vocabularyList") or ()
    names = prefixes_of(document.get("@context"))
    found = {}
    for vocabulary in listed:
        for element in vocabulary.get("vocabularyElementList") or ():
            entry = entry_of({**element, "type": vocabulary["type"]}, names)
            found[entry.vocabulary, entry.element] = entry
    return list(found.values())


def entry_of(element: Body, names: Mapping[str, str]) -> Entry:
    """An element that bears the type of its vocabulary; prefixes of its attributes in full."""
    known = [
        {**each, "id": expanded(each["id"], names)} for each in element.get("attributes") or ()
    ]
    whole = {**element, "attributes": known} if known else dict(element)
    return Entry(
        vocabulary=fit(element["type"]),
        element=identifier(element["id"]),
        body=spell(whole),
        terms=tuple(dict.fromkeys(_terms(whole))),
    )


def _terms(element: Body) -> Iterator[tuple[str, str]]:
    for each in element.get("attributes") or ():
        value = each.get("attribute", "")
        text = value if isinstance(value, str) else spell(value).decode()
        yield attribute(each["id"]), fit(text)
    for child in element.get("children") or ():
        yield CHILD, identifier(child)


def attribute(name: str) -> str:
    """The name of the term of an attribute."""
    return fit(f"{ATTRIBUTE}{name}", LONGEST_NAME)
