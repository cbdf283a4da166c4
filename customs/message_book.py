"""The messages of both interfaces as documents, written from the tables of fields."""

from collections.abc import Iterator

from customs.jurisdictions.cn.messages.bonded import bonded_shapes
from customs.jurisdictions.cn.messages.fields import ENVELOPES, Field, MessageShape, shapes

_HEADINGS = (
    "| path | field | kind | length | often | values | source |",
    "|---|---|---|---|---|---|---|",
)

NAMES = {
    "CEB311": "order",
    "CEB312": "receipt of an order",
    "CEB411": "payment",
    "CEB412": "receipt of a payment",
    "CEB511": "waybill",
    "CEB512": "receipt of a waybill",
    "CEB513": "state of a waybill",
    "CEB514": "receipt of a waybill's state",
    "CEB621": "declaration",
    "CEB622": "receipt of a declaration",
    "CEB623": "withdrawal of a declaration",
    "CEB624": "receipt of a withdrawal",
    "CEB625": "return of goods",
    "CEB626": "receipt of a return",
    "CEB711": "goods taken into a site (direct mail)",
    "CEB712": "receipt of goods taken in",
    "CEB816": "electronic tax bill",
    "CEB818": "state of a tax bill",
    "CEB900": "refusal of a file's form",
    "DxpMsg": "envelope of the exchange",
    "DxpRep": "answer of the exchange",
}


def message_book() -> str:
    """Every message with its parts and fields, in Markdown."""
    lines = [
        "# Messages of retail import (China)",
        "",
        "Written by `manage.py write_rules` from the table that the code reads; do not edit.",
        "Length: `=3` exactly, `1..60` from and to, `19.5` digits and decimals. `*` has to stand.",
        "Names are those of the interface, its slips of the pen included.",
        "",
    ]
    for shape in shapes().values():
        lines += _message(shape)
    return "\n".join(lines)


BONDED_NAMES = {
    "InvtMessage": "list, as sent (INV101)",
    "PassPortMessage": "gate pass, as sent (SAS121)",
    "INV101": "list, as the bonded system has it",
    "SAS121": "gate pass, as the bonded system has it",
    "INV201": "answer to a list",
    "INV202": "what became of the declaration of a list",
    "INV211": "state of a list",
    "SAS201": "answer to a paper of business",
    "SAS221": "answer to a gate pass",
    "SAS223": "passing of the gate",
    "SAS224": "answer of the gate",
    "CommonResponeMessage": "first word of the client",
    "(envelope)": "envelope of both",
}


def bonded_book() -> str:
    """Every message of the bonded system with its fields, in Markdown."""
    lines = [
        "# Messages of the bonded system (China)",
        "",
        "Written by `manage.py write_rules` from the table that the code reads; do not edit.",
        "Length: `=3` exactly, `1..60` from and to, `19.5` digits and decimals. `*` has to stand.",
        "In what operators send the order of fields does not count.",
        "",
    ]
    for name, root in bonded_shapes().items():
        lines += [f"## {name}: {BONDED_NAMES[name]}", "", *_HEADINGS, *_rows(root, ""), ""]
    return "\n".join(lines)


def _message(shape: MessageShape) -> Iterator[str]:
    yield f"## {shape.code}: {NAMES[shape.code]}"
    yield ""
    if shape.code not in ENVELOPES:
        signed = "has to be signed" if shape.needs_signature else "may be unsigned"
        yield f"Sent to customs; {signed}." if shape.is_outbound else "Sent by customs."
        yield ""
    yield from _HEADINGS
    yield from _rows(shape.root, "")
    yield ""


def _rows(part: Field, path: str) -> Iterator[str]:
    for field in (*part.attributes, *part.parts):
        name = f"@{field.name}" if field in part.attributes else field.name
        star = "*" if field.is_mandatory else ""
        often = "any" if field.most is None else str(field.most)
        cells = (path or "/", f"`{name}`{star}", field.kind, _length(field), often, _values(field))
        yield f"| {' | '.join(cells)} | {field.source} |"
        if field.kind != "signature":
            yield from _rows(field, f"{path}/{field.name}")


def _length(field: Field) -> str:
    least, most, decimals = field.length.least, field.length.most, field.length.decimals
    if most is None:
        return ""
    if field.kind in ("decimal", "whole"):
        return f"{most}.{decimals}" if decimals is not None else str(most)
    return f"={most}" if least == most else f"{least}..{most}"


def _values(field: Field) -> str:
    said = [f"always {field.fixed}" if field.fixed else "", ", ".join(field.choices)]
    said += [f"list {field.code_list}" if field.code_list else "", field.form]
    return "; ".join(each for each in said if each)
