"""Our EPCIS schema decides as the official one, on GS1's samples and on seeded mutants of them."""

import copy
import json
import random

import jsonschema_rs

from tests.shared_data import oracle
from traceability.domain.cbv.schema import is_valid

_FOLDER = oracle("trace", "gs1-EPCIS")
_WRONG = (None, 0, -1.5, True, "", "not a word", "urn:x:y", [], {}, [1], "2020-01-01T00:00:00Z")


def _load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def _official():
    schema = _load(_FOLDER / "EPCIS-JSON-Schema.patched-2.0.1.json")
    return jsonschema_rs.Draft7Validator(schema, validate_formats=True)


def _samples():
    return [_load(file) for file in sorted((_FOLDER / "JSON").rglob("*.jsonld"))]


def _places(value):
    """Every container and key of a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, held in list(items):
        yield value, key
        if isinstance(held, dict | list):
            yield from _places(held)


def _mutant(document, chance):
    made = copy.deepcopy(document)
    holder, key = chance.choice(list(_places(made)))
    if chance.random() < 0.3:
        del holder[key]
    elif chance.random() < 0.2 and isinstance(holder, dict):
        holder["surplus"] = holder.pop(key)
    else:
        holder[key] = copy.deepcopy(chance.choice(_WRONG))
    return made


def test_every_sample_of_gs1_is_decided_as_the_official_schema_does():
    official, samples = _official(), _samples()
    assert len(samples) >= 20
    assert [is_valid(s) for s in samples] == [official.is_valid(s) for s in samples]


def test_seeded_mutants_are_decided_as_the_official_schema_does():
    official, samples = _official(), _samples()
    chance = random.Random(2001)  # noqa: S311 - a seed for a test
    mutants = [_mutant(chance.choice(samples), chance) for _ in range(400)]
    verdicts = [official.is_valid(m) for m in mutants]
    assert len(set(verdicts)) == 2
    assert [m for m, v in zip(mutants, verdicts, strict=True) if is_valid(m) != v] == []
