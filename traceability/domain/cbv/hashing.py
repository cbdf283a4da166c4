"""The EPCIS event hash of CBV 2.0: one name for an event, however it was written down.

The pre-hash string names each field once, in a fixed order, with values brought to one form:
times in UTC with milliseconds, identifiers as canonical GS1 Digital Links, words as web URIs.
``recordTime``, ``eventID`` and ``errorDeclaration`` are not part of it.

Source: GS1 CBV 2.0, section 8.9 (EPCIS Event Hash ID).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any

from traceability.domain.cbv.canonical import canonical_uri

_CBV = "https://ref.gs1.org/cbv/"
_PREFIXES = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": _CBV,
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": "https://gs1.org/voc/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}
_IGNORED = frozenset({"@context", "type", "isA", "recordTime", "eventID", "errorDeclaration", "id"})
_QUANTITY = ("epcClass", "quantity", "uom")
_METADATA = (
    *("time", "startTime", "endTime", "deviceID", "deviceMetadata"),
    *("rawData", "dataProcessingMethod", "bizRules"),
)
_REPORT = (
    *(
        "type",
        "exception",
        "deviceID",
        "deviceMetadata",
        "rawData",
        "dataProcessingMethod",
    ),
    *("time", "microorganism", "chemicalSubstance", "value", "component", "stringValue"),
    *("booleanValue", "hexBinaryValue", "uriValue", "minValue", "maxValue", "meanValue"),
    *("sDev", "percRank", "percValue", "uom", "coordinateReferenceSystem"),
)
_RULES = frozenset({"bizRules"})
"""A sensor report's field that the order leaves out: it comes last, under its parents' names."""
_TIMES = frozenset({"eventTime", "time", "startTime", "endTime"})
_WORDS = {
    "bizStep": _CBV + "BizStep-",
    "disposition": _CBV + "Disp-",
    "set": _CBV + "Disp-",
    "unset": _CBV + "Disp-",
    "bizTransaction.type": _CBV + "BTT-",
    "source.type": _CBV + "SDT-",
    "destination.type": _CBV + "SDT-",
    "component": _CBV + "Comp-",
    "sensorReport.type": "https://gs1.org/voc/",
    "exception": "https://gs1.org/voc/",
}
_URNS = {
    "bizstep": "BizStep-",
    "disp": "Disp-",
    "btt": "BTT-",
    "sdt": "SDT-",
    "er": "ER-",
}
_LISTS = ("epcList", "inputEPCList", "childEPCs", "outputEPCList")
_QUANTITY_LISTS = (
    "quantityList",
    "childQuantityList",
    "inputQuantityList",
    "outputQuantityList",
)
_ORDER = (
    *("eventTime", "eventTimeZoneOffset", "certificationInfo", "epcList", "parentID"),
    *("inputEPCList", "childEPCs", "quantityList", "childQuantityList", "inputQuantityList"),
    *("outputEPCList", "outputQuantityList", "action", "transformationID", "bizStep"),
    *("disposition", "persistentDisposition", "readPoint", "bizLocation", "sensorElementList"),
    *("bizTransactionList", "destinationList", "sourceList", "ilmd"),
)
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?", re.ASCII)
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):?(\d\d))", re.ASCII
)


def event_hash(event: Mapping[str, Any], context: Any = None) -> str:
    """The event's ``ni:`` name; the context is the document's, the event's own is added."""
    digest = sha256(pre_hash(event, context).encode()).hexdigest()
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


def pre_hash(event: Mapping[str, Any], context: Any = None) -> str:
    """The string that is hashed."""
    names = _names(context, _names(event.get("@context"), _PREFIXES))
    writer = _Writer(names)
    kind = str(event.get("type", ""))
    out = ["eventType=" + writer.word("eventType", kind)]
    out += [writer.field(name, event[name]) for name in _ORDER if name in event]
    known = _IGNORED.union(_ORDER)
    out.append(writer.rules(event.get("sensorElementList") or ()))
    out.append(writer.extensions(event, known))
    return "".join(out)


def _names(context: Any, base: Mapping[str, str]) -> Mapping[str, str]:
    """Prefixes and terms that a JSON-LD context declares, over those already known."""
    found: dict[str, str] | None = None
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, dict):
            found = dict(base) if found is None else found
            for name, value in part.items():
                value = value.get("@id") if isinstance(value, dict) else value
                if isinstance(value, str):
                    found[name] = value
    return base if found is None else found


@lru_cache(maxsize=4096)
def utc_milliseconds(text: str) -> str:
    """An instant in UTC with milliseconds, rounded half up; other text stays as it is."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return text.strip()
    day, clock, fraction, sign, hours, minutes = found.groups()
    at = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        at = at - offset if sign == "+" else at + offset
    digits = ((fraction or "") + "0000")[:4]
    thousandths = int(digits[:3]) + (digits[3] >= "5")
    at += timedelta(milliseconds=thousandths)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _number(value: Any) -> str:
    text = format(Decimal(str(value)), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _text(text: str) -> str:
    """Text that reads as a number in the form of the nearest double, as the vectors have it."""
    if not _NUMBER.fullmatch(text):
        return text
    number = float(text)
    return str(int(number) if number.is_integer() else number)


def _scalar(value: Any) -> str:
    if value is True or value is False:
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal):
        return _number(value)
    return str(value).strip()


class _Writer:
    """Writes fields under the prefixes of one event."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def expand(self, text: str) -> str:
        """A compact URI in full; anything else unchanged."""
        prefix, colon, rest = text.partition(":")
        if colon and not rest.startswith("//") and prefix in self.names:
            return self.names[prefix] + rest
        return text

    def word(self, place: str, text: str) -> str:
        """A vocabulary word as its web URI."""
        text = text.strip()
        if ":" not in text:
            base = _WORDS.get(place)
            return base + text if base else text
        if text.startswith("urn:epcglobal:cbv:"):
            kind, _, word = text[len("urn:epcglobal:cbv:") :].partition(":")
            return _CBV + _URNS[kind] + word if kind in _URNS else text
        return self.expand(text)

    def value(self, name: str, value: Any, parent: str = "") -> str:
        """A single value in its one form."""
        if name in _TIMES and isinstance(value, str):
            return utc_milliseconds(value)
        if not isinstance(value, str):
            return _scalar(value)
        text = value.strip()
        place = f"{parent}.{name}" if name == "type" else name
        if place in _WORDS:
            return self.word(place, text)
        if ":" in text and name != "stringValue":
            return canonical_uri(self.word(name, text))
        return _text(text)

    def pair(self, name: str, value: Any, parent: str = "") -> str:
        return f"{name}={self.value(name, value, parent)}"

    def pairs(self, name: str, values: Any, parent: str = "") -> str:
        many = values if isinstance(values, list) else [values]
        return "".join(sorted(self.pair(name, v, parent) for v in many))

    def field(self, name: str, value: Any) -> str:
        """A field of the event, with what is inside it."""
        if name in _LISTS:
            return name + self.pairs("epc", value) if value else ""
        if name in _QUANTITY_LISTS:
            return self.listed(name, "quantityElement", value, _QUANTITY)
        if name in ("readPoint", "bizLocation"):
            return name + self.record(value, ("id",), name)
        write = _WRITERS.get(name)
        return write(self, value) if write else self.pairs(name, value)

    def record(self, item: Any, order: tuple[str, ...], parent: str) -> str:
        """Fields of a nested element in their order, then its extensions."""
        if not isinstance(item, dict):
            return "id=" + self.value("id", item)
        out = [self.pairs(n, item[n], parent) for n in order if n in item]
        return "".join(out) + self.extensions(item, _RULES.union(order))

    def listed(self, name: str, child: str, items: Any, order: tuple[str, ...]) -> str:
        """A list whose elements are written one by one and sorted."""
        if not items:
            return ""
        return name + "".join(sorted(child + self.record(item, order, child) for item in items))

    def typed(self, name: str, child: str, items: Any) -> str:
        """A list of a value with its type; the type comes first."""
        if not items:
            return ""
        return name + "".join(sorted(self.record(item, ("type", child), child) for item in items))

    def persistent(self, value: Any) -> str:
        return "persistentDisposition" + self.record(
            value, ("set", "unset"), "persistentDisposition"
        )

    def sensors(self, items: Any) -> str:
        if not items:
            return ""
        return "sensorElementList" + "".join(sorted(self.sensor(item) for item in items))

    def sensor(self, item: Mapping[str, Any]) -> str:
        out = ["sensorElement"]
        if "sensorMetadata" in item:
            out.append(
                "sensorMetadata" + self.record(item["sensorMetadata"], _METADATA, "sensorMetadata")
            )
        reports = item.get("sensorReport", [])
        out += sorted("sensorReport" + self.record(r, _REPORT, "sensorReport") for r in reports)
        out.append(self.extensions(item, frozenset({"sensorMetadata", "sensorReport"})))
        return "".join(out)

    def rules(self, sensors: Any) -> str:
        """Business rules of sensor reports, where any has them."""
        found = []
        for each in sensors:
            reports = [r for r in each.get("sensorReport", ()) if "bizRules" in r]
            told = sorted("sensorReport" + self.pairs("bizRules", r["bizRules"]) for r in reports)
            found += ["sensorElement" + "".join(told)] if told else []
        return "sensorElementList" + "".join(sorted(found)) if found else ""

    def ilmd(self, value: Any) -> str:
        return "ilmd" + self.extensions(value, frozenset())

    def extensions(self, item: Mapping[str, Any], known: frozenset[str]) -> str:
        """Keys of other namespaces, sorted."""
        keys = [k for k in item if k not in known and not k.startswith("@")]
        return "".join(sorted(self.extension(k, item[k]) for k in keys)) if keys else ""

    def key(self, name: str) -> str:
        """An extension's name: its namespace in braces, then the local name."""
        if name.startswith("{"):
            return name
        prefix, colon, local = name.partition(":")
        if colon and prefix in self.names:
            return "{" + self.names[prefix] + "}" + local
        full = self.names.get(name, name)
        cut = max(full.rfind("/"), full.rfind("#"), full.rfind(":")) + 1
        return "{" + full[:cut] + "}" + full[cut:] if cut else name

    def extension(self, name: str, value: Any) -> str:
        if isinstance(value, list):
            return "".join(sorted(self.extension(name, v) for v in value))
        key = self.key(name)
        if isinstance(value, dict):
            own = f"={self.value(name, value['@value'])}" if "@value" in value else ""
            return key + own + self.extensions(value, frozenset())
        text = self.value(name, value)
        return f"{key}={text}" if text else key


_WRITERS: dict[str, Any] = {
    "bizTransactionList": lambda w, v: w.typed("bizTransactionList", "bizTransaction", v),
    "sourceList": lambda w, v: w.typed("sourceList", "source", v),
    "destinationList": lambda w, v: w.typed("destinationList", "destination", v),
    "persistentDisposition": _Writer.persistent,
    "sensorElementList": _Writer.sensors,
    "ilmd": _Writer.ilmd,
}
