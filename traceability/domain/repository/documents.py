"""Documents that the repository answers with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from traceability.domain.cbv.canonical import canonical_uri
from traceability.domain.repository.reading import CONTEXT, STANDARD_CONTEXT
from traceability.domain.repository.values import spelled

Body = dict[str, Any]

LINKS, AS_SENT = "Always_GS1_Digital_Link", "Never_Translates"
_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_INSIDE = {
    "quantityList": "epcClass",
    "childQuantityList": "epcClass",
    "inputQuantityList": "epcClass",
    "outputQuantityList": "epcClass",
    "sourceList": "source",
    "destinationList": "destination",
}
_PLACES = ("readPoint", "bizLocation")


def query_document(
    events: Sequence[Body],
    *,
    name: str,
    at: datetime,
    epc_format: str,
    subscription: str = "",
    vocabularies: Sequence[Body] = (),
) -> Body:
    """An EPCISQueryDocument; contexts that one event adds stay with that event."""
    shown = [_shown(event, epc_format) for event in events]
    results: Body = {"queryName": name, "resultsBody": {"eventList": shown}}
    if vocabularies:
        results["resultsBody"]["vocabularyList"] = list(vocabularies)
    if subscription:
        results["subscriptionID"] = subscription
    return {
        "@context": [CONTEXT],
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": spelled(at),
        "epcisBody": {"queryResults": results},
    }


def collection(members: Sequence[str]) -> Body:
    """A Collection of names or sub-resources."""
    return {"@context": CONTEXT, "type": "Collection", "member": list(members)}


def _shown(event: Body, epc_format: str) -> Body:
    context = event.get("@context")
    parts = context if isinstance(context, list) else [context]
    own = [part for part in parts if part not in STANDARD_CONTEXT]
    shown = {name: value for name, value in event.items() if name != "@context"}
    if own:
        shown["@context"] = own
    return shown if epc_format == AS_SENT else with_links(shown)


def with_links(event: Body) -> Body:
    """The event with every EPC URN written as a GS1 Digital Link."""
    shown = {name: _as_link(name, value) for name, value in event.items()}
    if "parentID" in shown:
        shown["parentID"] = _link(shown["parentID"])
    return shown


def _as_link(name: str, value: Any) -> Any:
    """A field of an event with its identifiers as links."""
    if name in _LISTS and isinstance(value, list):
        return [_link(epc) for epc in value]
    if name in _INSIDE and isinstance(value, list):
        return [_with(each, _INSIDE[name]) for each in value]
    return _with(value, "id") if name in _PLACES else value


def _link(value: Any) -> Any:
    is_urn = isinstance(value, str) and value.startswith("urn:epc:")
    return canonical_uri(value) if is_urn else value


def _with(record: Any, key: str) -> Any:
    return {**record, key: _link(record.get(key))} if isinstance(record, dict) else record
