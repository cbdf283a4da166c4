"""The event hash against the vectors of its reference, where JSON holds them."""

import json

from tests.shared_data import oracle
from traceability.domain.cbv.hashing import event_hash
from traceability.domain.cbv.schema import is_valid

_FOLDER = oracle("trace", "epcis-event-hash", "tests", "examples")


def test_every_event_of_the_reference_gets_its_hash():
    for file in sorted(_FOLDER.glob("*.jsonld")):
        document = json.loads(file.read_text(encoding="utf-8"))
        names = [event_hash(e, document["@context"]) for e in document["epcisBody"]["eventList"]]
        assert is_valid(document)
        assert names == file.with_suffix(".hashes").read_text(encoding="utf-8").split()
