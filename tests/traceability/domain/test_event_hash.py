"""The event hash against the vectors of its reference, in JSON and in XML."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from tests.shared_data import oracle
from traceability.domain.cbv.hashing import event_hash, pre_hash
from traceability.domain.cbv.schema import is_valid
from traceability.domain.cbv.xml_events import NotEpcisXml, events_in

_FOLDER = oracle("trace", "epcis-event-hash", "tests", "examples")


def test_every_event_of_the_reference_gets_its_hash():
    for file in sorted(_FOLDER.glob("*.jsonld")):
        document = json.loads(file.read_text(encoding="utf-8"))
        names = [event_hash(e, document["@context"]) for e in document["epcisBody"]["eventList"]]
        assert is_valid(document)
        assert names == file.with_suffix(".hashes").read_text(encoding="utf-8").split()


def test_every_event_in_xml_gets_its_hash_from_the_string_that_the_reference_hashes():
    for file in sorted(_FOLDER.glob("*.xml")):
        events = events_in(file.read_bytes())
        strings = file.with_suffix(".prehashes").read_text(encoding="utf-8").split("\n")
        assert [pre_hash(each) for each in events] == [each for each in strings if each]
        assert _told(file) == file.with_suffix(".hashes").read_text(encoding="utf-8").split()


def test_an_event_has_one_name_in_json_and_in_xml():
    for file in sorted(_FOLDER.glob("*.xml")):
        if (twin := file.with_suffix(".jsonld")).exists():
            assert _told(file) == _told(twin)


def test_wrappers_of_earlier_versions_and_prefixes_change_nothing():
    new = (_FOLDER / "ReferenceEventHashAlgorithm3.xml").read_text(encoding="utf-8")
    old = new.replace("<sourceList>", "<extension><sourceList>")
    old = old.replace("</destinationList>", "</destinationList></extension>")
    other = new.replace("example:", "x:").replace(":example=", ":x=")

    assert events_in(old.encode()) == events_in(other.encode()) == events_in(new.encode())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "DTD or entities"),
        ("<a>", "no element found"),
        ("<a/>", "no EventList"),
    ],
)
def test_what_is_no_epcis_xml_is_refused(text, why):
    with pytest.raises(NotEpcisXml, match=why):
        events_in(text.encode())


def _told(file):
    """What the command says of a file."""
    out = StringIO()
    call_command("epcis", "hash", str(file), "--json", stdout=out)
    return json.loads(out.getvalue())["hashes"]
