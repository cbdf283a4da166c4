"""What each message of the retail import interface is made of, from one table.

``customs/data/ceb_fields.csv`` says it once; writer, validator, reader and documents all take it
from here. Parts that messages share stand in the table under a name in brackets.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

from customs.domain.tables import Row, read_rows

CEB = "http://www.chinaport.gov.cn/ceb"
DXP = "http://www.chinaport.gov.cn/dxp"
DSIG = "http://www.w3.org/2000/09/xmldsig#"

OUTBOUND = ("CEB311", "CEB411", "CEB511", "CEB513", "CEB621", "CEB623", "CEB625", "CEB711")
"""Messages that are sent to customs; they name their sender at the end."""

ENVELOPES = ("DxpMsg", "DxpRep")

_EVERY, _TAIL, _SIGNATURE = "(every)", "(outbound)", "(signature)"
_CHOICE = "one of: "


@dataclass(frozen=True, slots=True)
class Length:
    """How many characters a text has, or how many digits a number: at least, at most."""

    least: int = 0
    most: int | None = None
    decimals: int | None = None

    @classmethod
    def of(cls, written: str) -> "Length":
        """From the table: ``=3``, ``1..60``, ``..30``, ``19.5`` (digits, decimals) or ``9``."""
        if not written:
            return cls()
        if written.startswith("="):
            return cls(int(written[1:]), int(written[1:]))
        least, dots, most = written.partition("..")
        if dots:
            return cls(int(least or 0), int(most) if most else None)
        digits, _, decimals = written.partition(".")
        return cls(0, int(digits), int(decimals) if decimals else None)


@dataclass(frozen=True, slots=True)
class Field:
    """One element or attribute: what it holds, how often it stands, and in which order."""

    name: str
    kind: str
    length: Length
    is_mandatory: bool
    most: int | None
    fixed: str
    form: str
    code_list: str
    choices: tuple[str, ...]
    namespace: str
    source: str
    attributes: tuple["Field", ...] = ()
    parts: tuple["Field", ...] = ()

    @property
    def is_part(self) -> bool:
        """Whether it is made of other elements."""
        return self.kind in ("part", "signature")

    def part(self, name: str) -> "Field | None":
        """The element of that name directly inside."""
        return next((field for field in self.parts if field.name == name), None)


@dataclass(frozen=True, slots=True)
class MessageShape:
    """A message: its root, and where its papers are."""

    code: str
    root: Field

    @property
    def paper(self) -> Field:
        """The element that stands once per paper."""
        return self.root.parts[0]

    @property
    def head(self) -> Field:
        """The part of a paper with its own fields; the paper itself where it is flat."""
        first = self.paper.parts[0]
        return first if first.is_part else self.paper

    @property
    def line(self) -> Field | None:
        """The part of a paper that stands once per line, if it has lines."""
        has_lines = self.head is not self.paper and len(self.paper.parts) > 1
        return self.paper.parts[1] if has_lines else None

    @property
    def is_outbound(self) -> bool:
        """Whether it is sent to customs."""
        return self.code in OUTBOUND

    @property
    def needs_signature(self) -> bool:
        """Whether customs takes it only when signed."""
        signature = self.root.part("Signature")
        return signature is not None and signature.is_mandatory


@cache
def rows() -> tuple[Row, ...]:
    """The table as it stands."""
    with as_file(files("customs").joinpath("data", "ceb_fields.csv")) as path:
        return read_rows(path)


@cache
def shapes() -> Mapping[str, MessageShape]:
    """Every message by its code, such as ``CEB621``."""
    codes = dict.fromkeys(row["message"] for row in rows() if not row["message"].startswith("("))
    return {code: MessageShape(code, _root(code)) for code in codes}


def root_name(code: str) -> str:
    """The name of a message's root element."""
    return code if code in ENVELOPES else f"{code}Message"


def _root(code: str) -> Field:
    own = [row for row in rows() if row["message"] == code]
    namespace = DXP if code in ENVELOPES else CEB
    attributes = _attributes(own, "", namespace)
    parts = _parts(own, "", namespace)
    if code not in ENVELOPES:
        attributes = _attributes(_shared(_EVERY), "", namespace)
    if code in OUTBOUND:
        body = [part for part in parts if part.kind != "signature"]
        signature = [part for part in parts if part.kind == "signature"]
        parts = (*body, *_parts(_shared(_TAIL), "", namespace), *signature)
    return Field(
        root_name(code), "part", Length(), True, 1, "", "", "", (), namespace, "", attributes, parts
    )


def tree_of(own: list[Row], name: str) -> Field:
    """The element of that name with the parts that rows of a table give it, in no namespace."""
    return Field(name, "part", Length(), True, 1, "", "", "", (), "", "", (), _parts(own, "", ""))


def _shared(name: str) -> list[Row]:
    return [row for row in rows() if row["message"] == name]


def _parts(own: list[Row], path: str, namespace: str) -> tuple[Field, ...]:
    here = [row for row in own if row["path"] == path and not row["name"].startswith("@")]
    return tuple(_field(own, row, namespace) for row in _ordered(here))


def _attributes(own: list[Row], path: str, namespace: str) -> tuple[Field, ...]:
    here = [row for row in own if row["path"] == path and row["name"].startswith("@")]
    return tuple(_field(own, row, namespace) for row in _ordered(here))


def _ordered(here: Iterable[Row]) -> list[Row]:
    return sorted(here, key=lambda row: int(row["order"]))


def _field(own: list[Row], row: Row, namespace: str) -> Field:
    name, codes = row["name"], row["code_list"]
    inside, space, path = own, namespace, f"{row['path']}/{name}".lstrip("/")
    if row["type"] == "signature":
        inside, space, path = _shared(_SIGNATURE), DSIG, ""
    is_attribute = name.startswith("@")
    return Field(
        name=name.lstrip("@"),
        kind=row["type"],
        length=Length.of(row["length"]),
        is_mandatory=row["mandatory"] == "yes",
        most=int(row["most"]) if row["most"] else None,
        fixed=row["fixed"],
        form=row["form"],
        code_list="" if codes.startswith(_CHOICE) else codes,
        choices=tuple(codes.removeprefix(_CHOICE).split()) if codes.startswith(_CHOICE) else (),
        namespace=space,
        source=row["source"],
        attributes=() if is_attribute else _attributes(inside, path, space),
        parts=() if is_attribute else _parts(inside, path, space),
    )
