"""JSON Schema draft-07, as far as the EPCIS schema uses it: a judge that shares no code with us.

Its own judgement is tested on the documents that GS1 and OpenEPCIS publish as good and as bad.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "number": (int, float),
}
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


class Schema:
    """A schema document that can say what is wrong with a value."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root

    def faults(self, value: Any, schema: Any = None, at: str = "$") -> Iterator[str]:
        """What the schema objects to, each with the place in the document."""
        schema = self.root if schema is None else schema
        if "$ref" in schema:
            yield from self.faults(value, self._definition(schema["$ref"]), at)
            return
        for word, rule in schema.items():
            check = getattr(self, f"_{word}", None)
            if check is not None:
                yield from check(value, rule, schema, at)

    def accepts(self, value: Any, schema: Any = None) -> bool:
        return next(self.faults(value, schema), None) is None

    def _definition(self, reference: str) -> Any:
        name = reference.removeprefix("#/definitions/").replace("%40", "@")
        return self.root["definitions"][name]

    def _type(self, value, rule, schema, at):
        is_kind = isinstance(value, _TYPES[rule])
        if not is_kind or (rule == "number" and isinstance(value, bool)):
            yield f"{at}: not of type {rule}"

    def _enum(self, value, rule, schema, at):
        if value not in rule:
            yield f"{at}: {value!r} is not in the list"

    def _pattern(self, value, rule, schema, at):
        if isinstance(value, str) and not re.search(rule, value):
            yield f"{at}: {value!r} does not match {rule}"

    def _format(self, value, rule, schema, at):
        if not isinstance(value, str):
            return
        if rule == "uri" and not _URI.fullmatch(value):
            yield f"{at}: {value!r} is not a URI"
        if rule == "date-time" and not _is_instant(value):
            yield f"{at}: {value!r} is not a date and time"

    def _required(self, value, rule, schema, at):
        if isinstance(value, dict):
            yield from (f"{at}: {name} is missing" for name in rule if name not in value)

    def _properties(self, value, rule, schema, at):
        if isinstance(value, dict):
            for name in value.keys() & rule.keys():
                yield from self.faults(value[name], rule[name], f"{at}.{name}")

    def _additionalProperties(self, value, rule, schema, at):  # noqa: N802 - the schema's word
        if isinstance(value, dict) and rule is False:
            yield from (f"{at}: {n} is not allowed" for n in value.keys() - schema["properties"])

    def _propertyNames(self, value, rule, schema, at):  # noqa: N802 - the schema's word
        if isinstance(value, dict):
            for name in value:
                yield from self.faults(name, rule, f"{at}: the name {name}")

    def _items(self, value, rule, schema, at):
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.faults(item, rule, f"{at}[{index}]")

    def _minItems(self, value, rule, schema, at):  # noqa: N802 - the schema's word
        if isinstance(value, list) and len(value) < rule:
            yield f"{at}: fewer than {rule} items"

    def _uniqueItems(self, value, rule, schema, at):  # noqa: N802 - the schema's word
        if isinstance(value, list) and any(item in value[:i] for i, item in enumerate(value)):
            yield f"{at}: the same item twice"

    def _allOf(self, value, rule, schema, at):  # noqa: N802 - the schema's word
        for part in rule:
            yield from self.faults(value, part, at)

    def _anyOf(self, value, rule, schema, at):  # noqa: N802 - the schema's word
        if not any(self.accepts(value, part) for part in rule):
            yield f"{at}: none of the {len(rule)} alternatives fits"

    def _oneOf(self, value, rule, schema, at):  # noqa: N802 - the schema's word
        if sum(self.accepts(value, part) for part in rule) != 1:
            yield f"{at}: not exactly one of the {len(rule)} alternatives fits"

    def _not(self, value, rule, schema, at):
        if self.accepts(value, rule):
            yield f"{at}: must not be so"

    def _if(self, value, rule, schema, at):
        if self.accepts(value, rule):
            yield from self.faults(value, schema.get("then", {}), at)


def _is_instant(text: str) -> bool:
    if not _INSTANT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True
