"""The shape of EPCIS 2.0 documents, query documents and bare events, as a JSON Schema of our own.

Written from the data definition tables of EPCIS 2.0.1; persistentDisposition may stand on every
kind of event that the ratified edition allows.
"""

import json
from functools import cache
from typing import Any

import jsonschema_rs

from traceability.domain.cbv import words

Schema = dict[str, Any]
_LONGEST_VALUE = 120

URI: Schema = {"type": "string", "format": "uri"}
TIME: Schema = {"type": "string", "format": "date-time"}
NUMBER: Schema = {"type": "number"}
TEXT: Schema = {"type": "string"}
_NOT_CBV = r"^(?!(urn:epcglobal:cbv|https?:\/\/ns\.gs1\.org/cbv\/))"
_NOT_VOC = r"^(?!(https?:\/\/gs1\.org\/voc\/|https?:\/\/www\.gs1\.org\/voc\/))"


def _many(item: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": item, **more}


def _named(*names: str) -> Schema:
    return {"anyOf": [{"enum": list(names)}, URI]}


def _record(
    fields: Schema, required: tuple[str, ...] = (), *, extensible: bool | None = None
) -> Schema:
    """An object; extensible by URI names (True), closed (False), or open to any name (None)."""
    made: Schema = {"type": "object", "properties": fields, "required": list(required)}
    if extensible is True:
        made["propertyNames"] = _named(*fields)
    if extensible is False:
        made["additionalProperties"] = False
    return made


def _word(known: list[str], pattern: str = _NOT_CBV) -> Schema:
    return {"anyOf": [{"enum": known}, {**URI, "pattern": pattern}]}


_CONTEXT: Schema = {
    "anyOf": [
        URI,
        {"type": "object"},
        _many({"anyOf": [URI, {"type": "object"}]}, uniqueItems=True),
    ]
}
_DISPOSITION = _word(words.DISPOSITIONS)
_DISPOSITIONS = _many(_DISPOSITION, minItems=1, uniqueItems=True)
_QUANTITY = _record(
    {"epcClass": URI, "quantity": NUMBER, "uom": {**TEXT, "pattern": "^[A-Z0-9]{2,3}$"}},
    ("epcClass",),
    extensible=False,
)
_PLACE = _record({"id": URI}, ("id",))
_METADATA = _record(
    dict.fromkeys(("time", "startTime", "endTime"), TIME)
    | dict.fromkeys(
        ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"), URI
    ),
    extensible=True,
)
_REPORT = _record(
    {
        "type": _word(words.MEASUREMENTS, _NOT_VOC),
        "exception": _word(words.ALERTS, _NOT_VOC),
        "time": TIME,
        "component": _word(words.COMPONENTS),
        "stringValue": TEXT,
        "booleanValue": {"type": "boolean"},
        "hexBinaryValue": {**TEXT, "pattern": "^[A-Fa-f0-9]+$"},
        "uom": TEXT,
    }
    | dict.fromkeys(
        ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"), URI
    )
    | dict.fromkeys(
        ("microorganism", "chemicalSubstance", "coordinateReferenceSystem", "uriValue"), URI
    )
    | dict.fromkeys(("value", "minValue", "maxValue", "meanValue", "sDev"), NUMBER)
    | dict.fromkeys(("percRank", "percValue"), NUMBER),
    ("type",),
    extensible=True,
)
_SENSOR = _record(
    {"sensorMetadata": _METADATA, "sensorReport": _many(_REPORT, minItems=1)},
    ("sensorReport",),
    extensible=True,
)
_ERROR = _record(
    {
        "declarationTime": TIME,
        "reason": _word(words.ERROR_REASONS),
        "correctiveEventIDs": _many(URI),
    },
    ("declarationTime",),
    extensible=True,
)
_EVENT: Schema = {
    "@context": _CONTEXT,
    "eventTime": TIME,
    "recordTime": TIME,
    "eventTimeZoneOffset": {**TEXT, "pattern": r"^[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)$"},
    "eventID": URI,
    "certificationInfo": {"anyOf": [URI, _many(URI)]},
    "errorDeclaration": _ERROR,
}
_WHEN = ("type", "eventTime", "eventTimeZoneOffset")


def _typed(child: str, known: list[str], *required: str) -> Schema:
    return _many(_record({"type": _word(known), child: URI}, (*required, child), extensible=False))


_SHARED: Schema = {
    "bizStep": _word(words.BIZ_STEPS),
    "disposition": _DISPOSITION,
    "persistentDisposition": {
        **_record({"set": _DISPOSITIONS, "unset": _DISPOSITIONS}, extensible=False),
        "minProperties": 1,
    },
    "readPoint": _PLACE,
    "bizLocation": _PLACE,
    "bizTransactionList": _typed("bizTransaction", words.TRANSACTIONS),
    "sourceList": _typed("source", words.PARTIES, "type"),
    "destinationList": _typed("destination", words.PARTIES, "type"),
    "sensorElementList": _many(_SENSOR),
}
_ACTION: Schema = {"action": {"enum": ["OBSERVE", "ADD", "DELETE"]}}
_ILMD: Schema = {"ilmd": {"type": "object", "propertyNames": URI}}
_SET = _many(URI, uniqueItems=True)
_QUANTITIES = _many(_QUANTITY)


def _has(name: str, least: int = 0) -> Schema:
    return {"required": [name], "properties": {name: {"minItems": least}}}


def _kind(name: str, own: Schema, required: tuple[str, ...], rules: list[Schema]) -> Schema:
    fields = {"type": {"const": name}, **_EVENT, **_SHARED, **own}
    return {**_record(fields, _WHEN + required, extensible=True), "allOf": rules}


def _events() -> dict[str, Schema]:
    deleting = {"properties": {"action": {"const": "DELETE"}}}
    adding = {"properties": {"action": {"const": "ADD"}}}
    sensed = {"allOf": [_has("sensorElementList", 1), {"required": ["readPoint"]}]}
    children = {
        "childEPCs": _many(URI),
        "childQuantityList": _QUANTITIES,
        "parentID": URI,
        **_ACTION,
    }
    some_children = {"anyOf": [_has("childEPCs", 1), _has("childQuantityList", 1), deleting]}
    inputs = [_has("inputEPCList", 1), _has("inputQuantityList", 1)]
    outputs = [_has("outputEPCList", 1), _has("outputQuantityList", 1)]
    both = {"allOf": [{"anyOf": inputs}, {"anyOf": outputs}]}
    linked = {"required": ["transformationID"], "anyOf": inputs + outputs}
    things = [_has("epcList"), _has("quantityList", 1)]
    return {
        "ObjectEvent": _kind(
            "ObjectEvent",
            {"epcList": _SET, "quantityList": _QUANTITIES, **_ACTION, **_ILMD},
            ("action",),
            [{"anyOf": [*things, sensed]}, {"anyOf": [adding, {"not": {"required": ["ilmd"]}}]}],
        ),
        "AggregationEvent": _kind("AggregationEvent", children, ("action",), [some_children]),
        "AssociationEvent": _kind(
            "AssociationEvent", children, ("action", "parentID"), [some_children]
        ),
        "TransactionEvent": _kind(
            "TransactionEvent",
            {"parentID": URI, "epcList": _many(URI), "quantityList": _QUANTITIES, **_ACTION},
            ("action", "bizTransactionList"),
            [_has("bizTransactionList", 1), {"anyOf": [*things, deleting]}],
        ),
        "TransformationEvent": _kind(
            "TransformationEvent",
            {"inputEPCList": _SET, "outputEPCList": _SET, "transformationID": URI}
            | {"inputQuantityList": _QUANTITIES, "outputQuantityList": _QUANTITIES, **_ILMD},
            (),
            [{"anyOf": [both, linked]}],
        ),
    }


def _by_type(kinds: dict[str, Schema], other: Schema) -> Schema:
    """Each type by its own shape; a type that is none of them by the other."""
    cases = [
        {"if": {"properties": {"type": {"const": kind}}}, "then": shape}
        for kind, shape in kinds.items()
    ]
    known = {"properties": {"type": {"enum": list(kinds)}}}
    rest: Schema = {"if": {"not": known}, "then": other}
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": TEXT},
        "allOf": [*cases, rest],
    }


def schema() -> Schema:
    """The whole schema (draft 7)."""
    refs = {kind: {"$ref": f"#/definitions/{kind}"} for kind in _events()}
    extended = _record({**_EVENT, "type": URI}, _WHEN)
    with_context = {"required": ["@context"]}
    event_list = _many({"$ref": "#/definitions/event"})
    element = _record(
        {
            "id": URI,
            "attributes": _many(
                _record({"id": URI, "attribute": {"type": ["number", "string", "object"]}}, ("id",))
            ),
            "children": _many(URI),
        },
        ("id",),
    )
    vocabularies = _many(_record({"type": URI, "vocabularyElementList": _many(element)}, ("type",)))
    master = _record({"vocabularyList": vocabularies})
    top: Schema = {
        "@context": _CONTEXT,
        "id": URI,
        "type": TEXT,
        "schemaVersion": {**TEXT, "pattern": r"^\d+(\.\d+)*$"},
        "creationDate": TIME,
    }
    document = _record(
        top
        | dict.fromkeys(("instanceIdentifier", "sender", "receiver"), TEXT)
        | {
            "epcisHeader": _record({"epcisMasterData": master}, extensible=True),
            "epcisBody": _record({"eventList": event_list}, ("eventList",)),
        },
        ("@context", "type", "schemaVersion", "creationDate", "epcisBody"),
        extensible=True,
    )
    results = _record(
        {"eventList": event_list, "vocabularyList": vocabularies}, ("eventList",), extensible=True
    )
    answer = _record(
        {"queryName": TEXT, "subscriptionID": TEXT, "resultsBody": results},
        ("queryName", "resultsBody"),
        extensible=True,
    )
    body = _record({"queryResults": answer}, ("queryResults",), extensible=True)
    query = _record({**top, "epcisBody": body}, ("@context", "type", "epcisBody"), extensible=True)
    bare = {kind: {"allOf": [ref, with_context]} for kind, ref in refs.items()}
    kinds = {"EPCISDocument": document, "EPCISQueryDocument": query, **bare}
    made = _by_type(kinds, {"allOf": [extended, with_context]})
    made["$schema"] = "http://json-schema.org/draft-07/schema#"
    made["definitions"] = {**_events(), "event": _by_type(refs, extended)}
    return made


@cache
def _validator() -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(schema(), validate_formats=True)


def is_valid(document: Any) -> bool:
    """Whether the document or bare event has the shape of EPCIS 2.0."""
    return _validator().is_valid(document)


def reasons(document: Any) -> list[dict[str, str]]:
    """Why the document is refused: place (JSON Pointer), the value found there, and the reason.

    Empty when it is not refused. A long value is cut.
    """
    return [
        {
            "place": "/" + "/".join(_escaped(part) for part in error.instance_path),
            "value": _shown(error.instance),
            "reason": error.message[:400],
        }
        for error in _validator().iter_errors(document)
    ]


def _escaped(part: str | int) -> str:
    """A step of a JSON Pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"
