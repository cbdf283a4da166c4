"""The query language of EPCIS: parameters of an address or a stored query, as conditions.

Source: GS1 EPCIS 2.0.1, section 8.2.7.1 (SimpleEventQuery) and its JSON form (query-schema.json).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from traceability.domain.cbv.words import BIZ_STEPS, DISPOSITIONS, ERROR_REASONS
from traceability.domain.repository.index import EVENT_TYPES, extension
from traceability.domain.repository.said import (
    MOST_CONDITIONS,
    MOST_VALUES,
    QueryTooComplex,
    Values,
    an_instant,
    flag,
    number,
    one,
    texts,
    whole,
    wrong,
)
from traceability.domain.repository.values import (
    expanded,
    fit,
    identifier,
    instant,
    prefixes_of,
    spelled,
    word,
)

ACTIONS = ("ADD", "OBSERVE", "DELETE")


@dataclass(frozen=True)
class Condition:
    """What must hold of an event: one of some columns or terms compares so with a value.

    ``field`` is a column, ``terms`` names of terms; ``prefixes`` ask for all that begin so. The
    op ``has`` asks what master data says of it: ``prefixes`` are names of attributes then.
    """

    op: str
    values: tuple[Any, ...] = ()
    field: str = ""
    terms: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Query:
    """A whole query: conditions that must all hold, order, and how many events are wanted."""

    conditions: tuple[Condition, ...] = ()
    order_by: str = ""
    descending: bool = True
    limit: int | None = None
    most: int | None = None
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def also(self, *conditions: Condition) -> "Query":
        """The query with more conditions."""
        return replace(self, conditions=(*self.conditions, *conditions))


# what each fixed parameter asks for --------------------------------------------------------


def _columns(column: str, name: str, values: Values) -> Condition:
    return Condition("in", tuple(identifier(each) for each in texts(name, values)), column)


def _words(
    column: str, known: Sequence[str], name: str, values: Values, *, term: str = ""
) -> Condition:
    """Words of a standard list, or of a vocabulary of one's own by their URI.

    An empty list lets every word pass.
    """
    found = []
    for each in texts(name, values):
        said = fit(word(each))
        if known and said not in known and ":" not in said:
            raise wrong(name, each)
        found.append(said)
    return Condition("in", tuple(found), column, (term,) if term else ())


def _action(name: str, values: Values) -> Condition:
    for each in texts(name, values):
        if each not in ACTIONS:
            raise wrong(name, each)
    return Condition("in", tuple(values), "action")


def _exact(column: str, name: str, values: Values, *, term: str = "") -> Condition:
    found = tuple(fit(each) for each in texts(name, values))
    return Condition("in", found, column, (term,) if term else ())


def _time(column: str, name: str, values: Values) -> Condition:
    at = an_instant(name, values)
    op = "ge" if name.startswith("GE_") else "lt"
    return Condition(op, (spelled(at) if column == "declared" else at,), column)


def _match(terms: tuple[str, ...], name: str, values: Values) -> Condition:
    """EPCs and classes; a pattern of EPCs matches all that begin so."""
    entire: list[str] = []
    begun: list[str] = []
    for each in texts(name, values):
        is_pattern = each.startswith("urn:epc:idpat:")
        (begun if is_pattern and each.endswith("*") else entire).append(identifier(each))
    return Condition("in", tuple(entire), "", terms, tuple(begun))


def _sensor_instant(term: str, name: str, values: Values) -> Condition:
    op = "ge" if name.startswith("GE_") else "lt"
    return Condition(op, (an_instant(name, values),), "", (term,))


def _boolean(name: str, values: Values) -> Condition:
    told = "true" if flag(name, values) else "false"
    return Condition("in", (told,), "", ("booleanValue",))


def _exists_error(name: str, values: Values) -> Condition | None:
    return Condition("set", (), "declared") if flag(name, values) else None


def _exists_sensors(name: str, values: Values) -> Condition | None:
    return Condition("exists", (), "", ("sensorElementList",)) if flag(name, values) else None


_EVERY_EPC = ("epc", "parentID", "inputEPC", "outputEPC")
_EVERY_CLASS = ("epcClass", "inputEPCClass", "outputEPCClass")
_FIXED: dict[str, Any] = {
    "eventType": partial(_words, "event_type", EVENT_TYPES),
    "EQ_action": _action,
    "EQ_bizStep": partial(_words, "biz_step", BIZ_STEPS),
    "EQ_disposition": partial(_words, "disposition", DISPOSITIONS),
    "EQ_persistentDisposition_set": partial(
        _words, "", DISPOSITIONS, term="persistentDisposition_set"
    ),
    "EQ_persistentDisposition_unset": partial(
        _words, "", DISPOSITIONS, term="persistentDisposition_unset"
    ),
    "EQ_readPoint": partial(_columns, "read_point"),
    "WD_readPoint": partial(_columns, "read_point"),
    "EQ_bizLocation": partial(_columns, "biz_location"),
    "WD_bizLocation": partial(_columns, "biz_location"),
    "EQ_transformationID": partial(_columns, "transformation_id"),
    "EQ_eventID": partial(_exact, "event_id"),
    "EQ_errorReason": partial(_words, "error_reason", ERROR_REASONS),
    "EQ_correctiveEventID": partial(_exact, "", term="correctiveEventID"),
    "EXISTS_errorDeclaration": _exists_error,
    "EXISTS_sensorElementList": _exists_sensors,
    "EQ_booleanValue": _boolean,
    "MATCH_epc": partial(_match, ("epc",)),
    "MATCH_parentID": partial(_match, ("parentID",)),
    "MATCH_inputEPC": partial(_match, ("inputEPC",)),
    "MATCH_outputEPC": partial(_match, ("outputEPC",)),
    "MATCH_anyEPC": partial(_match, _EVERY_EPC),
    "MATCH_epcClass": partial(_match, ("epcClass",)),
    "MATCH_inputEPCClass": partial(_match, ("inputEPCClass",)),
    "MATCH_outputEPCClass": partial(_match, ("outputEPCClass",)),
    "MATCH_anyEPCClass": partial(_match, _EVERY_CLASS),
    "EQ_type": partial(_words, "", (), term="type"),
}
for _op in ("GE", "LT"):
    for _name, _column in (("eventTime", "happened_at"), ("recordTime", "record_time")):
        _FIXED[f"{_op}_{_name}"] = partial(_time, _column)
    for _name in ("errorDeclarationTime", "errorDeclaration_Time"):
        _FIXED[f"{_op}_{_name}"] = partial(_time, "declared")
    for _name in ("time", "startTime", "endTime"):
        _FIXED[f"{_op}_{_name}"] = partial(_sensor_instant, _name)
for _name in (
    *("deviceID", "dataProcessingMethod", "microorganism", "chemicalSubstance", "bizRules"),
    *("deviceMetadata", "rawData", "stringValue", "hexBinaryValue", "uriValue"),
    *("coordinateReferenceSystem",),
):
    _FIXED[f"EQ_{_name}"] = partial(_exact, "", term=_name)
_FIXED["EQ_component"] = partial(_words, "", (), term="component")
_FIXED["EQ_exception"] = partial(_words, "", (), term="exception")

_TYPED = re.compile(r"EQ_(bizTransaction|source|destination)(?:_(.+))?", re.DOTALL)
_MEASURED = re.compile(
    r"(EQ|GT|GE|LT|LE)_(value|minValue|maxValue|meanValue|sDev|percValue|percRank|quantity)"
    r"(?:_([A-Z0-9]{2,4}))?"
)
_EXTENDED = re.compile(
    r"(EQ|GT|GE|LT|LE|EXISTS)_(INNER_)?"
    r"(?:(ILMD|ERROR_DECLARATION|SENSORELEMENT|SENSORMETADATA|SENSORREPORT|readPoint|bizLocation)_)?"
    r"([A-Za-z][^\s]*:[^\s]+)"
)


def _typed(found: re.Match[str], name: str, values: Values, _: Mapping[str, str]) -> Condition:
    kind = word(found[2]) if found[2] else ""
    terms = (fit(f"{found[1]}:{kind}", 160),)
    return Condition("in", tuple(identifier(v) for v in texts(name, values)), "", terms)


def _measured(found: re.Match[str], name: str, values: Values, _: Mapping[str, str]) -> Condition:
    op, what, uom = found.groups()
    terms = (f"{what}:{uom}" if uom else what,)
    numbers = tuple(number(name, value) for value in values)
    if not numbers or (op != "EQ" and len(numbers) != 1):
        raise wrong(name, values)
    return Condition("in" if op == "EQ" else op.lower(), numbers, "", terms)


def _extended(
    found: re.Match[str], name: str, values: Values, prefixes: Mapping[str, str]
) -> Condition:
    """An extension field: its prefix in full where it was declared, else as it was written."""
    op, inner, where, what = found.groups()
    place = f"{inner or ''}{where or ''}"
    terms = (extension(place, expanded(what, prefixes)),)
    if op == "EXISTS":
        return Condition("exists", (), "", terms)
    if op == "EQ":
        return Condition("in", tuple(_loose(value) for value in values), "", terms)
    value = one(name, values)
    at = instant(value.replace(" ", "+")) if isinstance(value, str) else None
    return Condition(op.lower(), (at or number(name, value),), "", terms)


def _loose(value: Any) -> Any:
    """A value of an extension: a number, or a text that may be one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return fit(value) if isinstance(value, str) else number("EQ", value)


_DESCRIBED = re.compile(r"(?:HASATTR_(\w+)|EQATTR_(\w+?)_(.+))", re.DOTALL)
_DESCRIBED_FIELDS = {
    "readPoint": ("read_point", ()),
    "bizLocation": ("biz_location", ()),
    "epcClass": ("", _EVERY_CLASS),
}


def _described(
    found: re.Match[str], name: str, values: Values, prefixes: Mapping[str, str]
) -> Condition:
    """What master data says of a place or class: that it has an attribute, or its value."""
    place = _DESCRIBED_FIELDS.get(found[1] or found[2])
    if place is None:
        raise wrong(name, values)
    said = tuple(texts(name, values))
    if found[1]:
        names = tuple(expanded(each, prefixes) for each in said)
        return Condition("has", (), *place, names)
    known = (expanded(found[3], prefixes),)
    return Condition("has", tuple(fit(each) for each in said), *place, known)


_FAMILIES = (
    (_DESCRIBED, _described),
    (_TYPED, _typed),
    (_MEASURED, _measured),
    (_EXTENDED, _extended),
)


def condition_of(name: str, values: Values, prefixes: Mapping[str, str]) -> Condition | None:
    """What a parameter asks for; None where it asks for nothing (EXISTS_… = false).

    Raises:
        QueryWrong: no such parameter, or a value that it cannot have.
    """
    if len(values) > MOST_VALUES:
        raise QueryTooComplex(count=len(values), most=MOST_VALUES)
    fixed = _FIXED.get(name)
    if fixed is not None:
        condition: Condition | None = fixed(name, values)
        return condition
    for shape, build in _FAMILIES:
        found = shape.fullmatch(name)
        if found:
            return build(found, name, values, prefixes)
    raise wrong(name, values)


def _order(name: str, values: Values) -> str:
    said = one(name, values)
    if not isinstance(said, str):
        raise wrong(name, values)
    return said


def _direction(name: str, values: Values) -> bool:
    if one(name, values) not in ("ASC", "DESC"):
        raise wrong(name, values)
    return bool(values[0] == "DESC")


def _count(name: str, values: Values) -> int:
    count = whole(name, values)
    if count < 0:
        raise wrong(name, values)
    return count


_REST = {
    "orderBy": ("order_by", _order),
    "orderDirection": ("descending", _direction),
    "eventCountLimit": ("limit", _count),
    "maxEventCount": ("most", _count),
}


def query_of(parameters: Mapping[str, Values], prefixes: Mapping[str, str] | None = None) -> Query:
    """The query that parameters make; each has the list of its values.

    Raises:
        QueryWrong: a parameter is unknown or says nothing, or two exclude each other.
        QueryTooComplex: more conditions or values than are answered.
    """
    if len(parameters) > MOST_CONDITIONS:
        raise QueryTooComplex(count=len(parameters), most=MOST_CONDITIONS)
    conditions, rest, within = [], {}, {}
    for name, values in parameters.items():
        if name in _REST:
            key, read = _REST[name]
            rest[key] = read(name, values)
            continue
        condition = condition_of(name, values, prefixes or {})
        if name.startswith("WD_") and condition is not None:
            within[condition.field] = condition.values
        elif condition is not None:
            conditions.append(condition)
    if "limit" in rest and "most" in rest:
        raise wrong("maxEventCount", parameters["maxEventCount"])
    return Query(tuple(conditions), within=within, **rest)  # type: ignore[arg-type]


def stored_query(body: Any) -> Query:
    """The query of a JSON object, as named queries hold it.

    Raises:
        QueryWrong, QueryTooComplex: see :func:`query_of`.
    """
    if not isinstance(body, dict):
        raise wrong("query", str(body))
    parameters = {
        name: value if isinstance(value, list) else [value]
        for name, value in body.items()
        if name != "@context"
    }
    return query_of(parameters, prefixes_of(body.get("@context")))


def asked_query(pairs: Iterable[tuple[str, str]], prefixes: Mapping[str, str]) -> Query:
    """The query of an address; values of a list are separated by “|” or given one by one.

    Raises:
        QueryWrong, QueryTooComplex: see :func:`query_of`.
    """
    parameters: dict[str, Values] = {}
    for name, text in pairs:
        parameters.setdefault(name, []).extend(text.split("|"))
    return query_of(parameters, prefixes)
