"""Master data of a document: each thing once, attributes in full, children as links."""

import json

from traceability.domain.repository.vocabulary import CHILD, attribute, entries_of, entry_of

PLACES = "urn:epcglobal:epcis:vtype:BusinessLocation"
SITE, DOCK = "urn:epc:id:sgln:0614141.07346.0", "urn:epc:id:sgln:0614141.07346.1234"
SITE_LINK = "https://id.gs1.org/414/0614141073467"


def document(*elements, kind=PLACES):
    listed = [{"type": kind, "vocabularyElementList": list(elements)}]
    return {
        "@context": ["https://example.com/c.jsonld", {"ex": "https://ns.example.com/"}],
        "epcisHeader": {"epcisMasterData": {"vocabularyList": listed}},
    }


def test_a_document_without_a_header_says_nothing():
    assert entries_of({}) == []
    assert entries_of({"epcisHeader": {}}) == []
    assert entries_of({"epcisHeader": {"epcisMasterData": {"vocabularyList": []}}}) == []


def test_an_element_is_found_by_its_link_its_attributes_and_its_children():
    element = {
        "id": SITE,
        "attributes": [
            {"id": "ex:name", "attribute": "Ningbo"},
            {"id": "ex:opened", "attribute": {"year": 2020}},
        ],
        "children": [DOCK],
    }

    (entry,) = entries_of(document(element))

    assert (entry.vocabulary, entry.element) == (PLACES, SITE_LINK)
    assert entry.terms == (
        (attribute("https://ns.example.com/name"), "Ningbo"),
        (attribute("https://ns.example.com/opened"), '{"year":2020}'),
        (CHILD, f"{SITE_LINK}/254/1234"),
    )


def test_the_bytes_say_the_same_again_without_the_documents_prefixes():
    (entry,) = entries_of(
        document({"id": SITE, "attributes": [{"id": "ex:name", "attribute": "Ningbo"}]})
    )

    assert entry_of(json.loads(entry.body), {}) == entry


def test_of_several_words_on_one_thing_the_last_counts():
    first = {"id": SITE, "attributes": [{"id": "ex:name", "attribute": "Ningbo"}]}
    last = {"id": SITE_LINK, "attributes": [{"id": "ex:name", "attribute": "Shanghai"}]}

    found = entries_of(document(first, last))

    assert [entry.element for entry in found] == [SITE_LINK]
    assert found[0].terms[0][1] == "Shanghai"


def test_a_long_attribute_is_kept_whole_and_found_by_its_digest():
    (entry,) = entries_of(
        document({"id": SITE, "attributes": [{"id": "ex:a", "attribute": "x" * 999}]})
    )

    assert entry.terms[0][1].startswith("sha256:")
    assert b"x" * 999 in entry.body
